"""Hand messages over to a mail service by its HTTP interface, through django-anymail."""

import time
from email import message_from_bytes, policy
from email.message import EmailMessage

import requests
from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.core.mail import get_connection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from .address import parse_service
from .outcomes import RefusedError, UnknownOutcomeError, UnreachableError

TO_CONNECT, TO_ANSWER = 10, 60  # seconds
# A service that knows a request again by its key answers a second one without a second message: Resend keeps a key for
# a day and returns the first answer; Brevo keeps it a quarter of an hour and refuses the second request.
IDEMPOTENT = {"resend"}
AGAIN = (2, 10)  # seconds before such a request is repeated
# By which setting a service proves that what it tells of a copy is its own word; the others by a name and a password.
EVENT_KEYS = {"mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY", "mandrill": "MANDRILL_WEBHOOK_KEY"}
ABOUT_US = {401, 402, 403, 404, 405, 407, 408, 425, 429}  # answers that say nothing about the person or the message
OURS = {"from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding"}


class ServiceChannel:
    """Hand messages to a mail service, one with each request."""

    def __init__(self, service: str, patience: int | None = None):
        self.name = parse_service(service).host
        self.backend = _backend(self.name)
        self.backend.timeout = (TO_CONNECT, TO_ANSWER) if patience is None else patience
        self.sender = self.recipient = ""

    def open_message(self, sender: str, recipient: str) -> None:
        """Remember whom the message is for; nothing leaves yet."""
        self.sender, self.recipient = sender, recipient

    def send_message(self, data: bytes) -> tuple[int, str]:
        """Send the message and return 250 and the service's own number of it.

        Raises `RefusedError`, `UnreachableError` (certainly not accepted) or `UnknownOutcomeError`.
        """
        message = self._message(message_from_bytes(data, policy=policy.default))
        for pause in AGAIN if self.name in IDEMPOTENT else ():
            try:
                return self._post(message)
            except UnknownOutcomeError:
                time.sleep(pause)
        return self._post(message)

    def drop(self) -> None:
        """Forget the message that was opened, and the connection."""
        self.close()

    def close(self) -> None:
        """End the work."""
        self.backend.close()

    def _message(self, data: EmailMessage) -> AnymailMessage:
        bodies = {kind: part.get_content() for kind in ("plain", "html") if (part := data.get_body((kind,)))}
        headers = {name: str(value) for name, value in data.items() if name.lower() not in OURS}
        if self.name == "brevo":
            headers["idempotencyKey"] = str(data["Message-ID"]).strip("<>")
        message = AnymailMessage(
            subject=str(data["Subject"]),
            body=bodies.get("plain", ""),
            from_email=str(data["From"]),
            to=[self.recipient],
            headers=headers,
        )
        message.attach_alternative(bodies.get("html", ""), "text/html")
        # Comes back with each event, so that the event names our copy (newsletter/bounces).
        message.metadata = {"copy": self.sender.partition("@")[0]}
        return message

    def _post(self, message: AnymailMessage) -> tuple[int, str]:
        try:
            self.backend.open()
            self.backend.session.headers["Idempotency-Key"] = message.extra_headers["Message-ID"].strip("<>")
            self.backend.send_messages([message])
        except AnymailRecipientsRefused as error:
            raise RefusedError(550, "the service refuses this address") from error
        except AnymailError as error:
            raise _outcome(error) from error
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise UnknownOutcomeError("the service's answer cannot be read") from error
        status = message.anymail_status.status or {"unknown"}
        if "failed" in status:
            raise RefusedError(451, "the service could not send it")
        if not status <= {"sent", "queued"}:
            raise UnknownOutcomeError("the service does not say whether it took the message")
        return 250, str(message.anymail_status.message_id)[:200]


def service_problem(service: str) -> str:
    """Return what is wrong with EMAIL_SERVICE and its ANYMAIL_ variables, or ""; raises what `parse_service` raises."""
    try:
        _backend(parse_service(service).host)
    except AnymailConfigurationError as error:
        wanted = str(error).split(" in your Django settings")[0]
        return f"EMAIL_SERVICE cannot be used: {wanted}. Set these as ANYMAIL_... variables."
    return ""


def event_key(service: str) -> str:
    """Return which setting of `ANYMAIL` proves that an event is this service's own."""
    return EVENT_KEYS.get(service, "WEBHOOK_SECRET")


def _backend(name: str) -> AnymailRequestsBackend:
    return get_connection(f"anymail.backends.{name}.EmailBackend")


def _outcome(error: AnymailError) -> Exception:
    """Return what a failed request means; its words are left out, they repeat addresses."""
    status = getattr(error, "status_code", None)
    if status is None:
        return _without_answer(error)
    if status in ABOUT_US:
        return UnreachableError(f"the service answers {status}")
    if 400 <= status < 500:
        return RefusedError(451, f"the service answers {status}")
    return UnknownOutcomeError(f"the service answers {status}")


def _without_answer(error: AnymailError) -> Exception:
    """Return what it means that no answer came: a connection that was never made carried no message."""
    if not isinstance(error, requests.RequestException):
        return UnreachableError(f"the message suits the service not: {type(error).__name__}")
    reason = error.__cause__.args[0] if error.__cause__ and error.__cause__.args else None
    never_connected = isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
    if never_connected or isinstance(error, requests.ConnectTimeout):
        return UnreachableError("the service cannot be reached")
    return UnknownOutcomeError("the request left and no answer came")
