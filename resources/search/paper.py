"""Gather what paper and a comparison say of each place, in the active language."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from portal.lib import languages

from .. import hours
from ..actions.corrections import told
from ..freshness import Check, check_of
from ..models import ServiceAtLocation
from ..samhsa import codes
from . import answers
from .cards import Source, source_of
from .documents import claims_of
from .page import hours_in_words


@dataclass(frozen=True)
class Facts:
    """What is known of one listing, in words; an empty list or text is not known. `forms` are those of medications."""

    listing: ServiceAtLocation
    check: Check
    source: Source | None
    told: Sequence[str]
    now: str
    hours: Sequence[str]
    medications: Sequence[str]
    forms: Sequence[str]
    payment: Sequence[str]
    spanish: Sequence[str]
    serving: answers.Known
    starts_today: bool


def followed(short_codes: Sequence[int]) -> list[int]:
    """Return these short codes, each of a listing that was merged into another as that one's; each once."""
    merged = ServiceAtLocation.objects.filter(short_code__in=short_codes, arrives_with=None).exclude(merged_into=None)
    into = dict(merged.values_list("short_code", "merged_into__short_code"))
    return list(dict.fromkeys(into.get(code, code) for code in short_codes))


def facts(short_codes: Sequence[int], at: datetime.datetime) -> list[Facts]:
    """Return the facts of the public listings with these short codes, in that order; another code is passed over."""
    listings = ServiceAtLocation.objects.public().filter(short_code__in=short_codes).for_page()
    known = {listing.short_code: listing for listing in listings}
    return [_facts(known[code], at) for code in short_codes if code in known]


def _facts(listing: ServiceAtLocation, at: datetime.datetime) -> Facts:
    own, claims = hours.hours_of(listing), claims_of(listing.codes)
    today = at.astimezone(hours.zone_of(own)).date()
    check = check_of(listing, today)
    is_told = listing.status == ServiceAtLocation.Status.OPEN and check.state in hours.SAYS_OPEN
    return Facts(
        listing=listing,
        check=check,
        source=next(map(source_of, listing.provenances.all()), None),
        told=told(listing, at),
        now=hours.now_in_words(hours.state(own, at), at) if is_told else "",
        hours=hours_in_words(listing, today),
        medications=_named(set(claims) - codes.NARROWER.keys(), "medication"),
        forms=_named(set(claims) & codes.NARROWER.keys(), "medication"),
        payment=_named(claims, "payment"),
        spanish=[words for words in answers.spanish(listing, claims) if words],
        serving=answers.serving(listing),
        starts_today=is_told and answers.starts_today(listing, today),
    )


def _named(claims: Collection[str], facet: str) -> list[str]:
    known = codes.load_claims().values()
    return [claim.names[languages.current()] for claim in known if claim.facet == facet and claim.slug in claims]
