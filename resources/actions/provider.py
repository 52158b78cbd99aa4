"""Let providers confirm or correct their own listings; what they say is never taken for a check."""

import datetime
import logging
from collections.abc import Iterable, Mapping
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.lib import mail

from .. import render
from ..models import Proposal, ProviderMail, ServiceAtLocation, Verification
from ..tokens import ProviderLink, address_hash
from .verify import record_verification
from .withdrawal import one_at_a_time

MAILS_KEPT_FOR = datetime.timedelta(days=92)

Field = Verification.Field
Method = Verification.Method

logger = logging.getLogger(__name__)


class GoneError(Exception):
    """The listing is no longer shown, or its link belongs to another address now."""


def addressed() -> Iterable[ServiceAtLocation]:
    """Return the listings whose provider gets the monthly link, those of one address together."""
    listings = ServiceAtLocation.objects.public().exclude(contact_email="")
    shown = listings.exclude(status=ServiceAtLocation.Status.DEFUNCT).select_related("service__organization")
    return sorted(shown, key=lambda listing: (listing.contact_email.lower(), listing.pk))


def send_links(*, at: datetime.datetime) -> int:
    """Send each provider the link of this month once, one mail an address; return how many mails went out.

    The row that says so is written first: after a crash, or where nobody can tell whether a mail arrived, a provider
    misses a month rather than get the mail twice. A definite refusal for now, or no server, gives the row back.
    Raises `mail.UnreachableError`.
    """
    month, channel, sent = timezone.localdate(at).replace(day=1), mail.channel(), 0
    try:
        for address, listings in groupby(addressed(), key=lambda listing: listing.contact_email.lower()):
            claimed, is_new = ProviderMail.objects.get_or_create(month=month, digest=address_hash(address))
            if is_new:
                sent += _send(channel, claimed, list(listings), at)
    finally:
        channel.close()
    return sent


def _send(channel, claimed: ProviderMail, listings: list[ServiceAtLocation], at: datetime.datetime) -> int:
    try:
        recipient, message = render.provider_mail(listings, month=claimed.month, at=at)
        channel.open_message(mail.sender(), recipient)
        channel.send_message(message)
    except mail.RefusedError as error:
        logger.warning("The mail to the provider of listing %s was refused: %s", listings[0].pk, error.code)
        if not error.is_permanent:
            claimed.delete()
        return 0
    except UnicodeError:
        logger.warning("No mail can reach the provider's address of listing %s", listings[0].pk)
        return 0
    except mail.UnknownOutcomeError:
        return 0
    except mail.UnreachableError:
        claimed.delete()
        raise
    return 1


def forget_old_mails(at: datetime.datetime) -> int:
    """Delete the notes of the mails of earlier months; return how many that were."""
    return ProviderMail.objects.filter(month__lt=timezone.localdate(at) - MAILS_KEPT_FOR).delete()[0]


def listing_of(link: ProviderLink) -> ServiceAtLocation:
    """Return the listing that a link opens, with everything its page shows; raises `GoneError`."""
    listing = ServiceAtLocation.objects.public().for_page().filter(pk=link.listing).first()
    if listing is None or address_hash(listing.contact_email)[: len(link.digest)] != link.digest:
        raise GoneError
    return listing


@transaction.atomic
def confirm(*, listing: ServiceAtLocation, at: datetime.datetime) -> None:
    """Record that the provider says everything shown is right: once a day, and apart from the department's checks."""
    one_at_a_time()  # the row is locked after this, as by a caller: each would wait for the other else
    today = timezone.localdate(at)
    last = listing.verifications.filter(method=Method.PROVIDER_LINK).order_by("-at", "-pk").first()
    if last is not None and timezone.localdate(last.at) == today:
        return
    record_verification(
        listing=listing,
        method=Method.PROVIDER_LINK,
        outcome=Verification.Outcome.REACHED,
        by=None,
        at=at,
        fields=[field.value for field in Field],
    )


@transaction.atomic
def propose(*, listing: ServiceAtLocation, changes: Mapping[str, tuple], at: datetime.datetime) -> int:
    """Keep what the provider would change, (before, after) by field, for a person to decide; return how many changes.

    A new proposal takes the place of the one that waits for the same field; one that says what stands already only
    takes the old one back. The listing itself stays as it is.
    """
    ServiceAtLocation.objects.select_for_update().get(pk=listing.pk)
    asked_by_provider(listing).filter(field__in=changes).update(state=Proposal.State.REPLACED, decided_at=at)
    rows = [
        Proposal(
            listing=listing,
            origin=Proposal.Origin.PROVIDER,
            field=field,
            before=before,
            after=after,
            made_at=at,
        )
        for field, (before, after) in changes.items()
        if before != after
    ]
    return len(Proposal.objects.bulk_create(rows))


def said_on(listing: ServiceAtLocation) -> datetime.date | None:
    """Return the day on which the provider last said that all is right, unless it has asked for changes since.

    Needs the verifications loaded, newest first; asks the database only where a provider ever said so.
    """
    said = next((row for row in listing.verifications.all() if row.method == Method.PROVIDER_LINK), None)
    if said is None:
        return None
    return None if asked_by_provider(listing).exists() else timezone.localdate(said.at)


def asked_by_provider(listing: ServiceAtLocation) -> QuerySet[Proposal]:
    """Return the provider's proposals that nobody has decided yet."""
    return listing.proposals.waiting().filter(origin=Proposal.Origin.PROVIDER)
