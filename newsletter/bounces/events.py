"""Read what a mail service says became of our copies; its own secret or signature says that it is the service."""

import datetime
import hashlib
import json
import re
from collections.abc import Iterator
from importlib import import_module

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from portal.lib import mail

from ..models import Bounce
from . import reports, verp

VIEWS = {
    "brevo": "BrevoTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "mailtrap": "MailtrapTrackingWebhookView",
    "mandrill": "MandrillCombinedWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "sendgrid": "SendGridTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}
TIME_HEADERS = ("svix-timestamp", "x-twilio-email-event-webhook-timestamp")
OLDEST = datetime.timedelta(minutes=5)
FAILURES = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
KINDS = {
    RejectReason.INVALID: Bounce.Kind.HARD,
    RejectReason.BOUNCED: Bounce.Kind.HARD,
    RejectReason.BLOCKED: Bounce.Kind.BLOCKED,
    RejectReason.SPAM: Bounce.Kind.BLOCKED,
}
_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")


class ForgedError(Exception):
    """The request does not come from our mail service, or is too old to be believed."""


class UnreadableError(Exception):
    """The request comes from our mail service but cannot be understood."""


def read(request: HttpRequest, *, at: datetime.datetime) -> list[reports.Report]:
    """Return what a request of the mail service reports. Raises `ForgedError` or `UnreadableError`."""
    service = mail.service_name()
    if not service or not settings.ANYMAIL.get(mail.event_key(service)):
        raise ForgedError
    try:
        view = getattr(import_module(f"anymail.webhooks.{service}"), VIEWS[service])()
        view.run_validators(request)
        _refuse_old(request, at)
        return list(_reports(service, view.parse_events(request)))
    except (AnymailWebhookValidationFailure, AnymailConfigurationError) as error:
        raise ForgedError from error
    except (ArithmeticError, AttributeError, LookupError, SuspiciousOperation, TypeError, ValueError) as error:
        raise UnreadableError from error


def _refuse_old(request: HttpRequest, at: datetime.datetime) -> None:
    """Raise `ForgedError` for a request that was signed long ago, where the service signs a time.

    Where it signs none, a repeated request does nothing: each event is counted once.
    """
    signed = [request.headers[name] for name in TIME_HEADERS if name in request.headers]
    if mail.service_name() == "mailgun":
        if request.content_type == "application/json":
            signed.append(json.loads(request.body)["signature"]["timestamp"])
        else:
            signed.append(request.POST["timestamp"])
    for moment in signed:
        if abs(at.timestamp() - float(moment)) > OLDEST.total_seconds():
            raise ForgedError


def _reports(service: str, events: list[AnymailTrackingEvent]) -> Iterator[reports.Report]:
    for event in events:
        delivery = verp.delivery_of(f"{(event.metadata or {}).get('copy', '')}@")
        found = _STATUS.search(str(event.mta_response or ""))
        status = found[0] if found else ""
        kind = _kind(event, status)
        if delivery and kind:
            named = f"{service}|{event.event_id or event.timestamp}|{event.event_type}|{delivery}"
            yield reports.Report(hashlib.sha256(named.encode()).hexdigest(), delivery, kind, status)


def _kind(event: AnymailTrackingEvent, status: str) -> str:
    """Return what an event means for the address, "" for one that means nothing."""
    if event.event_type == EventType.COMPLAINED:
        return Bounce.Kind.COMPLAINT
    if event.event_type not in FAILURES:
        return ""
    if status:  # the receiving server's own word; what services call a bounce may be a full mailbox
        return reports.kind_of(status)
    if isinstance(event.esp_event, dict) and event.esp_event.get("Type") == "SoftBounce":
        return Bounce.Kind.SOFT
    return KINDS.get(event.reject_reason, Bounce.Kind.SOFT)
