"""Apply an accepted import: new listings batch by batch, hidden; then everything public in one transaction."""

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import groupby
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from ..actions.rebuild import rebuild_search
from ..models import Import, ImportRow, ListingType, Proposal, Provenance, ServiceAtLocation
from ..samhsa.load import sync_terms
from . import adding, differences, fields
from .formats import origin
from .staging import known_rows

BATCH = 500
BAD_ROW = (DataError, IntegrityError, KeyError, TypeError, ValueError)  # not a database that is away: that is no fault
Change = ImportRow.Change
Found = dict[str, list[Any]]  # by field: as it is, as the file has it, why it is kept

_REMEMBER = """
UPDATE resources_provenance p
SET row = p.row || (r.record -> 'said') || CASE WHEN r.record ? 'ids'
    THEN jsonb_build_object('ids', r.record -> 'ids') ELSE '{}' END, year = %(year)s, missing_since = NULL
FROM resources_importrow r
WHERE r.run_id = %(run)s AND r.change IN ('same', 'update')
AND p.source = %(source)s AND p.feed = %(feed)s AND p.source_id = r.source_id
AND (p.row || (r.record -> 'said') <> p.row OR p.year <> %(year)s OR p.missing_since IS NOT NULL)
RETURNING p.listing_id
"""
_MISS = """
UPDATE resources_provenance p SET missing_since = %(as_of)s FROM resources_importrow r
WHERE r.run_id = %(run)s AND r.change = 'missing'
AND p.source = %(source)s AND p.feed = %(feed)s AND p.source_id = r.source_id AND p.missing_since IS NULL
"""


class RowError(Exception):
    """A row cannot be applied; the message is a sentence with its number."""


def apply(run: Import, tell: Callable[[int], None]) -> None:
    """Apply what is not applied yet, then switch; run again after an interruption it ends the same.

    `tell` gets the number of rows done, and may raise to stop between two batches. Raises `RowError`.
    """
    sync_terms()
    _refuse_unknown_types(run)
    known = adding.Known(*origin(run))
    new = run.staged.filter(change=Change.ADD, is_applied=False).order_by("number")
    done = run.staged.filter(change=Change.ADD, is_applied=True).count()
    while rows := list(new[:BATCH]):
        try:
            _add(run, rows, known)
        except BAD_ROW as error:
            raise RowError(_first_bad(run, rows)) from error
        done += len(rows)
        tell(done)
    _switch(run, timezone.now())


@transaction.atomic
def _add(run: Import, rows: list[ImportRow], known: adding.Known) -> None:
    _make(run, rows, known)
    run.staged.filter(pk__in=[row.pk for row in rows]).update(is_applied=True)


def _make(run: Import, rows: list[ImportRow], known: adding.Known) -> None:
    source, feed = origin(run)
    adding.add(rows, known, source=source, feed=feed, year=run.as_of.year, arrives_with=run)


def _first_bad(run: Import, rows: list[ImportRow]) -> str:
    """Return a sentence about the first of these rows that cannot be added by itself."""
    known = adding.Known(*origin(run))
    for row in rows:
        try:
            with transaction.atomic():
                _make(run, [row], known)
                transaction.set_rollback(True)
        except BAD_ROW as error:
            return _("Row %(row)d: %(error)s") % {"row": row.number, "error": str(error).splitlines()[0][:300]}
    return _("Something is wrong between the rows %(first)d and %(last)d.") % {
        "first": rows[0].number,
        "last": rows[-1].number,
    }


def _refuse_unknown_types(run: Import) -> None:
    """Raise `RowError` for a kind of place that this directory has not: a meeting must never pass for treatment."""
    types = run.staged.values_list("record__said__type", flat=True).distinct()
    unknown = set(filter(None, types)) - set(ListingType.objects.values_list("code", flat=True))
    if unknown:
        raise RowError(_("The directory has no kind of place “%(code)s”. Add it first.") % {"code": min(unknown)})


@transaction.atomic
def _switch(run: Import, at: datetime.datetime) -> None:
    """Write the changes, let the new listings be seen, and tell search: all of it at once."""
    touched = set(_update(run, at))
    _take_back(run, at)
    source, feed = origin(run)
    values: dict[str, Any] = {"run": run.pk, "source": source, "feed": feed, "year": run.as_of.year, "as_of": run.as_of}
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, values)
        touched |= {listing for (listing,) in cursor.fetchall()}
        cursor.execute(_MISS, values)
    arriving = ServiceAtLocation.objects.filter(arrives_with=run)
    touched |= set(arriving.values_list("pk", flat=True))
    arriving.update(arrives_with=None, updated_at=at)
    if touched:
        rebuild_search(sorted(touched))
    run.staged.filter(change__in=[Change.UPDATE, Change.MISSING]).update(is_applied=True)
    run.staged.filter(change=Change.SAME).delete()
    run.state, run.applied_at, run.error = Import.State.APPLIED, at, ""
    run.save(update_fields=["state", "applied_at", "error"])


def _update(run: Import, at: datetime.datetime) -> Iterator[int]:
    """Write what differs and is nobody's work, propose the rest; yield the keys of the listings written."""
    for rows in _by_listing(run):
        origins = known_rows(*origin(run), [row.source_id for row in rows], lock=True)
        work = differences.Work([known.listing for known in origins.values()])
        found = _found([(row, origins[row.source_id]) for row in rows if row.source_id in origins], work)
        yield from fields.write([(listing, _values(differing)) for listing, differing in found], at)
        _propose(run, [(listing, _kept(differing)) for listing, differing in found], at)


