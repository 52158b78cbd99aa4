"""Put what is known of a listing into words, and name what is not known.

"Not known" is said as such: it is never a no, and never left out on a page about treatment.
"""

import datetime
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.lib import languages

from .. import freshness
from ..models import Answer, ServiceAtLocation, Verification
from .cards import source_of
from .documents import ASKED_LANGUAGE

# Kinds of places that people are admitted to: only there is every question worth asking.
ADMITS = (None, "treatment", "recovery-housing")

SPANISH = {
    "staff": gettext_lazy("Staff speak Spanish"),
    "interpreter": gettext_lazy("Interpreter"),
    "no": gettext_lazy("No Spanish"),
    "unknown": gettext_lazy("Not known, ask"),
}

# Field -> its name, what yes means and what no means; the name also ends the sentence "Not known, ask: …".
Question = tuple[Promise, Promise, Promise]
STARTING: dict[str, Question] = {
    "takes_new_patients": (
        gettext_lazy("New patients"),
        gettext_lazy("They take new patients"),
        gettext_lazy("They take no new patients now"),
    ),
    "walk_in": (
        gettext_lazy("Coming without an appointment"),
        gettext_lazy("You can walk in"),
        gettext_lazy("Call for an appointment"),
    ),
    "same_day_start": (
        gettext_lazy("Starting the same day"),
        gettext_lazy("They said that people can start the day they come"),
        gettext_lazy("You cannot start the same day"),
    ),
    "id_needed": (gettext_lazy("ID"), gettext_lazy("They ask for ID"), gettext_lazy("You do not need ID")),
    "asks_immigration": (
        gettext_lazy("Immigration status"),
        gettext_lazy("They ask about it"),
        gettext_lazy("They do not ask about it"),
    ),
}
SERVING: dict[str, Question] = {
    "takes_pregnant": (
        gettext_lazy("Pregnancy"),
        gettext_lazy("They take pregnant people"),
        gettext_lazy("They do not take pregnant people"),
    ),
    "with_children": (
        gettext_lazy("Children"),
        gettext_lazy("You can bring your children"),
        gettext_lazy("You cannot bring children"),
    ),
}
WHEELCHAIR: Question = (
    gettext_lazy("Wheelchair"),
    gettext_lazy("You can get in with a wheelchair"),
    gettext_lazy("You cannot get in with a wheelchair"),
)
QUESTIONS = {**STARTING, **SERVING, "wheelchair": WHEELCHAIR}
GENDERS = {"women": pgettext_lazy("who may come", "Women"), "men": pgettext_lazy("who may come", "Men")}


class Known(NamedTuple):
    """Rows of (name, words) that are known, and the names of what is not."""

    rows: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]


def starts_today(listing: ServiceAtLocation, today: datetime.date) -> bool:
    """Say whether "today" may be said: a fresh check by the department read back how to start, and it was yes."""
    check = listing.last_check
    if listing.same_day_start != Answer.YES or check is None or Verification.Field.INTAKE not in listing.read_back:
        return False
    if listing.is_unanswered or listing.takes_new_patients == Answer.NO:
        return False
    return timezone.localdate(check.at) >= freshness.fresh_since(today)


def starting(listing: ServiceAtLocation) -> Known:
    """Return how to start there."""
    return _asked(listing, _answered(*_answers(listing, STARTING), languages.current()))


def serving(listing: ServiceAtLocation) -> Known:
    """Return for whom it is."""
    known = _answered(*_answers(listing, SERVING), languages.current())
    ages, gender = _ages(listing), GENDERS.get(listing.gender)
    rows = [(name, words) for name, words in ((_("Age"), ages), (_("Only for"), str(gender or ""))) if words]
    unknown = () if ages else (_("age"),)
    return _asked(listing, Known((*rows, *known.rows), (*unknown, *known.unknown)))


def arriving(listing: ServiceAtLocation, claims: Iterable[str]) -> Known:
    """Return how to get there, on wheels, by bus or by phone."""
    location = listing.location
    if location.location_type == location.Type.VIRTUAL:
        return Known(((_("Where"), _("By phone or video only")),), ())
    wheels = _answered(("wheelchair",), (location.wheelchair,), languages.current())
    said = ((_("Bus and landmarks"), location.transit or ""), (_("By phone or video"), _remote(claims)))
    rows = [(label, words) for label, words in said if words]
    unknown = [label[:1].lower() + label[1:] for label, words in said if not words]
    return _asked(listing, Known((*wheels.rows, *rows), (*wheels.unknown, *unknown)))


def spanish(listing: ServiceAtLocation, claims: Iterable[str]) -> tuple[str, str]:
    """Return one of the four states in words and, where nobody asked yet, what a list said of it, as the list's word.

    Needs the sources loaded.
    """
    said = str(SPANISH[listing.spanish])
    if listing.spanish != ServiceAtLocation.Support.UNKNOWN or ASKED_LANGUAGE not in claims:
        return said, ""
    source = next((each for each in map(source_of, listing.provenances.all()) if each.said_spanish), None)
    if source is None:
        return _("Spanish-speaking counselors"), ""
    return said, _("Spanish-speaking counselors, said %(name)s in %(year)s") % source._asdict()


def _answers(listing: ServiceAtLocation, questions: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(questions), tuple(getattr(listing, field) for field in questions)


@lru_cache(maxsize=512)
def _answered(fields: tuple[str, ...], answers: tuple[str, ...], language: str) -> Known:
    """Return these answers to the questions of these fields in this language, which must be the active one."""
    rows, unknown = [], []
    for field, answer in zip(fields, answers, strict=True):
        name, yes, no = map(str, QUESTIONS[field])
        if answer == Answer.UNKNOWN:
            unknown.append(name if name.isupper() else name[:1].lower() + name[1:])
        else:
            rows.append((name, yes if answer == Answer.YES else no))
    return Known(tuple(rows), tuple(unknown))


def _asked(listing: ServiceAtLocation, known: Known) -> Known:
    """Leave out what is not known of a place that nobody is admitted to: at a naloxone box it is no question."""
    kind = listing.type.code if listing.type else None
    return known if kind in ADMITS else Known(known.rows, ())


def _ages(listing: ServiceAtLocation) -> str:
    ages = {"least": listing.least_age, "greatest": listing.greatest_age}
    if listing.least_age is not None and listing.greatest_age is not None:
        return _("%(least)s to %(greatest)s years") % ages
    if listing.least_age is not None:
        return _("%(least)s years and older") % ages
    return _("up to %(greatest)s years") % ages if listing.greatest_age is not None else ""


def _remote(claims: Iterable[str]) -> str:
    return _("Some care by phone or video") if "telehealth" in claims else ""
