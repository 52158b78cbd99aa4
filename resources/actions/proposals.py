"""Decide proposals: take another value for one field of a listing, or leave the listing as it is."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..imports import fields
from ..models import Change, Proposal, ServiceAtLocation
from .changes import write_changes
from .rebuild import rebuild_search

State = Proposal.State


class DecidedError(Exception):
    """Somebody has decided this proposal, or a newer one stands in its place."""


@transaction.atomic
def accept(*, proposal: Proposal, by, at: datetime.datetime | None = None) -> None:
    """Write the proposed value to the listing, and who took it; raises `DecidedError`.

    It is no check: the day on which staff last reached the listing stays.
    """
    at = at or timezone.now()
    _decide(proposal, State.ACCEPTED, by, at)
    listings = ServiceAtLocation.objects.select_for_update(of=("self",)).filter(pk=proposal.listing_id)
    listing = fields.loaded(listings).get()
    why = proposal.get_origin_display()
    if proposal.origin == Proposal.Origin.PROVIDER:
        write_changes(listing, {proposal.field: proposal.after}, by=by, at=at, why=why)
        listing.save()
    else:
        before = fields.of(listing)[proposal.field]
        fields.write([(listing, {proposal.field: proposal.after})], at)
        Change.objects.create(
            listing=listing, field=proposal.field, before=before, after=proposal.after, why=why, at=at, by=by
        )
    rebuild_search([listing.pk])


@transaction.atomic
def refuse(*, proposal: Proposal, by, at: datetime.datetime | None = None) -> None:
    """Leave the listing as it is; the same value of a file is not proposed again. Raises `DecidedError`."""
    _decide(proposal, State.REFUSED, by, at or timezone.now())


def _decide(proposal: Proposal, state: str, by, at: datetime.datetime) -> None:
    waiting = Proposal.objects.waiting().filter(pk=proposal.pk)
    if not waiting.update(state=state, decided_by=by, decided_at=at):
        raise DecidedError(_("This change has been decided already."))
    proposal.refresh_from_db()
