"""Fetch what came back from the mailbox of the senders' domain, and leave there what could not be kept."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

MOST_AT_ONCE = 500  # messages of one visit; the next visit goes on
MOST_BYTES = 2_000_000  # of one message; a report is a few kB
PATIENCE = 30  # seconds for one answer of the server
SCHEMES = {"imaps": 993, "imap": 143}


class MailboxError(Exception):
    """The mailbox cannot be read now; nothing in it was touched that is not kept."""


@contextmanager
def opened(url: str) -> Iterator[imaplib.IMAP4]:
    """Open the mailbox of an address such as `imaps://user:password@mail.example.org/INBOX`.

    Raises `ImproperlyConfigured` or `MailboxError`. A password is never sent in clear to another machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname or not parts.username or not parts.password:
        raise ImproperlyConfigured(
            "Set BOUNCES_URL like imaps://user:password@mail.example.org/INBOX, or leave it unset."
        )
    is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "imap" and not is_local:
        raise ImproperlyConfigured("BOUNCES_URL would send the password in clear. Use imaps://.")
    try:
        box = _connect(parts.scheme, parts.hostname, parts.port or SCHEMES[parts.scheme])
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(type(error).__name__) from error
    try:
        box.login(unquote(parts.username), unquote(parts.password))
        answer, _count = box.select(unquote(parts.path.strip("/")) or "INBOX")
        if answer != "OK":
            raise MailboxError("no such folder")
        yield box
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(type(error).__name__) from error
    finally:
        _leave(box)


def _connect(scheme: str, host: str, port: int) -> imaplib.IMAP4:
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=PATIENCE)
    return imaplib.IMAP4(host, port, timeout=PATIENCE)


def _leave(box: imaplib.IMAP4) -> None:
    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error):
        box.shutdown()


def messages(box: imaplib.IMAP4) -> Iterator[tuple[str, bytes]]:
    """Yield each message with the name by which `delete` removes it."""
    _answer, counts = box.response("EXISTS")
    count = int(counts[-1] or 0) if counts else 0
    if not count:
        return
    # Never all of a full mailbox: imaplib reads no answer beyond a million bytes.
    _answer, found = box.uid("SEARCH", f"1:{min(count, MOST_AT_ONCE)} UNDELETED")
    for name in (found[0] or b"").split() if found else []:
        _answer, parts = box.uid("FETCH", name.decode(), f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
        for part in parts or []:
            if isinstance(part, tuple):
                yield name.decode(), part[1]


def delete(box: imaplib.IMAP4, name: str) -> None:
    """Take one message, now kept in the database, out of the mailbox."""
    box.uid("STORE", name, "+FLAGS", r"(\Deleted)")
    box.expunge()
