"""Find the places like a listing that are nearest to it: no page is a dead end."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from portal.lib import languages

from .. import freshness, hours
from ..geo import Spot, box, miles_between, nearness
from ..models import SearchDocument, ServiceAtLocation
from ..samhsa import codes
from . import tags

SHOWN = 3
MILES = 50


class Neighbour(NamedTuple):
    """A place like it: what a line says of it in the active language. `phone`: address, number, extension."""

    title: str
    url: str
    miles: float
    address: str
    offers: Sequence[str]
    phone: Sequence[str]
    now: str
    is_open: bool


def nearest(listing: ServiceAtLocation, claims: Sequence[str], at: datetime.datetime) -> list[Neighbour]:
    """Return the nearest listed places with one of the same medications, or else care, or else kind; in one query."""
    here = Spot("", "", listing.location.latitude, listing.location.longitude).point
    if here is None:
        return []
    too_old = Q(checked_on__lt=freshness.listed_since(timezone.localdate(at)), stays_listed=False)
    documents = SearchDocument.objects.filter(
        box(*here, MILES), block=_block(listing), tags__overlap=tags.numbers(_shared(listing, claims))
    )
    others = documents.exclude(listing=listing).exclude(too_old).annotate(far=nearness(*here))
    rows = others.order_by("far", "name", "pk").values_list("latitude", "longitude", "checked_on", "hours", "card")
    found = rows.exclude(latitude=None)[:SHOWN]
    return [_neighbour(miles_between(here, (row[0], row[1])), *row[2:], at) for row in found]  # type: ignore[arg-type]


def _shared(listing: ServiceAtLocation, claims: Sequence[str]) -> list[str]:
    """Return the words of which a place like it has one."""
    kind = listing.type.code if listing.type else tags.TREATMENT
    known = codes.load_claims()
    by_facet = {facet: [each for each in claims if known[each].facet == facet] for facet in ("medication", "care")}
    return by_facet["medication"] or by_facet["care"] or [f"{tags.KIND}{kind}"]


def _block(listing: ServiceAtLocation) -> str:
    return listing.type.block if listing.type else SearchDocument.Block.PLACES


def _neighbour(miles: float, checked_on, own_hours, card: dict, at: datetime.datetime) -> Neighbour:
    language, known = languages.current(), codes.load_claims()
    state = hours.state(hours.read(own_hours), at)
    check = freshness.check(checked_on, timezone.localdate(at), is_unanswered=card["is_unanswered"])
    is_told = check.state in hours.SAYS_OPEN
    return Neighbour(
        title=card["titles"][language],
        url=reverse("resources:listing", args=[card["slug"]]),
        miles=miles,
        address=card["address"],
        offers=[known[slug].names[language] for slug in card["claims"] if slug not in codes.NARROWER],
        phone=card["phone"] or (),
        now=hours.now_in_words(state, at) if is_told else "",
        is_open=state.is_open and is_told,
    )
