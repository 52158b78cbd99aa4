"""Ask the database once for everything a page of results shows: the places, how many, the counts of every filter.

The statement is put together from the fragments below, as many as there are needs and filters; what a visitor typed
only ever goes in as a parameter. Distances are chords on a globe of radius 1: they sort as miles do, and an index gives
the nearest first. Two short lists are joined, the places that staff reached lately and the others, because the first
come before the second however near those are.
"""

import datetime
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from portal.lib import fulltext, languages

from .. import freshness
from ..geo import EARTH_MILES
from . import tags

LIMIT = 1000  # counts are exact up to here; the nearest come first
ASIDE = 5  # so many a block beside the places shows, until all of them are asked for
Globe = tuple[float, float, float]

ROW = (
    "json_build_object('id', d.listing_id, 'chord', r.chord, 'doubt', r.doubt, 'block', d.block, 'state', d.state,"
    " 'on', d.checked_on, 'stays', d.stays_listed, 'hours', d.hours, 'card', d.card,"
    " 'point', CASE WHEN d.latitude IS NOT NULL THEN json_build_array(d.latitude, d.longitude) END{options})"
)
_OPTIONS = ", 'options', d.options"
FAR = "position <-> %(origin)s::cube"
TRUSTED = "checked_on >= %(trusted)s"
DOUBTFUL = (
    "(checked_on IS NULL OR checked_on < %(trusted)s AND (checked_on >= %(listed)s OR stays_listed))"  # still listed
)
_LISTED = "(checked_on IS NULL OR checked_on >= %(listed)s OR stays_listed)"
_WITHIN = (
    "position <@ cube_enlarge(%(origin)s::cube, (SELECT chord FROM reach), 3)"
    " AND " + FAR + " <= (SELECT chord FROM reach)"
)
_REACH = """
nearest AS MATERIALIZED (
  SELECT {far} AS chord FROM resources_searchdocument
  WHERE {listed} AND {wanted} AND position <@ cube_enlarge(%(origin)s::cube, %(farthest)s, 3)
  ORDER BY {far} LIMIT 1
), reach AS MATERIALIZED (
  SELECT min(radius) AS chord FROM unnest(%(radii)s::float8[]) AS radius WHERE radius >= (SELECT chord FROM nearest)
),"""
_NEAREST = """
(SELECT listing_id, options, name, {far} AS chord, {doubt} AS doubt FROM resources_searchdocument
 WHERE block = 'places' AND {trust} AND {wanted} AND {area} ORDER BY {order} LIMIT %(limit)s)"""
_STATEMENT = """
WITH {reach} passing AS MATERIALIZED (
  SELECT *, row_number() OVER (ORDER BY doubt, chord NULLS LAST, name, listing_id) AS place
  FROM ({places}) AS found ORDER BY place LIMIT %(limit)s
), shown AS (
  SELECT * FROM passing WHERE place > least(%(first)s, (SELECT greatest(0, (count(*) - 1) / %(many)s * %(many)s)
  FROM passing WHERE place < %(limit)s)) ORDER BY place LIMIT %(many)s
), aside AS (
  SELECT *, row_number() OVER (PARTITION BY block, is_asked ORDER BY doubt, chord NULLS LAST, name, listing_id) AS place
  FROM (
    SELECT listing_id, block, name, {far} AS chord, CASE WHEN {trusted} THEN 0 ELSE 1 END AS doubt,
      ({wanted} AND ({area} OR position IS NULL)) IS TRUE AS is_asked
    FROM resources_searchdocument
    WHERE block <> 'places' AND {listed} AND ((position IS NULL AND state = %(state)s AND {wanted})
      OR (position IS NOT NULL AND {wanted} AND {area})
      OR (block = 'emergency' AND {far} <= %(farthest)s))
  ) AS beside
)
SELECT {radius},
  (SELECT count(*) FROM passing),
  (SELECT count(*) FROM passing WHERE doubt = 0 AND place < %(limit)s),
  (SELECT string_agg(options, '') FROM passing WHERE place < %(limit)s),
  (SELECT json_agg({row} ORDER BY r.place) FROM shown AS r JOIN resources_searchdocument AS d USING (listing_id))::text,
  (SELECT json_agg(json_build_array(r.is_asked, {row}) ORDER BY r.place) FROM aside AS r
   JOIN resources_searchdocument AS d USING (listing_id) WHERE r.place <= %(aside)s)::text,
  (SELECT json_object_agg(block, many) FROM
    (SELECT block, count(*) AS many FROM aside WHERE is_asked GROUP BY block) AS beside)::text{others}"""
