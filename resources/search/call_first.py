"""Compose the card for a call: what to say, what they will ask, what to bring, what to ask about money.

The reader's language comes first; beside it stands the same in the language in which the telephone is answered, which
is the source language. A reader of that language needs no second column.
"""

from collections.abc import Iterator
from functools import lru_cache
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
    notes: tuple[str, ...]
    sentences: tuple[str, ...]


class _Known(NamedTuple):
    """What of a listing makes its card; `notes` are by language what they ask, what to bring and what to pay."""

    kind: str
    spanish: str
    walk_in: str
    same_day_start: str
    id_needed: str
    notes: tuple[tuple[str, ...], ...]


def call_first(listing: ServiceAtLocation, language: str) -> tuple[tuple[Part, Part | None], ...]:
    """Return each part in the reader's language and, unless it is the same, in that of the telephone."""
    kind = listing.type.code if listing.type else "treatment"
    if kind in NO_CALL or listing.status != ServiceAtLocation.Status.OPEN:
        return ()
    notes = tuple(tuple(getattr(listing, name) or "" for name in _columns(code)) for code in languages.codes())
    answers = (listing.spanish, listing.walk_in, listing.same_day_start, listing.id_needed)
    return _both(_Known(kind, *answers, notes), language)


@lru_cache(maxsize=1024)  # most listings know nothing of this, and so have the same card
def _both(known: _Known, language: str) -> tuple[tuple[Part, Part | None], ...]:
    own = _card(known, language, language)
    spoken = settings.LANGUAGE_CODE
    if language == spoken:
        return tuple((part, None) for part in own)
    with override(spoken):
        return tuple(zip(own, _card(known, spoken, language), strict=True))


def _columns(language: str) -> list[str]:
    return [languages.column(field, language) for field in ("they_ask", "to_bring", "up_front")]


def _card(known: _Known, language: str, reader: str) -> list[Part]:
    asks, bring, money = map(_noted, known.notes[languages.codes().index(language)])
    paying = (_("What will I have to pay the first day?"), _("Is there help to pay?"))
    return [
        Part(language, _("What to say"), (), tuple(_opening(known, reader))),
        Part(language, _("What they will ask"), asks, () if asks else (_("What do you need to know from me?"),)),
        Part(language, _("What to bring"), (*bring, *_papers(known)), tuple(_bringing(known, bring))),
        Part(language, _("What to ask about money"), money, paying),
    ]


def _opening(known: _Known, reader: str) -> Iterator[str]:
    if reader != settings.LANGUAGE_CODE:
        yield _language_wish(known, reader)
    if known.kind == NALOXONE:
        yield _("Hello. Do you have naloxone now? Is it free?")
        return
    if known.kind == HOUSING:
        yield _("Hello. I am looking for a place to live in recovery. Do you have room now?")
        yield _("Can people live there who take methadone or buprenorphine?")
        return
    if known.kind != "treatment":
        yield _("Hello. I would like to use your service. How does it work?")
        return
    yield _("Hello. I am looking for treatment for opioid use. Do you take new patients?")
    if known.walk_in == Answer.YES:
        yield _("I read that I can walk in. When should I come?")
    else:
        yield _("When is the soonest that I can come?")
    if known.same_day_start != Answer.NO:
        yield _("Can I start medication the same day?")


def _language_wish(known: _Known, reader: str) -> str:
    """Return the one sentence that brings somebody to the telephone who speaks the reader's language."""
    words = {"language": str(dict(settings.LANGUAGES)[reader])}
    if known.spanish == ServiceAtLocation.Support.STAFF:
        return _("I speak %(language)s. May I talk with someone who speaks %(language)s?") % words
    return _("I speak %(language)s. Can you get an interpreter, please?") % words


def _papers(known: _Known) -> tuple[str, ...]:
    if known.id_needed == Answer.YES:
        return (_("An ID: they ask for it."),)
    return (_("You do not need an ID."),) if known.id_needed == Answer.NO else ()


def _bringing(known: _Known, bring: tuple[str, ...]) -> Iterator[str]:
    if not bring:
        yield _("What should I bring?")
    if known.id_needed == Answer.UNKNOWN:
        yield _("Can I come without an ID?")


def _noted(text: str) -> tuple[str, ...]:
    """Return what staff noted, line by line; without a translation nothing is known in a language."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
