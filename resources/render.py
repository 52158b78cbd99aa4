"""Turn what we ask of providers into a mail: every language in one, for we do not know who opens it."""

import datetime
from collections.abc import Sequence
from email.headerregistry import Address
from email.utils import format_datetime
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.lib import languages, mail, site
from portal.reference.models import Department

from .models import ServiceAtLocation
from .tokens import PROVIDER_FOR, address_hash, provider_token


def provider_mail(
    listings: Sequence[ServiceAtLocation], *, month: datetime.date, at: datetime.datetime
) -> tuple[str, bytes]:
    """Return the address and the mail that asks whether these listings, all of that address, are still right.

    Raises `UnicodeError` for an address that no mail server can be given.
    """
    recipient = _ascii(listings[0].contact_email)
    parts = [_part(listings, code, month) for code in languages.codes()]
    context = {
        "parts": parts,
        "subject": " / ".join(part["subject"] for part in parts),
        "department": Department.objects.current(),
        "days": PROVIDER_FOR.days,
    }
    sender = Address(context["department"].name if context["department"] else "", addr_spec=mail.sender())
    message = mail.Letter(
        language=", ".join(languages.codes()),
        text=render_to_string("email/provider.txt", context),
        html=render_to_string("email/provider.html", context),
        headers={"From": str(sender), "Subject": context["subject"], **_envelope(recipient, month, at)},
    )
    return recipient, message.fill({})


def _envelope(recipient: str, month: datetime.date, at: datetime.datetime) -> dict[str, str]:
    """Return to whom the mail of a month goes, and which mail it is."""
    return {
        "To": recipient,
        "Date": format_datetime(at),
        # One mail an address and month: a second attempt carries the same id, by which receivers drop a double.
        "Message-ID": f"<listing.{month:%Y%m}.{address_hash(recipient)[:32]}@{mail.domain()}>",
        "Auto-Submitted": "auto-generated",
    }


def _ascii(address: str) -> str:
    """Return the address with its domain as mail servers write it (RFC 5891)."""
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii')}".encode("ascii").decode("ascii")


def _part(listings: Sequence[ServiceAtLocation], language: str, month: datetime.date) -> dict:
    """Return what the mail says in one language; the subject tells others who see the screen nothing."""
    with override(language):
        links = [(listing.title, _link(listing, month)) for listing in listings]
        return {"language": language, "subject": _("Are these details still right?"), "links": links}


def _link(listing: ServiceAtLocation, month: datetime.date) -> str:
    query = urlencode({"k": provider_token(listing.pk, month, listing.contact_email)})
    return f"{site.root()}{reverse('resources:provider')}?{query}"