_OTHERS = """,
  (SELECT json_build_array(count(*), string_agg(options, '')) FROM
    (SELECT options FROM ({places}) AS found LIMIT %(limit)s - 1) AS others)::text"""
_IS_NAME = "SELECT EXISTS (SELECT FROM resources_searchdocument WHERE vector @@ ({said}))"


@dataclass(frozen=True)
class Question:
    """What to look for: `needs` are sets of numbers of which a listing has one each, `chosen` the filters by facet.

    `origin` is where distances count from; `radii` in miles are tried in turn, none: no radius; `state` is where help
    by phone or video must be licensed, and with `is_statewide` every place too. `is_window`: only what was checked
    lately, with the options of each instead of counts.
    """

    needs: Sequence[frozenset[int]] = ()
    chosen: Mapping[str, frozenset[int]] = field(default_factory=dict)
    text: str = ""
    named: frozenset[int] = frozenset()
    origin: tuple[float, float] | None = None
    radii: Sequence[int] = ()
    state: str = ""
    is_statewide: bool = False
    first: int = 0
    many: int = 20
    aside: int = ASIDE
    is_window: bool = False


@dataclass(frozen=True)
class Answer:
    """What the database said.

    `counts` are by number, those of a facet with a choice as if it had none; `totals` say by facet how many listings
    there are then. Rows are dictionaries as the statement builds them, `aside` with whether it was asked, `beside` how
    many of those asked each block has.
    """

    radius: float | None
    total: int
    trusted: int
    counts: Counter[int]
    totals: dict[str, int]
    rows: list[dict]
    aside: list[tuple[bool, dict]]
    beside: dict[str, int]


