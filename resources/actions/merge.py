"""Find listings that are the same place, merge two of them, and take a merge apart again."""

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib import languages

from ..imports import fields
from ..models import CallToMake, Merge, Phone, Proposal, ServiceAtLocation, Verification
from .changes import COLUMNS
from .rebuild import rebuild_search

State = Merge.State
Checked, Outcome = Verification.Field, Verification.Outcome
OF_THE_PLACE = (Outcome.WRONG_NUMBER, Outcome.MOVED, Outcome.CLOSED, Outcome.NO_NEW_PATIENTS)  # of that one alone
MOST_SHARING = 4  # listings with one number: more share a switchboard, not a door
NEAR_DEGREES = 0.003  # some 300 metres
MOVED = ("phones", "provenances", "verifications", "corrections", "schedules", "closures", "quality_facts", "changes")

# Pairs of public listings with one number or one name near each other, the likeliest first; none that a person decided.
_PAIRS = """
WITH places AS (
    SELECT s.id, l.latitude, l.longitude, left(l.postal_code, 5) AS zip,
        regexp_replace(lower(unaccent(o.name || v.name_of_service)), '[^a-z0-9]+', '', 'g') AS name
    FROM resources_serviceatlocation s
    JOIN (SELECT id, organization_id, coalesce(to_jsonb(x) ->> %(column)s, '') AS name_of_service
        FROM resources_service x) v ON v.id = s.service_id
    JOIN resources_organization o ON o.id = v.organization_id
    JOIN resources_location l ON l.id = s.location_id
    WHERE s.arrives_with_id IS NULL AND s.merged_into_id IS NULL
), numbers AS (
    SELECT DISTINCT regexp_replace(p.number, '[^0-9]', '', 'g') || '/' || p.extension AS number, p.listing_id AS id
    FROM resources_phone p JOIN places ON places.id = p.listing_id WHERE p.type = 'voice'
), shared AS (
    SELECT number FROM numbers GROUP BY number HAVING count(*) BETWEEN 2 AND %(most)s
), candidates AS (
    SELECT a.id AS first, b.id AS second, 'phone' AS why FROM numbers a
    JOIN shared USING (number) JOIN numbers b ON b.number = a.number AND a.id < b.id
    UNION
    SELECT a.id, b.id, 'name' FROM places a JOIN places b ON a.name = b.name AND a.id < b.id
    AND ((a.zip = b.zip AND a.zip <> '')
        OR (abs(a.latitude - b.latitude) < %(near)s AND abs(a.longitude - b.longitude) < %(near)s))
)
SELECT first, second, array_agg(why ORDER BY why) AS reasons, count(*) OVER () AS total
FROM candidates c WHERE NOT EXISTS (
    SELECT 1 FROM resources_merge m
    WHERE m.first_id = c.first AND m.second_id = c.second AND m.state IN ('merged', 'different')
)
GROUP BY first, second ORDER BY count(*) DESC, first, second LIMIT %(limit)s OFFSET %(offset)s
"""


class Pair(NamedTuple):
    """Two listings that may be one place, and what they have in common: "phone", "name"."""

    first: int
    second: int
    reasons: list[str]


class MergeError(Exception):
    """These two cannot be merged, or not any more; the message is a sentence."""


def pairs(*, offset: int = 0, limit: int = 20) -> tuple[list[Pair], int]:
    """Return a page of the pairs that nobody has decided, and how many there are in all (0 beyond the last page)."""
    values: dict[str, int | float | str] = {
        "most": MOST_SHARING,
        "near": NEAR_DEGREES,
        "limit": limit,
        "offset": offset,
    }
    values["column"] = languages.column("name", languages.codes()[0])
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, values)
        rows = cursor.fetchall()
    return [Pair(first, second, reasons) for first, second, reasons, _total in rows], rows[0][3] if rows else 0


@transaction.atomic
def keep_apart(
    *, first: ServiceAtLocation, second: ServiceAtLocation, by, at: datetime.datetime | None = None
) -> Merge:
    """Remember that these are two different places, so that nobody is asked again."""
    return _decided(first, second, State.DIFFERENT, by, at or timezone.now())


@transaction.atomic
def merge(*, kept: ServiceAtLocation, gone: ServiceAtLocation, by, at: datetime.datetime | None = None) -> Merge:
    """Make two listings one: what hangs on `gone` moves to `kept`, and its addresses lead there.

    A number that both have stays where it is, others come after those of the kept one; hours move only to a listing
    that has none, and checks only where what they read back is the same on both. Raises `MergeError`.
    """
    at = at or timezone.now()
    rows = ServiceAtLocation.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk]).order_by("pk")
    locked = {row.pk: row for row in rows}
    if len(locked) < 2 or any(row.merged_into_id or row.arrives_with_id for row in locked.values()):
        raise MergeError(_("One of the two is merged already, or not public yet."))
    kept, gone = locked[kept.pk], locked[gone.pk]
    moved = _move(kept, gone)
    _mark(kept, gone, kept.pk, at)
    decided = _decided(kept, gone, State.MERGED, by, at)
    decided.kept, decided.moved = kept, moved
    decided.save(update_fields=["kept", "moved"])
    rebuild_search([kept.pk, gone.pk])
    return decided


def _move(kept: ServiceAtLocation, gone: ServiceAtLocation) -> dict[str, Any]:
    """Hang on the kept listing what can; return what that was, and where it was."""
    moved = {name: keys for name, keys in _movable(kept, gone) if keys}
    positions = _put_last(moved.get("phones", []), kept)
    for name, keys in moved.items():
        _related(name).objects.filter(pk__in=keys).update(listing=kept)
    calls = list(gone.calls_to_make.exclude(listings=kept).values_list("pk", flat=True))
    kept.calls_to_make.add(*calls)
    before = ServiceAtLocation.objects.filter(merged_into=gone)
    followers = list(before.values_list("pk", flat=True))
    before.update(merged_into=kept)
    return {**moved, "positions": positions, "calls": calls, "followers": followers}


