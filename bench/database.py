"""Measure the database's part of a search: all its statements, beside the leanest one that gives the same places.

    python -m bench.database [--queries bench/queries.txt] [--no-leanest]

Reads the database of the settings and changes nothing in it but the anonymous counters of searches in vain.
"""

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import django

QUERIES = Path(__file__).parent / "queries.txt"
TURNS = 3

# The same answer for somebody who knows the numbers of the words and asks for nothing else: the smallest radius with a
# place, those checked lately first, how many, the letters to count, twenty cards, what is beside.
LEANEST = """
WITH around AS MATERIALIZED (
  SELECT listing_id, options, name, block, {far} AS far, (checked_on >= %(trusted)s) IS TRUE AS is_trusted
  FROM resources_searchdocument
  WHERE {wanted} AND {area} AND (checked_on IS NULL OR checked_on >= %(listed)s OR stays_listed)
), found AS MATERIALIZED (
  SELECT * FROM around WHERE block = 'places' AND (%(radii)s = '{{}}' OR far <= (
    SELECT min(radius) FROM unnest(%(radii)s::float8[]) AS radius WHERE radius >= (SELECT min(far) FROM around)))
  ORDER BY is_trusted DESC, far, name, listing_id LIMIT 1001
)
SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM found WHERE is_trusted),
  (SELECT string_agg(options, '') FROM found),
  (SELECT json_agg(json_build_object('card', card, 'hours', hours, 'far', far)) FROM
    (SELECT * FROM found OFFSET %(first)s LIMIT 20) AS shown JOIN resources_searchdocument USING (listing_id))::text,
  (SELECT json_agg(json_build_object('card', card, 'hours', hours)) FROM
    (SELECT * FROM around WHERE block <> 'places' LIMIT 15) AS beside
    JOIN resources_searchdocument USING (listing_id))::text"""


class Times(NamedTuple):
    """Milliseconds in the database, of half and of 95 of 100 searches."""

    median: float
    p95: float

    def times(self, other: "Times") -> float:
        """Say how many times the other these are: half of the searches or 95 of 100, whichever is more."""
        return max(self.median / other.median, self.p95 / other.p95)

    def __str__(self) -> str:
        return f"half within {self.median:.1f} ms, 95 of 100 within {self.p95:.1f} ms"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=Path, default=QUERIES)
    parser.add_argument("--no-leanest", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    for name, has_place in (("all", None), ("with a place", True), ("without", False)):
        pages, places, leanest = measure(searches(options.queries, has_place), has_leanest=not options.no_leanest)
        print(f"{name}: {pages}; the places alone: {places}", end="; " if leanest else "\n")
        if leanest:
            print(f"the leanest: {leanest}, {places.times(leanest):.1f} times")


def searches(file: Path, has_place: bool | None = None) -> list[str]:
    """Return the addresses of the file; only those with a place in the words, or only those without."""
    paths = file.read_text().splitlines()
    if has_place is None:
        return paths
    return [path for path in paths if _has_place(path) == has_place]


def _has_place(path: str) -> bool:
    from django.http import QueryDict  # noqa: PLC0415

    from portal.search import _home, _known, _wish  # noqa: PLC0415 (needs setup)
    from resources.geo import spots  # noqa: PLC0415
    from resources.search.understand import understand  # noqa: PLC0415

    known, wish = _known(), _wish(QueryDict(urlsplit(path).query))
    read = understand(wish.text, known.vocabulary, "en", _home(known.frame.department), spots, lambda words: False)
    return read.spot is not None and read.spot.point is not None


def measure(paths: list[str], *, has_leanest: bool = True) -> tuple[Times, Times, Times | None]:
    """Return the times of whole pages, of their places alone, and of the leanest statement for the same places.

    Each is asked a few times, and the quickest counts: the rest is the noise of the machine.
    """
    pages, places, leanest = [], [], []
    for path in paths:
        turns = [_search(path) for _turn in range(TURNS)]
        pages.append(min(page for page, _places, _question in turns))
        places.append(min(found for _page, found, _question in turns))
        if has_leanest:
            leanest.append(min(_leanest(turns[0][2]) for _turn in range(TURNS)))
    return _times(pages), _times(places), _times(leanest) if has_leanest else None


def _times(seconds: list[float]) -> Times:
    return Times(statistics.median(seconds) * 1000, sorted(seconds)[int(len(seconds) * 0.95)] * 1000)


def _search(path: str):
    """Make one search as a page does; return the seconds of all and of its places in the database, and the question."""
    from django.db import connection  # noqa: PLC0415
    from django.http import QueryDict  # noqa: PLC0415
    from django.utils.translation import override  # noqa: PLC0415

    from portal.search import search  # noqa: PLC0415
    from resources.search import results  # noqa: PLC0415

    spent, in_places, asked, ask = [], [], [], results.ask

    def timed(execute, sql, params, many, context):
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - began)

    def noted(question, today):
        asked.append(question)
        began = time.perf_counter()
        try:
            return ask(question, today)
        finally:
            in_places.append(time.perf_counter() - began)

    parts = urlsplit(path)
    results.ask = noted
    try:
        with override(parts.path.split("/")[1]), connection.execute_wrapper(timed):
            search(QueryDict(parts.query))
    finally:
        results.ask = ask
    return sum(spent), sum(in_places), asked[-1]


def _leanest(question) -> float:
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from resources.search import statement  # noqa: PLC0415

    filters = [f"tags && %(chosen_{number})s::int[]" for number in range(len(question.chosen))]
    area = "state = %(state)s" if question.is_statewide else "true"
    if question.radii:
        area = "(position <@ cube_enlarge(%(origin)s::cube, %(farthest)s, 3) OR position IS NULL AND state = %(state)s)"
    sql = LEANEST.format(far=statement.FAR, wanted=statement._all([*statement._needs(question), *filters]), area=area)
    values = statement.parameters(question, timezone.localdate())
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(sql, values)
        cursor.fetchone()
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
