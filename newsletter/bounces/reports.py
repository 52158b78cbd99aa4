"""Read a returned message: a delivery status (RFC 3464), a complaint (RFC 5965), or nothing that counts.

Only the fields that the standards define are believed: words in a body or a subject say anything, so the answer that a
person's absence or a list's robot makes is nothing.
"""

import binascii
import contextlib
import email
import hashlib
import re
import uuid
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.utils import getaddresses
from typing import NamedTuple

from ..models import Bounce
from . import verp

Kind = Bounce.Kind
MOST_BYTES = 2_000_000  # of a message that is looked at; a report is a few kB
NO_SUCH_ADDRESS = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4")  # RFC 3463, RFC 7505
_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")


class Report(NamedTuple):
    """What a returned message says of one copy."""

    event_id: str
    delivery_id: uuid.UUID
    kind: str
    status: str


def read(data: bytes) -> Report | None:
    """Return what a message reports about one of our copies, or None where it reports nothing."""
    try:
        # compat32: the newer policy parses each header that is read, and breaks on some that strangers make up
        return _report(email.message_from_bytes(data[:MOST_BYTES], policy=policy.compat32))
    except RecursionError:
        return None  # parts in parts without end


def _report(message: Message) -> Report | None:
    delivery = _delivery(message)
    if delivery is None:
        return None
    event = hashlib.sha256(f"{message.get('Message-ID', '')}|{delivery}".encode()).hexdigest()
    if _is_complaint(message):
        return Report(event, delivery, Kind.COMPLAINT, "")
    if status := _status(message):
        return Report(event, delivery, kind_of(status), status)
    if message.get("X-Failed-Recipients"):  # Exim before 4.92 says no more than this that could be believed
        return Report(event, delivery, Kind.SOFT, "")
    return None


def kind_of(status: str) -> str:
    """Return what a status of RFC 3463 means for the address; x.7 is about us, not about the address."""
    if status in NO_SUCH_ADDRESS:
        return Kind.HARD
    return Kind.BLOCKED if status[1:].startswith(".7.") else Kind.SOFT


def _delivery(message: Message) -> uuid.UUID | None:
    """Return the copy named by the address the report came to, or by the headers of the message that came back."""
    for address in _addresses(message):
        if found := verp.delivery_of(address):
            return found
    return None


def _addresses(message: Message) -> Iterator[str]:
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To"):
        yield from (address for _name, address in getaddresses([str(value) for value in message.get_all(name, [])]))
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            yield from _returned(part)
        if part.get_content_type() == "message/feedback-report":
            yield from (str(fields.get("Original-Mail-From", "")) for fields in _fields(part))


def _returned(part: Message) -> Iterator[str]:
    """Yield the sender that a returned message or its headers name."""
    content = part.get_payload()
    inner = content[0] if isinstance(content, list) and content else None
    if inner is None or _encoding(part):
        inner = email.message_from_string(_decoded(part), policy=policy.compat32)
    if isinstance(inner, Message):
        yield from (str(value) for value in inner.get_all("Return-Path", []))


def _is_complaint(message: Message) -> bool:
    reports = (part for part in message.walk() if part.get_content_type() == "message/feedback-report")
    types = [str(fields.get("Feedback-Type", "")).strip().lower() for part in reports for fields in _fields(part)]
    return "abuse" in types


def _status(message: Message) -> str:
    """Return the status of the recipient that failed, "" where the message is no delivery status of a failure."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in _fields(part):
                action, status = (str(fields.get(name, "")).strip().lower() for name in ("Action", "Status"))
                if action.split()[:1] == ["failed"] and (found := _STATUS.match(status)):
                    return found[0]
    return ""


def _fields(part: Message) -> list[Message]:
    """Return the groups of fields in a part that holds nothing but fields."""
    content = part.get_payload()
    if isinstance(content, list) and not _encoding(part):
        return [group for group in content if isinstance(group, Message)]
    return [email.message_from_string(group) for group in re.split(r"\r?\n\r?\n", _decoded(part))]


def _encoding(part: Message) -> str:
    """Return how a part is encoded that should not be (RFC 2046, 5.2.1), as some servers do all the same."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    return encoding if encoding in ("base64", "quoted-printable") else ""


def _decoded(part: Message) -> str:
    """Return the text of a part, whatever it was taken for and however it is encoded."""
    content = part.get_payload()
    text = "\n".join(str(piece) for piece in content) if isinstance(content, list) else str(content or "")
    raw = text.strip().encode("ascii", "replace")
    with contextlib.suppress(binascii.Error):
        if _encoding(part):
            raw = binascii.a2b_base64(raw) if _encoding(part) == "base64" else binascii.a2b_qp(raw)
    return raw.decode("utf-8", "replace")
