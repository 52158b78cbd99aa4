"""Gather what a listing's own page shows, in the active language."""

import datetime
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from portal.lib import languages

from .. import freshness, hours
from ..actions.corrections import told
from ..actions.provider import said_on
from ..freshness import Freshness
from ..models import Answer, Phone, Schedule, ServiceAtLocation
from ..samhsa import codes
from . import answers
from .call_first import call_first
from .cards import Source, source_of
from .documents import ASKED_LANGUAGE, claims_of
from .nearest import nearest

LICENCES = "LCA"  # SAMHSA's heading of licences and accreditations
WHO = "-program"  # the claims that say for whom a program is end so
WITH_BEDS = {"residential", "withdrawal-management", "hospital-inpatient"}


class Page(NamedTuple):
    """Somebody else's page: its name, in words of ours, and its address."""

    name: str
    url: str


# A state's own page of free beds. Source: ctaddictionservices.com is named by Connecticut's department (DMHAS-FAQ).
BED_PAGES = {"CT": Page("Connecticut DMHAS", "https://ctaddictionservices.com/")}


class Row(NamedTuple):
    """A day of the week strip: its name, its hours in words, and its bars in minutes (from, how long)."""

    name: str
    is_today: bool
    words: str
    bars: tuple[tuple[int, int], ...]


class Number(NamedTuple):
    """A telephone number as the page shows it; `use` is named where it is no ordinary one."""

    tel: str
    display: str
    extension: str
    use: str
    note: str


class Offered(NamedTuple):
    """What a listing with these codes and claims offers, in one language; `services` stand under their headings."""

    medications: tuple[str, ...]
    services: tuple[tuple[str, tuple[str, ...]], ...]
    languages_spoken: tuple[str, ...]
    payment: tuple[str, ...]
    audiences: tuple[str, ...]


def listing_page(listing: ServiceAtLocation, at: datetime.datetime, short_url: str) -> dict:
    """Return the context of a listing's page, given a listing from `for_page`; one query finds its neighbours."""
    own, claims = hours.hours_of(listing), tuple(sorted({*claims_of(listing.codes), *_kind_claims(listing)}))
    today = at.astimezone(hours.zone_of(own)).date()
    language, check = languages.current(), freshness.check_of(listing, today)
    is_open = listing.status == ServiceAtLocation.Status.OPEN and check.state != Freshness.WITHDRAWN
    return {
        "listing": listing,
        "location": listing.location,
        "is_treatment": listing.type is None or listing.type.code in answers.ADMITS,
        "is_listed": is_open,
        "check": check,
        "told": told(listing, at),
        "provider_said": said_on(listing),
        **_phones(listing, short_url),
        **_opening(listing, own, at, is_open and check.state in hours.SAYS_OPEN),
        "starts_today": is_open and answers.starts_today(listing, today) and _can_be_reached(own, at),
        **_known(listing, claims),
        **offered(tuple(listing.codes), claims, language)._asdict(),
        **_sources(listing, check.state, language),
        "beds": BED_PAGES.get(listing.location.state_province) if _has_beds(listing, claims) else None,
        "calling": call_first(listing, language) if is_open else (),
        "nearest": tuple(nearest(listing, claims, at)),
    }


def _known(listing: ServiceAtLocation, claims: Sequence[str]) -> dict:
    """Return what staff asked the place, or have still to ask."""
    spanish, list_said = answers.spanish(listing, claims)
    return {
        "starting": answers.starting(listing),
        "serving": answers.serving(listing),
        "arriving": answers.arriving(listing, claims),
        "spanish": spanish,
        "list_said": list_said,
    }


def _sources(listing: ServiceAtLocation, state: Freshness, language: str) -> dict:
    """Return the list that a place came from, and what this and other lists say of it."""
    source = next(map(source_of, listing.provenances.all()), None)
    return {
        "source": source,
        "hours_from": source[:2] if source and state == Freshness.UNCHECKED else (),
        "facts": tuple((fact.text, fact.url, fact.source, fact.as_of) for fact in listing.quality_facts.all()),
        "licences": _licences(listing, language),
    }


@lru_cache(maxsize=1024)
def offered(own_codes: tuple[str, ...], claims: tuple[str, ...], language: str) -> Offered:
    """Return what codes and claims say in this language, which must be the active one."""
    known = _claims(claims)
    return Offered(
        medications=_named(known, "medication", language),
        services=_services(own_codes, language),
        languages_spoken=_named((claim for claim in known if claim.slug != ASKED_LANGUAGE), "language", language),
        payment=_named(known, "payment", language),
        audiences=tuple(each.names[language] for each in known if each.slug.endswith(WHO) and not each.facet),
    )


def hours_in_words(listing: ServiceAtLocation, today: datetime.date) -> list[str]:
    """Return the hours line by line, or as somebody described them where no rule is known."""
    return _lines(listing, hours.hours_of(listing), today)


def _lines(listing: ServiceAtLocation, own: hours.Hours, today: datetime.date) -> list[str]:
    described = [row.description for row in listing.schedules.all() if row.description]
    return hours.in_words(own, today) or described


