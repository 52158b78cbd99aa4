"""Ask the database once for what was understood, then choose the radius, the filters and the page in memory."""

import datetime
import math
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from portal.lib import fulltext, languages

from .. import freshness, geo
from ..models import SearchDocument, TaxonomyTerm
from . import facets
from .terms import codes_named
from .understand import Understood, understand
from .vocabulary import Meaning, Vocabulary

RADII = (10, 25, 50)
LIMIT = 1000  # counts are exact up to here; the nearest come first


class Hit(NamedTuple):
    """A listing that matches; `miles` is None where it has no point, `is_doubtful` when its last check is long ago."""

    listing: int
    name: str
    miles: float | None
    claims: list[str]
    is_virtual: bool = False
    is_doubtful: bool = True

    def order(self) -> tuple:
        """Return what results are sorted by: trusted ones first, then distance, name and id."""
        return self.is_doubtful, math.inf if self.miles is None else self.miles, self.name, self.listing


@dataclass
class Found:
    """The answer to a search."""

    understood: Understood
    hits: list[Hit] = field(default_factory=list)
    remote: list[Hit] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    radius: int | None = None  # None: the whole state, or without a place everything
    is_widened: bool = False
    is_capped: bool = False
    dropped: str = ""

    @property
    def has_distances(self) -> bool:
        """Distances are shown only from a place that the visitor named."""
        spot = self.understood.spot
        return spot is not None and spot.point is not None


def find(
    text: str,
    *,
    vocabulary: Vocabulary,
    home: geo.Spot,
    language: str,
    today: datetime.date,
    chosen: facets.Chosen | None = None,
    least_radius: int | str = RADII[0],
) -> Found:
    """Return the listings for what was typed, nearest first, and how many each filter would leave.

    Without a place they are ordered from the department's address. Words that no listing has are dropped when
    something else was understood, so that one odd word does not hide every place. `least_radius` is in miles,
    or "state".
    """
    understood = understand(text, vocabulary, language, home, geo.spots, partial(is_name, language))
    search = partial(_search, understood, home, language, today, chosen or {}, least_radius)
    found = search(understood.rest)
    if not found.hits and not found.remote and understood.rest and understood.parts:
        found = search("")
        found.dropped = understood.rest
    return found


def is_name(language: str, words: str) -> bool:
    """Say whether these words stand together in the name of a listing."""
    return SearchDocument.objects.filter(language=language, vector=fulltext.query(f'"{words}"', language)).exists()


def _search(understood, home, language, today, chosen: facets.Chosen, least_radius, rest: str) -> Found:
    spot = understood.spot
    point = spot.point if spot else None
    rows = partial(_rows, origin=point or home.point, chosen=chosen, today=today)
    documents = SearchDocument.objects.filter(_needs(understood.meanings), language=language)
    if rest:
        documents = documents.filter(_says(rest))
    found = Found(understood)
    if point and least_radius != "state":
        around = rows(documents.filter(geo.box(point[0], point[1], RADII[-1]) | Q(is_virtual=True, state=spot.state)))
        radius = _radius(around, chosen, int(least_radius))
        if radius:
            found.is_widened = radius > int(least_radius)
            return _fill(found, around, chosen, radius)
        found.is_widened = True
    return _fill(found, rows(documents.filter(_statewide(understood, home))), chosen, None)


def _statewide(understood: Understood, home: geo.Spot) -> Q:
    spot = understood.spot
    state = spot.state if spot else home.state
    if state and (spot or understood.unknown_place):
        return Q(state=state)
    return Q(is_virtual=False) | Q(state=home.state)


def _rows(
    documents: QuerySet, *, origin: tuple[float, float] | None, chosen: facets.Chosen, today: datetime.date
) -> list[Hit]:
    """Return the nearest matches, those that meet every filter first; the others only serve the counts."""
    trusted_since = freshness.trusted_since(today)
    passes = Q(*(Q(claims__overlap=sorted(wanted)) for wanted in chosen.values()))
    missed = _unless(passes) if chosen else Value(0)
    far = geo.nearness(*origin) if origin else Value(0.0)
    ordered = (
        documents.exclude(checked_on__lt=freshness.listed_since(today))
        .annotate(missed=missed, doubt=_unless(Q(checked_on__gte=trusted_since)), far=far)
        .order_by("missed", "doubt", "far", "name", "listing_id")
    )
    columns = ("listing_id", "name", "claims", "is_virtual", "doubt", "latitude", "longitude")
    hits = []
    for listing, name, claims, is_virtual, doubt, latitude, longitude in ordered.values_list(*columns)[: LIMIT + 1]:
        miles = geo.miles_between(origin, (latitude, longitude)) if origin and latitude is not None else None
        hits.append(Hit(listing, name, miles, claims, is_virtual, bool(doubt)))
    return sorted(hits, key=Hit.order)


def _unless(condition: Q) -> Case:
    return Case(When(condition, then=Value(0)), default=Value(1), output_field=IntegerField())


def _radius(rows: list[Hit], chosen: facets.Chosen, least: int) -> int | None:
    """Return the smallest radius from `least` on with a place in it that meets every filter."""
    met = [hit.miles for hit in rows if hit.miles is not None and not facets.failing(hit.claims, chosen)]
    return next((radius for radius in RADII if met and radius >= max(least, min(met))), None)


def _is_within(hit: Hit, radius: int | None) -> bool:
    return radius is None or (hit.miles is not None and hit.miles <= radius)


def _fill(found: Found, rows: list[Hit], chosen: facets.Chosen, radius: int | None) -> Found:
    found.radius, found.is_capped = radius, len(rows) > LIMIT
    inside = [hit for hit in rows[:LIMIT] if not hit.is_virtual and _is_within(hit, radius)]
    found.hits = [hit for hit in inside if not facets.failing(hit.claims, chosen)]
    found.remote = [hit for hit in rows if hit.is_virtual and not facets.failing(hit.claims, chosen)]
    found.counts = facets.count((hit.claims for hit in inside), chosen)
    return found


def _needs(meanings: list[Meaning]) -> Q:
    """Return what a listing must offer: any claim of the same facet, and something of every facet."""
    groups: dict[str, Q] = {}
    for meaning in meanings:
        if meaning.kind == "topic" and not meaning.claims:
            continue
        facet = facets.facet_of(meaning.claims[0]) if meaning.claims else ""
        key = facet or meaning.code
        groups[key] = groups.get(key, Q(pk__in=[])) | _offers(meaning)
    condition = Q()
    for group in groups.values():
        condition &= group
    return condition


def _offers(meaning: Meaning) -> Q:
    condition = Q(claims__overlap=list(meaning.claims)) if meaning.claims else Q(pk__in=[])
    return condition | _has_codes(meaning.codes) if meaning.codes else condition


def _has_codes(codes) -> Q:
    terms = TaxonomyTerm.objects.filter(code__in=sorted(codes)).order_by("pk")
    return Q(codes__overlap=ArraySubquery(terms.values_list(Cast("pk", IntegerField()))))


def _says(rest: str) -> Q:
    """Return that a listing's own words, in any language, or the words of its codes have these."""
    in_text = Q()
    for code in languages.codes():
        in_text |= Q(language=code, vector=fulltext.query(rest, code))
    condition = Q(listing__in=SearchDocument.objects.filter(in_text).values("listing"))
    named = codes_named(rest)
    return condition | _has_codes(named) if named else condition
