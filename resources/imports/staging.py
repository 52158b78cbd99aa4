"""Read a file into staged rows, and find out what each would do to the directory; the directory stays as it is."""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib.spreadsheet import UnreadableFileError, clean
from portal.reference.models import StarterRecord

from ..models import Import, ImportRow, Provenance, ServiceAtLocation
from . import differences, fields
from .formats import FORMS, known_codes, origin
from .record import Problem, Record

BATCH = 500
LONGEST_RAW = 200  # characters of a cell kept for the person who looks at what is wrong with its row
Change = ImportRow.Change

# Right after a large import the database still plans for the small tables of before: 12,000 rows then take minutes.
_ANALYZE = "ANALYZE resources_importrow, resources_provenance, resources_serviceatlocation, resources_location"
_COPY = """COPY resources_importrow (run_id, number, source_id, change, record, difference, problems, is_applied)
FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (source_id))"""

# Rows that share a name and an address are told apart; of those, the one already known keeps its id.
_TWINS = """
WITH shared AS (
    SELECT source_id FROM resources_importrow WHERE run_id = %(run)s AND record ? 'twin'
    GROUP BY source_id HAVING count(DISTINCT record ->> 'twin') > 1
), ranked AS (
    SELECT r.id, r.source_id || '-' || (r.record ->> 'twin') AS own, p.id AS known, row_number() OVER (
        PARTITION BY r.source_id
        ORDER BY (p.row || (r.record -> 'said') = p.row) DESC NULLS LAST, r.record ->> 'twin', r.number
    ) AS place
    FROM resources_importrow r JOIN shared USING (source_id) LEFT JOIN resources_provenance p
    ON p.source = %(source)s AND p.feed = %(feed)s AND p.source_id = r.source_id
    WHERE r.run_id = %(run)s
)
UPDATE resources_importrow r SET source_id = ranked.own FROM ranked
WHERE r.id = ranked.id AND NOT (ranked.known IS NOT NULL AND ranked.place = 1)
"""
# A row that was once told from a twin is known by that id, whether or not the twin is still there.
_KNOWN_TWINS = """
UPDATE resources_importrow r SET source_id = p.source_id FROM resources_provenance p
WHERE r.run_id = %(run)s AND p.source = %(source)s AND p.feed = %(feed)s
AND p.source_id = r.source_id || '-' || (r.record ->> 'twin')
"""
_REPEATED = """
WITH ranked AS (
    SELECT id, row_number() OVER (PARTITION BY source_id ORDER BY change = 'left out', number) AS place
    FROM resources_importrow WHERE run_id = %(run)s AND source_id <> ''
)
UPDATE resources_importrow r
SET change = 'left out', problems = problems || jsonb_build_array(jsonb_build_array('', %(message)s::text, true))
FROM ranked WHERE r.id = ranked.id AND ranked.place > 1 AND r.change <> 'left out'
"""
# What this list brought before, or the starter records, and is not there: a person deleted it.
_DELETED = """
UPDATE resources_importrow r
SET change = 'left out', problems = problems || jsonb_build_array(jsonb_build_array('', %(message)s::text, true))
WHERE r.run_id = %(run)s AND r.change = 'add' AND NOT EXISTS (
    SELECT 1 FROM resources_provenance p
    WHERE p.source = %(source)s AND p.feed = %(feed)s AND p.source_id = r.source_id
) AND (r.source_id = ANY(%(starter)s) OR r.source_id IN (
    SELECT o.source_id FROM resources_importrow o JOIN resources_import i ON i.id = o.run_id
    WHERE i.source = %(name)s AND i.state = 'applied' AND o.change = 'add' AND o.is_applied
))
"""
_KNOWN = """
UPDATE resources_importrow r
SET change = CASE WHEN p.row || (r.record -> 'said') = p.row THEN 'same' ELSE 'update' END
FROM resources_provenance p
WHERE r.run_id = %(run)s AND r.change = 'add'
AND p.source = %(source)s AND p.feed = %(feed)s AND p.source_id = r.source_id
"""
_MISSING = """
INSERT INTO resources_importrow (run_id, number, source_id, change, record, difference, problems, is_applied)
SELECT %(run)s, %(last)s + row_number() OVER (ORDER BY p.source_id), p.source_id, 'missing', '{}', '{}', '[]', false
FROM resources_provenance p
WHERE p.source = %(source)s AND p.feed = %(feed)s AND p.missing_since IS NULL AND (%(state)s = '' OR EXISTS (
    SELECT 1 FROM resources_serviceatlocation s JOIN resources_location l ON l.id = s.location_id
    WHERE s.id = p.listing_id AND l.state_province = %(state)s
)) AND NOT EXISTS (
    SELECT 1 FROM resources_importrow r WHERE r.run_id = %(run)s AND r.source_id = p.source_id
)
"""


def stage(run: Import, tell: Callable[[int], None]) -> None:
    """Read and check the file of an import and compare it with the directory; safe to run again from the beginning.

    `tell` gets the number of rows read now and then, and may raise to stop. Raises `UnreadableFileError`.
    """
    run.staged.all().delete()
    done = 0
    for batch in _batches(_records(run)):
        _copy(run, batch)
        done += len(batch)
        tell(done)
    if not done:
        raise UnreadableFileError(_("The table has no rows."))
    with connection.cursor() as cursor:
        cursor.execute(_ANALYZE)
    _settle(run)
    run.rows, run.done = done, 0
    run.counts = {**_counts(run), **{key: run.counts[key] for key in ("starts", "from") if key in run.counts}}
    run.checked_at = timezone.now()


