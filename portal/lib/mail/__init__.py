"""Hand messages over to a mail server or service; the only package that mail leaves through.

A caller opens a message (with SMTP: MAIL, RCPT, DATA up to the server's 354), notes in its own tables that the text is
about to leave, and only then sends the text. So it always knows which of three things happened: the message was
accepted, it was certainly not, or nobody can tell (RFC 1047).
"""

from django.conf import settings

from .address import Server, domain, parse_url, sender, service_name
from .files import FileChannel
from .letter import Letter
from .outcomes import RefusedError, UnknownOutcomeError, UnreachableError
from .service import ServiceChannel, event_key, service_problem
from .smtp import SmtpChannel

__all__ = [
    "FileChannel",
    "Letter",
    "RefusedError",
    "Server",
    "ServiceChannel",
    "SmtpChannel",
    "UnknownOutcomeError",
    "UnreachableError",
    "channel",
    "domain",
    "event_key",
    "parse_url",
    "sender",
    "service_name",
    "service_problem",
]


def channel(*, patience: int | None = None) -> SmtpChannel | ServiceChannel | FileChannel:
    """Return a way out for messages: EMAIL_SERVICE's, or EMAIL_URL's server, or as files where neither is set.

    `patience` (seconds) caps every wait, for a member of staff who sits and watches.
    """
    if settings.EMAIL_SERVICE:
        return ServiceChannel(settings.EMAIL_SERVICE, patience)
    if settings.EMAIL_URL:
        return SmtpChannel(parse_url(settings.EMAIL_URL), patience)
    return FileChannel(settings.VAR_DIR / "mail")
