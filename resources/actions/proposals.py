"""Decide proposals: take another value for one field of a listing, or leave the listing as it is."""

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib import phones

from ..imports import differences, fields
from ..models import Change, Proposal, ServiceAtLocation, Verification
from .changes import COLUMNS, READ_BACK_AS, mark_changed, write_changes
from .rebuild import rebuild_search

NEEDS_A_CALL = ("phone",)  # what a provider says of these is shown to nobody before a call
Origin, State = Proposal.Origin, Proposal.State


class DecidedError(Exception):
    """The proposal cannot be decided so now; the message is a sentence for the person who wanted it."""


def accept(*, proposal: Proposal, by, at: datetime.datetime | None = None) -> None:
    """Write the proposed value to the listing, and who took it; raises `DecidedError`.

    A listing that says other than when this was proposed stays: the proposal then shows what it says, to be decided
    anew. What a provider wrote in words is only marked: a person has changed the listing. It is no check: the day on
    which staff last reached the listing stays.
    """
    if errors := accept_all([proposal], by=by, at=at):
        raise errors[0]


@transaction.atomic
def accept_all(proposals: Iterable[Proposal], *, by, at: datetime.datetime | None = None) -> list[DecidedError]:
    """Accept each as `accept` does and tell search once; return why some were not accepted."""
    at = at or timezone.now()
    written: set[int] = set()
    errors = []
    for proposal in proposals:
        try:
            written |= _accept(proposal, by, at)
        except DecidedError as error:
            errors.append(error)
    if written:
        rebuild_search(sorted(written))
    return errors


def _accept(proposal: Proposal, by, at: datetime.datetime) -> set[int]:
    """Return the listings that say other now; nothing is written before an error, so that the others may go on."""
    if needs_a_call(proposal):
        raise DecidedError(_("Call the place first: only a call settles a number that the provider gave."))
    listings = ServiceAtLocation.objects.select_for_update(of=fields.WRITTEN).filter(pk=proposal.listing_id)
    listing = fields.loaded(listings).get()
    now = present(proposal, listing)
    if not (_same(proposal, now, proposal.before) or _same(proposal, now, proposal.after)):
        Proposal.objects.waiting().filter(pk=proposal.pk).update(before=now)
        raise DecidedError(_("The listing has changed since. Look at it again."))
    _decide(proposal, State.ACCEPTED, by, at)
    if proposal.origin == Origin.PROVIDER:
        return _write_provider_s(proposal, listing, by, at)
    return _write_file_s(proposal, listing, by, at)


def _write_provider_s(proposal: Proposal, listing: ServiceAtLocation, by, at: datetime.datetime) -> set[int]:
    if is_in_words(proposal) or (proposal.field == "phone" and _has_number(listing, proposal.after)):
        return set()
    changes = {proposal.field: proposal.after}
    write_changes(listing, changes, by=by, at=at, why=proposal.get_origin_display())
    listing.save()
    return {listing.pk}


def _write_file_s(proposal: Proposal, listing: ServiceAtLocation, by, at: datetime.datetime) -> set[int]:
    field, why = proposal.field, proposal.get_origin_display()
    before = fields.of(listing)[field]
    written = fields.write([(listing, {field: proposal.after})], at)
    Change.objects.create(listing=listing, field=field, before=before, after=proposal.after, why=why, at=at, by=by)
    for row in ServiceAtLocation.objects.select_for_update().filter(pk__in=written).order_by("pk"):
        mark_changed(row, [field])
        row.save(update_fields=["changed_since_check", "updated_at"])
    return written


def is_in_words(proposal: Proposal) -> bool:
    """Say whether a provider wrote in its own words what should change: a person does that, no program."""
    return proposal.origin == Origin.PROVIDER and isinstance(proposal.after, dict) and "words" in proposal.after


def needs_a_call(proposal: Proposal) -> bool:
    """Say whether staff must reach the place first: a provider gave a number after they last did."""
    if proposal.origin != Origin.PROVIDER or proposal.field not in NEEDS_A_CALL:
        return False
    checks = Verification.objects.by_the_department().filter(listing=proposal.listing_id)
    return not checks.filter(at__gt=proposal.made_at).exists()


def settle(listing: ServiceAtLocation, read: Collection[str], *, by, at: datetime.datetime) -> None:
    """Close what a provider proposed of the fields that a call has read back: taken where the listing says it now."""
    for proposal in listing.proposals.waiting().filter(origin=Origin.PROVIDER, field__in=NEEDS_A_CALL, made_at__lt=at):
        if READ_BACK_AS[proposal.field] in read:
            _decide(proposal, State.ACCEPTED if _has_number(listing, proposal.after) else State.REFUSED, by, at)


def _has_number(listing: ServiceAtLocation, value: dict[str, Any]) -> bool:
    """Say whether a listing has this number, however it is written."""
    number = phones.tel(value["number"], value["extension"])
    return number in [phone.tel for phone in listing.phones.all()]


def present(proposal: Proposal, listing: ServiceAtLocation) -> Any:
    """Return what a listing, loaded by `fields.loaded`, says now of what is proposed, in the form of the proposal."""
    field, before = proposal.field, proposal.before
    if proposal.origin != Origin.PROVIDER:
        return differences.as_said(proposal.after, fields.of(listing)[field])
    if field in COLUMNS:
        return getattr(listing, field)
    return _number(listing, before.get("pk")) if field == "phone" else before


def _number(listing: ServiceAtLocation, pk: int | None) -> dict[str, Any]:
    """Return the number with this key, or else the one to call, in the form in which a provider was asked."""
    phone = next((row for row in listing.phones.all() if row.pk == pk), next(iter(listing.numbers_to_call), None))
    if phone is None:
        return {"pk": None, "number": "", "extension": ""}
    return {"pk": phone.pk, "number": phone.number, "extension": phone.extension}


def _same(proposal: Proposal, one: Any, other: Any) -> bool:
    return differences.same(proposal.field, one, other)


@transaction.atomic
def refuse(*, proposal: Proposal, by, at: datetime.datetime | None = None) -> None:
    """Leave the listing as it is; the same value of a file is not proposed again. Raises `DecidedError`."""
    _decide(proposal, State.REFUSED, by, at or timezone.now())


def _decide(proposal: Proposal, state: str, by, at: datetime.datetime) -> None:
    waiting = Proposal.objects.waiting().filter(pk=proposal.pk)
    if not waiting.update(state=state, decided_by=by, decided_at=at):
        raise DecidedError(_("This change has been decided already."))
    proposal.refresh_from_db()
