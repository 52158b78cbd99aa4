"""Gather what a listing's own page shows."""

import datetime

from .. import freshness
from ..geo import Spot, box, miles_between
from ..models import SearchDocument, ServiceAtLocation, Verification
from ..samhsa import codes
from . import facets
from .cards import Card, cards, last_check, source_of
from .documents import ASKED_LANGUAGE, claims_of
from .results import Hit

NEAREST_SHOWN = 3
NEAREST_MILES = 50
OWN_HEADINGS = ("payment", "language")  # facets that the page shows apart from the rest
WHO = "-program"  # the claims that say for whom a program is end so


def listing_page(listing: ServiceAtLocation, language: str, today: datetime.date) -> dict:
    """Return the context of a listing's page, given a listing from `for_page`; two queries find its neighbours."""
    claims = claims_of(listing.codes)
    return {
        "listing": listing,
        "location": listing.location,
        "hours": [schedule.description for schedule in listing.schedules.all() if schedule.description],
        "check": check_of(listing, today),
        "source": next(map(source_of, listing.provenances.all()), None),
        "medications": _named(claims, "medication", language),
        "services": _services(listing.codes, language),
        "languages_spoken": _named([claim for claim in claims if claim != ASKED_LANGUAGE], "language", language),
        "speaks_spanish": ASKED_LANGUAGE in claims,
        "payment": _named(claims, "payment", language),
        "audiences": [facets.label_of(claim, language) for claim in claims if _is_audience(claim)],
        "nearest": nearest(listing, claims, language, today),
    }


def check_of(listing: ServiceAtLocation, today: datetime.date):
    """Return what the newest check by the department says; needs the verifications loaded, newest first."""
    made = (
        {"method": check.method, "at": check.at, "fields": check.fields}
        for check in listing.verifications.all()
        if check.outcome == Verification.Outcome.REACHED and check.method in Verification.BY_THE_DEPARTMENT
    )
    return last_check(next(made, None), today)


def nearest(listing: ServiceAtLocation, claims: list[str], language: str, today: datetime.date) -> list[Card]:
    """Return the nearest open listings with one of the same medications, or else of the same kinds of care."""
    here = Spot("", "", listing.location.latitude, listing.location.longitude).point
    if here is None:
        return []
    by_facet = {
        facet: [claim for claim in claims if facets.facet_of(claim) == facet] for facet in ("medication", "care")
    }
    wanted = by_facet["medication"] or by_facet["care"]
    documents = SearchDocument.objects.filter(
        box(*here, NEAREST_MILES), claims__overlap=wanted, language=language, is_virtual=False
    )
    others = documents.exclude(listing=listing).exclude(checked_on__lt=freshness.listed_since(today))
    rows = others.values_list("listing_id", "name", "claims", "latitude", "longitude")
    hits = [
        Hit(pk, name, miles_between(here, (lat, lon)), own)
        for pk, name, own, lat, lon in rows
        if lat is not None and lon is not None
    ]
    return cards(sorted(hits, key=Hit.order)[:NEAREST_SHOWN], language, today)


def _named(claims: list[str], facet: str, language: str) -> list[str]:
    return [c.names[language] for c in codes.load_claims().values() if c.facet == facet and c.slug in claims]


def _is_audience(claim: str) -> bool:
    return claim.endswith(WHO) and not facets.facet_of(claim)


def _services(own_codes: list[str], language: str) -> list[tuple[str, list[str]]]:
    """Return the codes in words by heading, without what the page shows in its own places."""
    known = codes.load()
    apart = {code.code for code in known.values() if code.facet in OWN_HEADINGS or code.category == "SG"}
    medications = {known["MU"].category_names[language]}
    shown = codes.words([code for code in own_codes if code not in apart], language)
    return [(heading, names) for heading, names in shown.items() if heading not in medications]
