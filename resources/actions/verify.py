"""Record how an attempt to check a listing ended, with everything that follows from it."""

import datetime
from collections.abc import Collection, Mapping

from django.db import transaction

from portal.editorial import translations

from ..models import Answer, ServiceAtLocation, Verification
from .changes import write_changes
from .proposals import settle
from .rebuild import rebuild_search
from .withdrawal import is_confirmed, one_at_a_time, withdraw_or_hold

Outcome = Verification.Outcome


@transaction.atomic
def record_verification(
    *,
    listing: ServiceAtLocation,
    method: str,
    outcome: str,
    by,
    at: datetime.datetime,
    fields: Collection[str] = (),
    note: str = "",
    call_back_at: datetime.datetime | None = None,
    changes: Mapping[str, object] | None = None,
) -> Verification:
    """Write down one attempt, the values corrected in it, and what it means for the listing.

    Only "reached" by phone or visit moves the date of the check, and only for `fields`. `changes` are described in
    `write_changes`. A wrong number or a closure found again on another day takes the listing off the list at once.
    """
    one_at_a_time()
    row = ServiceAtLocation.objects.select_for_update().get(pk=listing.pk)
    attempt = Verification(listing=row, method=method, outcome=outcome, at=at, by=by, fields=list(fields), note=note)
    attempt.call_back_at = call_back_at
    _save(attempt, row, dict(changes or {}))
    rebuild_search([row.pk])
    listing.refresh_from_db()
    return attempt


def _save(attempt: Verification, listing: ServiceAtLocation, changes: dict[str, object]) -> None:
    """Save the attempt, and its listing with what changes by it; a check settles what was proposed."""
    by, at = attempt.by, attempt.at
    said = translations.words(listing)
    if attempt.is_by_the_department:
        changes |= _follow(listing, attempt.outcome, at)
    write_changes(listing, changes, by=by, at=at)
    if by is not None and listing.claimed_by_id == by.pk:
        listing.claimed_by = listing.claimed_at = None
    if attempt.is_check:
        listing.changed_since_check = []
    listing.save()
    attempt.save()
    if attempt.is_check:
        settle(listing, attempt.fields, by=by, at=at)
    if translations.words(listing) != said:
        translations.record([listing], by=by, at=at, before={listing: said})


def _follow(listing: ServiceAtLocation, outcome: str, at: datetime.datetime) -> dict[str, str]:
    """Set on the listing what this outcome of a call or visit means; return the values it changes."""
    if outcome == Outcome.REACHED:
        listing.withdrawn_on = listing.withdrawal_held_on = None
    elif outcome == Outcome.NO_NEW_PATIENTS:
        return {"takes_new_patients": Answer.NO}
    elif is_confirmed(listing, outcome, at):
        withdraw_or_hold(listing, at)
    return {}