def _records(run: Import) -> Iterator[Record]:
    state = run.mapping.get("state", "")
    for record in FORMS[run.format].read(Path(run.path), run.mapping, known_codes()):
        if not state or record.is_left_out or (record.address or {}).get("state") == state:
            yield record


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(itertools.islice(records, BATCH)):
        yield batch


def _copy(run: Import, records: Iterable[Record]) -> None:
    lines = io.StringIO()
    writer = csv.writer(lines)
    for record in records:
        staged, problems = _staged(record), [_plain(problem) for problem in record.problems]
        change = Change.LEFT_OUT if record.is_left_out or not record.said() else Change.ADD  # else a note, no listing
        cells: tuple[object, ...] = (staged, {}, problems)
        writer.writerow(
            [run.pk, record.number, record.source_id, change.value, *(json.dumps(cell) for cell in cells), False]
        )
    lines.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(_COPY, lines)


def _staged(record: Record) -> dict:
    """Return a record as its row holds it; the cells as typed only where a person will look at them."""
    ids = {kind: own for kind, typed in record.ids.items() if (own := clean(typed))}
    staged = {"said": record.said(), "ids": ids, "doubtful": sorted(record.doubtful), "twin": record.twin}
    if record.problems:
        staged["raw"] = {clean(name): clean(str(cell)[:LONGEST_RAW]) for name, cell in record.raw.items() if cell}
    return {name: value for name, value in staged.items() if value}


def _plain(problem: Problem) -> Problem:
    """Return a problem without what the database cannot hold: it may quote a file."""
    return problem._replace(column=clean(problem.column), message=clean(problem.message))


@transaction.atomic
def _settle(run: Import) -> None:
    """Find out for every row what it would do."""
    source, feed = origin(run)
    known = {"run": run.pk, "name": run.source, "source": source, "feed": feed, "state": run.mapping.get("state", "")}
    known["starter"] = _starter_ids() if (source, feed) == (Provenance.Source.SAMHSA, "") else []
    repeated = known | {"message": _("The row repeats an earlier one, or its id does: only the first counts.")}
    deleted = known | {"message": _("Staff deleted this listing. No import brings it back.")}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_TWINS, known)
        cursor.execute(_TWINS, known)
        cursor.execute(_REPEATED, repeated)
        cursor.execute(_DELETED, deleted)
        cursor.execute(_KNOWN, known)
        last = run.staged.aggregate(last=Max("number"))["last"]
        cursor.execute(_MISSING, known | {"last": last})
    _compare(run, source, feed)


def _starter_ids() -> list[str]:
    return list(StarterRecord.objects.filter(kind="listing").values_list("key", flat=True))


def _compare(run: Import, source: str, feed: str) -> None:
    """Find out what differs in the rows that say something else than at the last import."""
    changed = run.staged.filter(change=Change.UPDATE).order_by("number")
    last = 0
    while rows := list(changed.filter(number__gt=last)[:BATCH]):
        last = rows[-1].number
        origins = known_rows(source, feed, [row.source_id for row in rows])
        work = differences.Work([origin.listing for origin in origins.values()])
        for row in rows:
            own = origins[row.source_id]
            doubtful = row.record.get("doubtful", [])
            row.record["said"] = differences.without_no_news(own.listing, row.record["said"], doubtful)
            row.difference = differences.between(own.listing, own.row, row.record["said"], work)
            row.change = Change.UPDATE if row.difference else Change.SAME
        ImportRow.objects.bulk_update(rows, ["record", "difference", "change"])


def known_rows(source: str, feed: str, ids: Iterable[str], *, lock: bool = False) -> dict[str, Provenance]:
    """Return what is known of these ids, each with its listing loaded; `lock` keeps others from changing those."""
    origins = {
        row.source_id: row for row in Provenance.objects.filter(source=source, feed=feed, source_id__in=set(ids))
    }
    listings = ServiceAtLocation.objects.filter(pk__in=[row.listing_id for row in origins.values()])
    if lock:
        listings = listings.select_for_update(of=fields.WRITTEN)
    loaded = {listing.pk: listing for listing in fields.loaded(listings.order_by("pk"))}
    _share(loaded.values())
    for row in origins.values():
        row.listing = loaded[row.listing_id]
    return origins


def _share(listings: Iterable[ServiceAtLocation]) -> None:
    """Have listings of one service, organization or location hold the same object, so that none writes an old one."""
    seen: dict = {}
    for listing in listings:
        listing.location = seen.setdefault(("location", listing.location_id), listing.location)
        listing.service = seen.setdefault(("service", listing.service_id), listing.service)
        runner = ("organization", listing.service.organization_id)
        listing.service.organization = seen.setdefault(runner, listing.service.organization)


def _counts(run: Import) -> dict[str, int]:
    """Return how many rows would do what, how many have problems, and how many the list had before."""
    by_change = run.staged.values_list("change").annotate(count=Count("pk")).order_by()
    source, feed = origin(run)
    before = Provenance.objects.filter(source=source, feed=feed, missing_since=None)
    state = run.mapping.get("state", "")
    if state:
        before = before.filter(listing__location__state_province=state)
    kept = sum(
        sum(bool(why) for _before, _after, why in difference.values())
        for difference in run.staged.filter(change=Change.UPDATE).values_list("difference", flat=True).iterator()
    )
    problems = run.staged.exclude(problems=[]).count()
    return dict(by_change) | {"known": before.count(), "problems": problems, "kept": kept}