def _by_listing(run: Import) -> Iterator[list[ImportRow]]:
    """Yield the rows that change listings in batches; those of one listing, which staff merged, stand together."""
    source, feed = origin(run)
    known = Provenance.objects.filter(source=source, feed=feed, source_id=OuterRef("source_id")).values("listing")[:1]
    changed = run.staged.filter(change=Change.UPDATE, is_applied=False).annotate(listing=Subquery(known))
    keys = list(changed.exclude(listing=None).order_by("listing", "number").values_list("listing", "pk"))
    batch: list[int] = []
    for _listing, rows in groupby(keys, key=lambda pair: pair[0]):
        batch += [pk for _listing, pk in rows]
        if len(batch) >= BATCH:
            yield list(run.staged.filter(pk__in=batch).order_by("number"))
            batch = []
    yield list(run.staged.filter(pk__in=batch).order_by("number"))


def _found(rows: list[tuple[ImportRow, Provenance]], work: differences.Work) -> list[tuple[ServiceAtLocation, Found]]:
    """Return how the listings differ from the file, found anew: a person may have worked since it was checked.

    Of the rows of a merged listing the last counts; one whose value stands there, before those whose value does not.
    """
    found: dict[int, tuple[ServiceAtLocation, Found]] = {}
    for row, known in rows:
        _listing, differing = found.setdefault(known.listing_id, (known.listing, {}))
        said = row.record["said"]
        for field, values in differences.between(known.listing, known.row, said, work).items():
            if field not in differing or differing[field][2] or not values[2]:
                differing[field] = values
    return list(found.values())


def _values(found: Found) -> dict[str, Any]:
    """Return what to write; a place that moved gets the middle of its ZIP code where no point is told."""
    values = {field: after for field, (_before, after, why) in found.items() if not why}
    if "address" in values and "point" not in found:
        moved = [{"address": values["address"]}]
        adding.fill_points(moved)
        values["point"] = moved[0].get("point")
    return values


def _kept(found: Found) -> dict[str, tuple[Any, Any]]:
    return {field: (before, after) for field, (before, after, why) in found.items() if why}


def _propose(run: Import, kept: list[tuple[ServiceAtLocation, dict[str, tuple[Any, Any]]]], at) -> None:
    """Put the file's values before a person, unless the same is waiting already or was refused."""
    listings = [listing.pk for listing, _fields in kept]
    earlier = Proposal.objects.filter(listing__in=listings, origin=Proposal.Origin.IMPORT)
    waiting = {(row.listing_id, row.field): row for row in earlier.waiting()}
    refused = [(row.listing_id, row.field, row.after) for row in earlier.filter(state=Proposal.State.REFUSED)]
    new, replaced = [], []
    for listing, values in kept:
        for field, (before, after) in values.items():
            old = waiting.get((listing.pk, field))
            if (old and old.after == after) or (listing.pk, field, after) in refused:
                continue
            replaced += [old.pk] if old else []
            waiting[listing.pk, field] = row = Proposal(
                listing=listing, origin=Proposal.Origin.IMPORT, import_run=run, field=field, made_at=at
            )
            row.before, row.after = before, after
            new.append(row)
    Proposal.objects.filter(pk__in=replaced).update(state=Proposal.State.REPLACED, decided_at=at)
    Proposal.objects.bulk_create(new)


def _take_back(run: Import, at: datetime.datetime) -> None:
    """Take back what the source proposed before, where its rows now say nothing else than the listing does."""
    source, feed = origin(run)
    waiting = Proposal.objects.waiting().filter(origin=Proposal.Origin.IMPORT, import_run__source=run.source)
    rows = list(waiting.exclude(import_run=run).order_by("listing", "pk"))
    for batch in (rows[start : start + BATCH] for start in range(0, len(rows), BATCH)):
        about = Provenance.objects.filter(source=source, feed=feed, listing__in=[row.listing_id for row in batch])
        staged = run.staged.filter(change__in=[Change.SAME, Change.UPDATE])
        told = list(staged.filter(source_id__in=about.values("source_id")))
        origins = known_rows(source, feed, [row.source_id for row in told])
        said: dict[int, list[Any]] = {}
        for row in told:
            known = origins[row.source_id]
            said.setdefault(known.listing_id, []).append((known.listing, _news(row, known)))
        idle = [row.pk for row in batch if _is_idle(row.field, said.get(row.listing_id, ()))]
        Proposal.objects.filter(pk__in=idle).update(state=Proposal.State.REPLACED, decided_at=at)


def _news(row: ImportRow, known: Provenance) -> dict[str, Any]:
    return differences.without_no_news(known.listing, row.record["said"], row.record.get("doubtful", []))


def _is_idle(field: str, told: Collection[tuple[ServiceAtLocation, Mapping[str, Any]]]) -> bool:
    """Say whether rows speak of a field, and each says what stands."""
    values = [(fields.of(listing)[field], said[field]) for listing, said in told if field in said]
    return bool(values) and all(differences.is_present(field, now, after) for now, after in values)
