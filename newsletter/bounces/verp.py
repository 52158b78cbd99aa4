"""Give every copy a sender address of its own, so that what comes back names it (variable envelope return path).

The local part holds the copy's number and a keyed hash of it: a report that somebody made up names no copy of ours.
"""

import re
import uuid

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from portal.lib import mail

_LOCAL = re.compile(r"b-([0-9a-f]{32})-([0-9a-f]{20})", re.IGNORECASE)


def return_path(delivery_id: uuid.UUID) -> str:
    """Return the envelope sender of one copy."""
    return f"b-{delivery_id.hex}-{_mac(delivery_id.hex)}@{mail.domain()}"


def delivery_of(address: str) -> uuid.UUID | None:
    """Return the copy that an address of ours names, or None for any other or a forged one."""
    local, _at, _domain = address.strip().strip("<>").rpartition("@")
    found = _LOCAL.fullmatch(local)
    if found is None or not constant_time_compare(_mac(found[1].lower()), found[2].lower()):
        return None
    return uuid.UUID(found[1])


def is_return_path(address: str) -> bool:
    """Say whether an address has the form of those that copies come from, ours or forged: nobody reads there."""
    return _LOCAL.fullmatch(address.rpartition("@")[0]) is not None


def _mac(number: str) -> str:
    keyed = salted_hmac("newsletter.bounce", number, secret=settings.HASH_KEY, algorithm="sha256")
    return keyed.hexdigest()[:20]
