"""Sign the links that a person gets by mail, one purpose a salt, and hash addresses under a key."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

CONFIRM_FOR = timedelta(days=settings.UNCONFIRMED_DAYS)
TEST = "test"  # stands for nobody: the links of a test mail change nothing


class InvalidLinkError(Exception):
    """The link was not made by us, or for another purpose."""


class ExpiredLinkError(Exception):
    """The link was good once."""


def address_hash(email_norm: str) -> str:
    """Return the keyed hash of an address in small letters; HASH_KEY is never rotated, so it holds for ever."""
    return salted_hmac("newsletter.address", email_norm, secret=settings.HASH_KEY, algorithm="sha256").hexdigest()


def reader_key(subscriber_id: int) -> str:
    """Return the keyed hash under which a reader's wishes stand, apart from the address."""
    key = salted_hmac("newsletter.reader", str(subscriber_id), secret=settings.HASH_KEY, algorithm="sha256")
    return key.hexdigest()


def confirm_token(subscriber_id: int) -> str:
    """Return the token that confirms within `CONFIRM_FOR`."""
    return _confirm_signer().sign(str(subscriber_id))


def read_confirm(token: str) -> int:
    """Return the subscriber of a confirm token; raises `InvalidLinkError` or `ExpiredLinkError`."""
    try:
        return int(_confirm_signer().unsign(token, max_age=CONFIRM_FOR))
    except signing.SignatureExpired as error:
        raise ExpiredLinkError from error
    except (signing.BadSignature, ValueError) as error:
        raise InvalidLinkError from error


def leave_token(subscriber_id: int | str) -> str:
    """Return the token that ends a subscription; it never expires (RFC 8058)."""
    return _lasting_signer("leave").sign(str(subscriber_id))


def read_leave(token: str) -> int | None:
    """Return the subscriber of a leave token, None for a test mail's; raises `InvalidLinkError`."""
    return _read_lasting("leave", token)


def preferences_token(subscriber_id: int | str) -> str:
    """Return the token that opens a person's own preferences; it never expires."""
    return _lasting_signer("preferences").sign(str(subscriber_id))


def read_preferences(token: str) -> int | None:
    """Return the subscriber of a preferences token, None for a test mail's; raises `InvalidLinkError`."""
    return _read_lasting("preferences", token)


def _confirm_signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="newsletter.confirm.v1", sep=".")


def _lasting_signer(purpose: str) -> signing.Signer:
    """Sign under HASH_KEY: SECRET_KEY may be rotated, and these links must outlive that."""
    return signing.Signer(key=settings.HASH_KEY, salt=f"newsletter.{purpose}.v1", sep=".", fallback_keys=[])


def _read_lasting(purpose: str, token: str) -> int | None:
    try:
        value = _lasting_signer(purpose).unsign(token)
        return None if value == TEST else int(value)
    except (signing.BadSignature, ValueError) as error:
        raise InvalidLinkError from error