@transaction.atomic
def undo(*, decided: Merge, by, at: datetime.datetime | None = None) -> None:
    """Take a merge apart: everything that it moved and that is still there goes back. Raises `MergeError`."""
    at = at or timezone.now()
    decided = Merge.objects.select_for_update().get(pk=decided.pk)
    if decided.state != State.MERGED or decided.kept is None:
        raise MergeError(_("This merge has been taken apart already."))
    kept = decided.kept
    gone = decided.first if decided.kept_id == decided.second_id else decided.second
    if gone.merged_into_id != kept.pk:
        raise MergeError(_("The kept listing was merged again. Take that merge apart first."))
    for name in MOVED + ("proposals",):
        _related(name).objects.filter(pk__in=decided.moved.get(name, []), listing=kept).update(listing=gone)
    for pk, position in decided.moved.get("positions", []):
        gone.phones.filter(pk=pk).update(position=position)
    for call in CallToMake.objects.filter(pk__in=decided.moved.get("calls", [])):
        call.listings.remove(kept)
    ServiceAtLocation.objects.filter(pk__in=decided.moved.get("followers", []), merged_into=kept).update(
        merged_into=gone
    )
    _mark(kept, gone, None, at)
    decided.state, decided.decided_by, decided.decided_at, decided.moved = State.UNDONE, by, at, {}
    decided.save()
    rebuild_search([kept.pk, gone.pk])


def _mark(kept: ServiceAtLocation, gone: ServiceAtLocation, into: int | None, at: datetime.datetime) -> None:
    """Set where the gone listing leads, and let whoever copies the data see that both changed."""
    ServiceAtLocation.objects.filter(pk=gone.pk).update(merged_into=into, updated_at=at)
    ServiceAtLocation.objects.filter(pk=kept.pk).update(updated_at=at)


def _related(name: str) -> Any:
    return ServiceAtLocation._meta.get_field(name).related_model


def _movable(kept: ServiceAtLocation, gone: ServiceAtLocation) -> Iterator[tuple[str, list[Any]]]:
    """Yield what of the gone listing can hang on the kept one without standing there twice."""
    numbers = set(kept.phones.values_list("number", "extension"))
    phones = gone.phones.order_by("pk").values_list("pk", "number", "extension")
    yield "phones", [pk for pk, *number in phones if tuple(number) not in numbers]
    if not kept.schedules.exists():
        yield "schedules", list(gone.schedules.order_by("pk").values_list("pk", flat=True))
        yield "closures", list(gone.closures.order_by("pk").values_list("pk", flat=True))
    yield "verifications", _true_of_both(kept, gone)
    for name in ("provenances", "corrections", "quality_facts", "changes"):
        yield name, list(getattr(gone, name).order_by("pk").values_list("pk", flat=True))
    waiting = set(kept.proposals.waiting().values_list("origin", "field"))
    own = gone.proposals.filter(state=Proposal.State.WAITING).order_by("pk").values_list("pk", "origin", "field")
    yield "proposals", [pk for pk, *which in own if tuple(which) not in waiting]


def _put_last(phones: list[int], kept: ServiceAtLocation) -> list[list[int]]:
    """Put these numbers after those of the kept listing, where the first is the one to call; return where they were."""
    last = kept.phones.aggregate(last=Max("position"))["last"]
    if last is None:
        return []
    rows = list(Phone.objects.filter(pk__in=phones).order_by("position", "pk"))
    before = [[row.pk, row.position] for row in rows]
    for position, row in enumerate(rows, last + 1):
        row.position = position
    Phone.objects.bulk_update(rows, ["position"])
    return before


def _true_of_both(kept: ServiceAtLocation, gone: ServiceAtLocation) -> list[int]:
    """Return the checks of the gone listing that hold for the kept one: what they read back is the same on both.

    An attempt that read nothing back moves unless it says something of the place itself.
    """
    both = fields.loaded(ServiceAtLocation.objects).in_bulk([kept.pk, gone.pk])
    now, then = (_read_back(both[row.pk]) for row in (kept, gone))
    if not kept.schedules.exists():
        now[Checked.HOURS] = then[Checked.HOURS]  # they move too
    same = {field for field in Checked if now[field] == then[field]} - set(gone.changed_since_check)
    rows = gone.verifications.order_by("pk").values_list("pk", "fields", "outcome")
    return [pk for pk, read, outcome in rows if same.issuperset(read) and (read or outcome not in OF_THE_PLACE)]


def _read_back(listing: ServiceAtLocation) -> dict[str, Any]:
    """Return what a listing says under each word of a check."""
    said = fields.of(listing)
    said["codes"], said["phones"] = sorted(said["codes"]), sorted(row[:2] for row in said["phones"])
    own: dict[str, Any] = {
        word: [said[name] for name, field in fields.FIELDS.items() if word in field.checked_as] for word in Checked
    }
    answers = [getattr(listing, column) for column in COLUMNS]
    return own | {word: [*own[word], answers] for word in (Checked.INTAKE, Checked.LANGUAGES, Checked.PAYMENT)}


def _decided(one: ServiceAtLocation, other: ServiceAtLocation, state: str, by, at: datetime.datetime) -> Merge:
    first, second = sorted([one.pk, other.pk])
    values = {"state": state, "decided_by": by, "decided_at": at, "kept": None, "moved": {}}
    decided, _made = Merge.objects.update_or_create(first_id=first, second_id=second, defaults=values)
    return decided
