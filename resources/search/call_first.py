"""Compose the card for a call: what to say, what they will ask, what to bring, what to ask about money.

The reader's language comes first; beside it stands the same in the language in which the telephone is answered, which
is the source language. A reader of that language needs no second column.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.lib import languages

from ..models import Answer, ServiceAtLocation

NO_CALL = ("emergency-department",)  # people go there; nobody needs to call first
NALOXONE = "naloxone-point"
HOUSING = "recovery-housing"


class Part(NamedTuple):
    """One part of the card in one language: its heading, what is known in `notes`, and sentences to say."""

    language: str
    heading: str
    notes: list[str]
    sentences: list[str]


def call_first(listing: ServiceAtLocation, language: str) -> list[tuple[Part, Part | None]]:
    """Return each part in the reader's language and, unless it is the same, in that of the telephone."""
    kind = listing.type.code if listing.type else "treatment"
    if kind in NO_CALL or listing.status != ServiceAtLocation.Status.OPEN:
        return []
    own = _card(listing, kind, language, language)
    spoken = settings.LANGUAGE_CODE
    if language == spoken:
        return [(part, None) for part in own]
    with override(spoken):
        return list(zip(own, _card(listing, kind, spoken, language), strict=True))


def _card(listing: ServiceAtLocation, kind: str, language: str, reader: str) -> list[Part]:
    asks, bring, money = (_noted(listing, field, language) for field in ("they_ask", "to_bring", "up_front"))
    paying = [_("What will I have to pay the first day?"), _("Is there help to pay?")]
    return [
        Part(language, _("What to say"), [], list(_opening(listing, kind, reader))),
        Part(language, _("What they will ask"), asks, [] if asks else [_("What do you need to know from me?")]),
        Part(language, _("What to bring"), [*bring, *_papers(listing)], list(_bringing(listing, bring))),
        Part(language, _("What to ask about money"), money, paying),
    ]


def _opening(listing: ServiceAtLocation, kind: str, reader: str) -> Iterator[str]:
    if reader != settings.LANGUAGE_CODE:
        yield _language_wish(listing, reader)
    if kind == NALOXONE:
        yield _("Hello. Do you have naloxone now? Is it free?")
        return
    if kind == HOUSING:
        yield _("Hello. I am looking for a place to live in recovery. Do you have room now?")
        yield _("Can people live there who take methadone or buprenorphine?")
        return
    if kind != "treatment":
        yield _("Hello. I would like to use your service. How does it work?")
        return
    yield _("Hello. I am looking for treatment for opioid use. Do you take new patients?")
    if listing.walk_in == Answer.YES:
        yield _("I read that I can walk in. When should I come?")
    else:
        yield _("When is the soonest that I can come?")
    if listing.same_day_start != Answer.NO:
        yield _("Can I start medication the same day?")


def _language_wish(listing: ServiceAtLocation, reader: str) -> str:
    """Return the one sentence that brings somebody to the telephone who speaks the reader's language."""
    words = {"language": str(dict(settings.LANGUAGES)[reader])}
    if listing.spanish == ServiceAtLocation.Support.STAFF:
        return _("I speak %(language)s. May I talk with someone who speaks %(language)s?") % words
    return _("I speak %(language)s. Can you get an interpreter, please?") % words


def _papers(listing: ServiceAtLocation) -> list[str]:
    if listing.id_needed == Answer.YES:
        return [_("An ID: they ask for it.")]
    return [_("You do not need an ID.")] if listing.id_needed == Answer.NO else []


def _bringing(listing: ServiceAtLocation, bring: list[str]) -> Iterator[str]:
    if not bring:
        yield _("What should I bring?")
    if listing.id_needed == Answer.UNKNOWN:
        yield _("Can I come without an ID?")


def _noted(listing: ServiceAtLocation, field: str, language: str) -> list[str]:
    """Return what staff noted in this language; without a translation nothing is known in it."""
    text = getattr(listing, languages.column(field, language)) or ""
    return [line.strip() for line in text.splitlines() if line.strip()]