def ask(question: Question, today: datetime.date) -> Answer:
    """Return the answer, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement(question), parameters(question, today))
        chord, total, trusted, letters, rows, aside, beside, *others = cursor.fetchone()
    counts, totals = _count(letters or "", dict(zip(question.chosen, map(json.loads, others), strict=False)))
    return Answer(
        radius=None if chord is None else miles(chord),
        total=total,
        trusted=trusted,
        counts=counts,
        totals=totals,
        rows=json.loads(rows or "[]"),
        aside=[tuple(pair) for pair in json.loads(aside or "[]")],
        beside=json.loads(beside or "{}"),
    )


def _count(letters: str, others: Mapping[str, tuple[int, str]]) -> tuple[Counter[int], dict[str, int]]:
    """Count the options; `others` has by facet with a choice how many listings there are without it, and theirs."""
    places = {tags.place_of(facet): text or "" for facet, (_total, text) in others.items()}
    counts = {ord(letter): many for letter, many in Counter(letters).items()}
    counts = {number: many for number, many in counts.items() if number >> tags.SHIFT not in places}
    for place, text in places.items():
        own = {ord(letter): many for letter, many in Counter(text).items()}
        counts |= {number: many for number, many in own.items() if number >> tags.SHIFT == place}
    return Counter(counts), {facet: total for facet, (total, _text) in others.items()}


def is_name(words: str) -> bool:
    """Say whether these words stand together in the name of a listing."""
    said = " || ".join(f"phraseto_tsquery('{config}', %(words)s)" for config in _configs())
    sql = _IS_NAME.format(said=said)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"words": words})
        return cursor.fetchone()[0]


def statement(question: Question) -> str:
    """Return the SQL for a question of this form."""
    needs = _needs(question)
    filters = [f"tags && %(chosen_{number})s::int[]" for number in range(len(question.chosen))]
    wanted, area, order = _all([*needs, *filters]), _area(question), _order(question)
    others = ""
    for number in range(0 if question.is_window else len(filters)):
        but_one = [*needs, *filters[:number], *filters[number + 1 :]]
        others += _OTHERS.format(places=_places(_all(but_one), area, order))
    return _STATEMENT.format(
        reach=_REACH.format(far=FAR, listed=_LISTED, wanted=wanted) if question.radii else "",
        radius="(SELECT chord FROM reach)" if question.radii else "NULL",
        others=others,
        places=_nearest(wanted, area, order, is_trusted=True) if question.is_window else _places(wanted, area, order),
        area=area,
        far=FAR,
        trusted=TRUSTED,
        listed=_LISTED,
        wanted=wanted,
        row=ROW.format(options=_OPTIONS if question.is_window else ""),
    )


def parameters(question: Question, today: datetime.date) -> dict:
    """Return the values for the statement."""
    return {
        "origin": _literal(globe(question.origin or (0.0, 0.0))),
        "farthest": chord(max(question.radii, default=FAR_MILES)),
        "radii": [chord(radius) for radius in question.radii],
        "state": question.state,
        "trusted": freshness.trusted_since(today),
        "listed": freshness.listed_since(today),
        "text": question.text,
        "named": sorted(question.named),
        "limit": (question.many if question.is_window else LIMIT) + 1,
        "first": question.first,
        "many": question.many,
        "aside": question.aside,
        **{f"need_{number}": sorted(need) for number, need in enumerate(question.needs)},
        **{f"chosen_{number}": sorted(wanted) for number, wanted in enumerate(question.chosen.values())},
    }


FAR_MILES = 50


def globe(point: tuple[float, float]) -> Globe:
    """Return a latitude and longitude as a point on a globe of radius 1."""
    latitude, longitude = map(math.radians, point)
    ring = math.cos(latitude)
    return ring * math.cos(longitude), ring * math.sin(longitude), math.sin(latitude)


def chord(distance: float) -> float:
    """Return a distance in miles as a chord on a globe of radius 1."""
    return 2 * math.sin(min(math.pi, distance / EARTH_MILES) / 2)


def miles(length: float) -> float:
    """Return a chord on a globe of radius 1 as a distance in miles."""
    return 2 * EARTH_MILES * math.asin(min(1.0, length / 2))


def _needs(question: Question) -> list[str]:
    parts = [f"tags && %(need_{number})s::int[]" for number in range(len(question.needs))]
    if question.text:
        said = " || ".join(f"websearch_to_tsquery('{config}', %(text)s)" for config in _configs())
        parts.append(f"(vector @@ ({said}){' OR tags && %(named)s::int[]' if question.named else ''})")
    return parts


def _configs() -> list[str]:
    return [config for code in languages.codes() for config in fulltext.configs(code)]


def _all(parts: Sequence[str]) -> str:
    return " AND ".join(parts) or "true"


def _area(question: Question) -> str:
    if question.radii:
        return _WITHIN
    return "state = %(state)s" if question.is_statewide else "true"


def _places(wanted: str, area: str, order: str) -> str:
    if area == _WITHIN:
        # Few rows lie within a radius: reading their tags is quicker than an index that has them of the whole country.
        wanted = f"({wanted}) IS TRUE"
    return " UNION ALL ".join(_nearest(wanted, area, order, is_trusted=is_trusted) for is_trusted in (True, False))


def _nearest(wanted: str, area: str, order: str, *, is_trusted: bool) -> str:
    trust, doubt = (TRUSTED, 0) if is_trusted else (DOUBTFUL, 1)
    return _NEAREST.format(far=FAR, trust=trust, doubt=doubt, wanted=wanted, area=area, order=order)


def _order(question: Question) -> str:
    """Return what sorts by distance; with several words not as an index does, which would look at all that is near.

    The database takes words for independent of each other, and so expects far more places with all of them than are.
    """
    return f"({FAR}) + 0" if " " in question.text else FAR


def _literal(point: Globe) -> str:
    return "({}, {}, {})".format(*map(repr, point))
