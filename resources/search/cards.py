"""Write what a result shows of a listing; the same values always give the same card, so each is written once."""

import datetime
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from portal.lib import languages

from .. import hours
from ..freshness import Check, Freshness, check, fields_in_words, fresh_since
from ..models import Provenance
from ..samhsa import codes
from .documents import said_spanish
from .results import Hit

KEPT = 4096  # cards: a few kilobytes each


class Phone(NamedTuple):
    """The number to call."""

    tel: str
    display: str
    extension: str


class Source(NamedTuple):
    """The list that a listing came from, and whether it told of Spanish."""

    name: str
    year: int
    said_spanish: bool


class Card(NamedTuple):
    """One result: everything that its card says, in one language."""

    language: str
    code: int
    title: str
    url: str
    address: str
    miles: float | None  # to a tenth; None where the visitor named no place
    offers: tuple[str, ...]
    ask_form: str
    spanish: str
    said_spanish: bool
    phone: Phone | None
    source: Source | None
    check: Check
    now: str
    is_open: bool
    takes_no_new: bool
    starts_today: bool

    @property
    def html(self) -> str:
        """The card as the page shows it."""
        return _written(self)


@lru_cache(maxsize=KEPT)
def _written(card: Card) -> str:
    return get_template("resources/_card.html").render({"card": card})


def cards(
    hits: Iterable[Hit], at: datetime.datetime, *, has_distances: bool, forms: Mapping[str, str] = MappingProxyType({})
) -> list[Card]:
    """Return the cards of these hits in the active language; `forms` of medications are those that were asked for."""
    language = languages.current()
    return [_card(hit, at, language, has_distances, forms) for hit in hits]


def _card(hit: Hit, at: datetime.datetime, language: str, has_distances: bool, forms: Mapping[str, str]) -> Card:
    row, today = hit.row["card"], timezone.localdate(at)
    own = check_of(hit, today)
    is_trusted = own.state in hours.SAYS_OPEN
    return Card(
        language=language,
        code=row["code"],
        title=row["titles"][language],
        url=_address(row["slug"], language),
        address=row["address"],
        miles=round(hit.miles, 1) if has_distances and hit.miles is not None else None,
        offers=offers(tuple(row["claims"]), language),
        ask_form=_unsaid(row["claims"], forms, language),
        spanish=row["spanish"],
        said_spanish=row["said_spanish"],
        phone=Phone(*row["phone"]) if row["phone"] else None,
        source=_source(*row["source"], language) if row["source"] else None,
        check=own,
        now=hours.now_in_words(hit.opening, at) if is_trusted else "",
        is_open=hit.opening.is_open,
        takes_no_new=row["takes_new"] == "no",
        starts_today=own.state == Freshness.FRESH and row["same_day_on"] >= fresh_since(today).isoformat(),
    )


def check_of(hit: Hit, today: datetime.date) -> Check:
    """Return what can be said of the last check of a hit."""
    row = hit.row["card"]
    if not row["check"]:
        return check(None, today, is_unanswered=row["is_unanswered"])
    method, on, fields = row["check"]
    return check(
        datetime.date.fromisoformat(on),
        today,
        method,
        tuple(fields_in_words(fields)),
        is_unanswered=row["is_unanswered"],
        stays_listed=hit.row["stays"],
    )


@lru_cache(maxsize=1024)
def offers(claims: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Return the main claims in words, medications first; a narrower claim stands on the listing's page only."""
    known = codes.load_claims()
    said_already = {*codes.NARROWER, "opioid-treatment-program"} if "methadone" in claims else {*codes.NARROWER}
    return tuple(known[claim].names[language] for claim in claims if claim in known and claim not in said_already)


def _unsaid(claims: list[str], forms: Mapping[str, str], language: str) -> str:
    """Return the medication of which the listing does not say that it has the form asked for, or ""."""
    unsaid = (medication for form, medication in forms.items() if form not in claims and medication in claims)
    medication = next(unsaid, None)
    return codes.load_claims()[medication].names[language].partition(" (")[0].lower() if medication else ""


@lru_cache(maxsize=KEPT)
def _address(slug: str, language: str) -> str:
    return reverse("resources:listing", args=[slug])


@lru_cache(maxsize=64)
def _source(source: str, year: int, has_spanish: bool, language: str) -> Source:
    return Source(str(dict(Provenance.Source.choices).get(source, source)), year, has_spanish)


def source_of(provenance: Provenance) -> Source:
    """Return the list that a listing came from."""
    return _source(provenance.source, provenance.year, said_spanish(provenance), languages.current())
