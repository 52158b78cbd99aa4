"""Say in words what visitors are told of a listing, field by field, as callers and providers have to judge it."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from portal.lib import languages

from .. import hours
from ..models import Answer, ServiceAtLocation
from ..samhsa import codes
from ..search import answers

FIELDS = {
    "name": gettext_lazy("Name"),
    "open": gettext_lazy("Whether it is open at all"),
    "phone": gettext_lazy("Phone"),
    "address": gettext_lazy("Address"),
    "hours": gettext_lazy("Hours"),
    "services": gettext_lazy("What they offer"),
    "more_services": gettext_lazy("All services"),
    "new_patients": gettext_lazy("New patients"),
    "intake": gettext_lazy("How to start"),
    "spanish": gettext_lazy("Spanish"),
    "payment": gettext_lazy("Paying"),
}
NEW_PATIENTS = "takes_new_patients"
MAIN = ("medication", "care", "telehealth")
APART = ("payment", "language")  # facets of codes that have a field of their own


def shown(listing: ServiceAtLocation, at: datetime.datetime) -> dict[str, list[str]]:
    """Return what a listing from `for_page` states in the active language; what is not known is left out."""
    today, language = timezone.localdate(at), languages.current()
    claims = codes.claims(listing.codes) | (set(listing.codes) & codes.load_claims().keys())
    made = [claim for claim in codes.load_claims().values() if claim.slug in claims]
    services, others = _services(listing, made, language)
    payment = [claim.names[language] for claim in made if claim.facet == "payment"]
    lines = {
        "name": [listing.title],
        "open": [str(listing.get_status_display())],
        "phone": [_number(phone) for phone in listing.numbers_to_call],
        "address": listing.location.lines,
        "hours": hours.in_words(hours.hours_of(listing), today),
        "services": services,
        "more_services": others,
        "new_patients": _new_patients(listing),
        "intake": _intake(listing),
        "spanish": _spanish(listing, claims),
        "payment": [*payment, *([listing.up_front] if listing.up_front else [])],
    }
    return {field: [str(line) for line in lines[field]] for field in FIELDS if lines[field]}


def in_every_language(listing: ServiceAtLocation, at: datetime.datetime) -> dict[str, dict[str, list[str]]]:
    """Return the same by language, then field: what a sample keeps of the page as it stood."""
    words = {}
    for code in languages.codes():
        with override(code):
            words[code] = shown(listing, at)
    return words


def _number(phone) -> str:
    if not phone.extension:
        return phone.display
    return phone.display + " " + _("ext. %(extension)s") % {"extension": phone.extension}


def _services(listing: ServiceAtLocation, made: list[codes.Claim], language: str) -> tuple[list[str], list[str]]:
    """Return the medications and kinds of care that a place claims, and apart from them every other code in words."""
    main = [claim.names[language] for claim in made if claim.facet in MAIN]
    others = [claim.names[language] for claim in made if not claim.facet]
    known = codes.load()
    own = [code for code in listing.codes if code in known and known[code].facet not in APART]
    named = [name for names in codes.words(own, language).values() for name in names]
    return main, [name for name in dict.fromkeys([*others, *named]) if name not in main]


def _new_patients(listing: ServiceAtLocation) -> list[str]:
    _name, yes, no = answers.STARTING[NEW_PATIENTS]
    return {Answer.YES: [str(yes)], Answer.NO: [str(no)]}.get(Answer(listing.takes_new_patients), [])


def _intake(listing: ServiceAtLocation) -> list[str]:
    name = str(answers.STARTING[NEW_PATIENTS][0])
    return [f"{row}: {words}" for row, words in answers.starting(listing).rows if row != name]


def _spanish(listing: ServiceAtLocation, claims: set[str]) -> list[str]:
    """Return what the page says of Spanish, unless it only says that nobody knows."""
    words, quoted = answers.spanish(listing, claims)
    is_known = listing.spanish != ServiceAtLocation.Support.UNKNOWN or words != str(answers.SPANISH["unknown"])
    return [line for line in (words if is_known else "", quoted) if line]
