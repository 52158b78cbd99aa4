"""Read EMAIL_URL: where mail goes, and whose it is."""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
# Those of django-anymail that need no further library and give back, with each event, what we send along.
SERVICES = ("brevo", "mailgun", "mailjet", "mailtrap", "mandrill", "postmark", "resend", "sendgrid", "sparkpost")


@dataclass(frozen=True)
class Server:
    """Where EMAIL_URL says that mail goes."""

    host: str
    port: int
    scheme: str
    user: str = ""
    password: str = ""
    sender: str = ""


@lru_cache
def parse_url(url: str) -> Server:
    """Return the mail server of an EMAIL_URL such as `smtp+tls://user:password@mail.example.org:587?from=news@example.org`.

    Raises `ImproperlyConfigured` with a sentence that says what to set.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(_advice("its host or port cannot be read")) from error
    if problem := _problem(parts):
        raise ImproperlyConfigured(_advice(problem))
    return Server(
        host=parts.hostname or "",
        port=port or PORTS[parts.scheme],
        scheme=parts.scheme,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=_sender_in(parts.query),
    )


def _problem(parts: SplitResult) -> str:
    """Return why this is no address of a mail server, or ""."""
    if parts.scheme not in PORTS:
        return "it must start with smtp://, smtp+tls:// or smtps://"
    if not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        return "it must name a host and no path"
    if bool(parts.username) != bool(parts.password):
        return "it must hold both a user and a password, or neither"
    if parts.username and parts.scheme == "smtp" and not _is_this_machine(parts.hostname):
        return "smtp:// would send the password in clear; use smtp+tls:// or smtps://"
    return ""


def _sender_in(query: str) -> str:
    values = parse_qs(query, keep_blank_values=True)
    sender = values.pop("from", [""])[0]
    if values or (query and (sender.count("@") != 1 or not sender.isascii() or not sender.isprintable())):
        raise ImproperlyConfigured(_advice("after the question mark it may only hold from=news@example.org"))
    return sender


def _advice(problem: str) -> str:
    return (
        f'EMAIL_URL cannot be used: {problem}. Set it like "smtp://127.0.0.1:2525" or '
        '"smtp+tls://user:password@mail.example.org:587", or leave it unset to keep each mail as a file.'
    )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache
def parse_service(value: str) -> Server:
    """Return the mail service of an EMAIL_SERVICE such as `postmark?from=news@example.org`.

    Raises `ImproperlyConfigured` with a sentence that says what to set.
    """
    name, _mark, query = value.partition("?")
    if name not in SERVICES:
        raise ImproperlyConfigured(f"Set EMAIL_SERVICE to one of {', '.join(SERVICES)}, or leave it unset.")
    return Server(host=name, port=443, scheme="https", sender=_sender_in(query))


def service_name() -> str:
    """Return the mail service in use, "" for none."""
    return parse_service(settings.EMAIL_SERVICE).host if settings.EMAIL_SERVICE else ""


def _given_sender() -> str:
    if settings.EMAIL_SERVICE:
        return parse_service(settings.EMAIL_SERVICE).sender
    return parse_url(settings.EMAIL_URL).sender if settings.EMAIL_URL else ""


def domain() -> str:
    """Return the domain that our addresses, Message-IDs and List-Id belong to: the sender's, else the site's."""
    host = _given_sender().partition("@")[2] or urlsplit(settings.SITE_URL).hostname or "localhost"
    return "localhost" if _is_this_machine(host) else host


def sender() -> str:
    """Return the address that mail comes from: the one given with EMAIL_URL or EMAIL_SERVICE, else a neutral one."""
    return _given_sender() or f"newsletter@{domain()}"
