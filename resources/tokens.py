"""Sign the monthly links by which providers confirm their listings without an account."""

import datetime
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

PROVIDER_FOR = datetime.timedelta(days=40)


class InvalidLinkError(Exception):
    """The link was not made by us, or for another purpose."""


class ExpiredLinkError(Exception):
    """The link was good once."""


class ProviderLink(NamedTuple):
    """What a link says: the listing, the month it was sent for, and to whom, as a keyed hash."""

    listing: int
    month: str
    digest: str


def address_hash(address: str) -> str:
    """Return the keyed hash of a provider's address, in small letters."""
    return salted_hmac("resources.provider", address.lower(), secret=settings.HASH_KEY, algorithm="sha256").hexdigest()


def provider_token(listing: int, month: datetime.date, address: str) -> str:
    """Return the token that opens one listing to who reads this mailbox, for 40 days."""
    return _signer().sign(f"{listing}-{month:%Y%m}-{address_hash(address)[:32]}")


def read_provider(token: str) -> ProviderLink:
    """Return what a provider's token says; raises `InvalidLinkError` or `ExpiredLinkError`."""
    try:
        listing, month, digest = _signer().unsign(token, max_age=PROVIDER_FOR).split("-")
        return ProviderLink(int(listing), month, digest)
    except signing.SignatureExpired as error:
        raise ExpiredLinkError from error
    except (signing.BadSignature, ValueError) as error:
        raise InvalidLinkError from error


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="resources.provider.v1", sep=".")