def _opening(listing: ServiceAtLocation, own: hours.Hours, at: datetime.datetime, may_tell: bool) -> dict:
    """Return what the page says of hours; of a place nobody has checked, not whether it is open now."""
    state, today = hours.state(own, at), at.astimezone(hours.zone_of(own)).date()
    known = hours.purposes(own)
    shown = state.purpose if state.purpose in known or not known else known[0]
    is_usual = not any(shut.starts_on <= today.isoformat() <= shut.ends_on for shut in own.closures)
    return {
        "now": hours.now_in_words(state, at) if may_tell else "",
        "is_open_now": state.is_open and may_tell,
        "week": _strip(own, today, shown, languages.current()) if known else (),
        "week_for": str(Schedule.Purpose(shown).label) if shown else "",
        "hours": tuple(_lines(listing, own, today)),
        "is_holiday": bool(known) and is_usual and hours.is_federal_holiday(today),
    }


def _can_be_reached(own: hours.Hours, at: datetime.datetime) -> bool:
    """Say whether somebody who reads this can still come today; where no hours are known, nothing says otherwise."""
    state = hours.state(own, at)
    is_later = state.opens_at is not None and state.opens_at.date() == at.astimezone(state.opens_at.tzinfo).date()
    return not state.is_known or state.is_open or is_later


@lru_cache(maxsize=1024)
def _strip(own: hours.Hours, today: datetime.date, purpose: str, language: str) -> tuple[Row, ...]:
    """Return the coming days in this language, which must be the active one."""
    return tuple(_row(day, today) for day in hours.week(own, today, purpose))


def _row(day: hours.Day, today: datetime.date) -> Row:
    spans = [hours.span_in_words(*span) for span in day.spans]
    closed = _("Closed (holiday)") if day.reason == "holiday" else _("Closed")
    return Row(
        name=_("Today") if day.on == today else str(WEEKDAYS[day.on.weekday()]).capitalize(),
        is_today=day.on == today,
        words=", ".join(spans) or closed,
        bars=tuple(_bar(*span) for span in day.spans),
    )


def _bar(opens: datetime.time, closes: datetime.time) -> tuple[int, int]:
    start, end = (time.hour * 60 + time.minute for time in (opens, closes))
    return start, (end if end > start else 24 * 60) - start


def _kind_claims(listing: ServiceAtLocation) -> list[str]:
    return listing.type.claims.split() if listing.type else []


def _has_beds(listing: ServiceAtLocation, claims: Sequence[str]) -> bool:
    """Say whether people can stay there: staff's answer outweighs a list's."""
    if listing.has_beds != Answer.UNKNOWN:
        return listing.has_beds == Answer.YES
    return not WITH_BEDS.isdisjoint(claims)


def _licences(listing: ServiceAtLocation, language: str) -> tuple[tuple[str, Source], ...]:
    """Return the licences and accreditations that a list named, each with that list and its year."""
    return tuple(
        (name, source_of(provenance))
        for provenance in listing.provenances.all()
        for name in _licences_among(tuple(provenance.row.get("codes", ())), language)
    )


@lru_cache(maxsize=1024)
def _licences_among(own_codes: tuple[str, ...], language: str) -> tuple[str, ...]:
    known = codes.load()
    named = (known[code] for code in own_codes if code in known)
    return tuple(code.names[language] for code in named if code.category == LICENCES)


def _phones(listing: ServiceAtLocation, short_url: str) -> dict:
    """Return the numbers, and the text messages that take the place along."""
    numbers = tuple(map(_number, listing.numbers_to_call))
    return {
        "numbers": numbers,
        "other_numbers": tuple(map(_named_number, listing.other_numbers)),
        "messages": _messages(listing, numbers, short_url),
    }


def _messages(listing: ServiceAtLocation, numbers: Sequence[Number], short_url: str) -> tuple[str, str]:
    """Return `sms:` addresses that open the visitor's own message app: one with the name, and a discreet one.

    The discreet text has the place's number, its phone and the short link: no word that tells what it is about.
    """
    phone = " x".join(filter(None, numbers[0][1:3])) if numbers else ""
    discreet = [str(listing.short_code), phone, short_url]
    whole = [listing.title, phone, ", ".join(listing.location.lines), short_url]
    texts = (" · ".join(filter(None, parts)) for parts in (whole, discreet))
    with_name, without = ("sms:?&body=" + quote(text, safe="") for text in texts)
    return with_name, without


def _named_number(phone: Phone) -> tuple[str, bool, Number]:
    """Return the kind of a number that is not to be called, whether a link to it helps, and the number."""
    return str(phone.get_type_display()), phone.type == Phone.Type.TTY, _number(phone)


def _number(phone: Phone) -> Number:
    use = str(Phone.Use.INTAKE.label) if phone.use == Phone.Use.INTAKE else ""
    return Number(phone.tel, phone.display, phone.extension, use, phone.note)


def _named(claims: Iterable[codes.Claim], facet: str, language: str) -> tuple[str, ...]:
    return tuple(claim.names[language] for claim in claims if claim.facet == facet)


def _claims(slugs: Sequence[str]) -> list[codes.Claim]:
    return [claim for claim in codes.load_claims().values() if claim.slug in slugs]


def _services(own_codes: tuple[str, ...], language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the codes in words by heading, without what the page shows in its own places."""
    known = codes.load()
    apart = {code.code for code in known.values() if code.facet in ("payment", "language") or code.category == "SG"}
    medications = {known["MU"].category_names[language]}
    shown = codes.words([code for code in own_codes if code not in apart], language)
    return tuple((heading, tuple(names)) for heading, names in shown.items() if heading not in medications)
