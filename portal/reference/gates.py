"""Hold back a text that cites or quotes what nobody entered, or a fact that must first be looked up again."""

from collections.abc import Callable, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.editorial.gates import Lists, Part, Problem, Text, lists
from portal.lib import languages

from . import citations, quotes
from .models import GlossaryTerm, Source

CITING: list[Callable[[Source], bool]] = []  # each says whether the emergency pages of a feature cite a source


def is_guarded(source: Source) -> bool:
    """Say whether a change of a source must wait for a second person: an emergency page cites it."""
    return any(cites(source) for cites in CITING)


def read_lists() -> Lists:
    """Read the admin's lists for the rules; the words of the glossary are names too."""
    terms = GlossaryTerm.objects.values_list(*languages.columns("term"))
    return lists(word for words in terms for word in words if word)


def _all_words(text: Text) -> str:
    return " ".join(part.words for part in text.parts)


def _part_with(text: Text, words: str) -> Part:
    """Return the first part that says this; a token may have words after its code."""
    return next(part for part in text.parts if words in part.words)


def unknown_sources(text: Text) -> Iterator[Problem]:
    """Say which source a text cites that nobody entered."""
    codes = citations.codes_in(_all_words(text))
    known = set(Source.objects.filter(code__in=codes).values_list("code", flat=True)) if codes else set()
    for code in codes:
        if code not in known:
            part = _part_with(text, code)
            message = _("“%(part)s” cites [%(code)s], and there is no such source. Enter it, or correct the code.")
            yield part.problem("citation", message % {"part": part.name, "code": code})


def unknown_tokens(text: Text) -> Iterator[Problem]:
    """Say which fact, line or word a text quotes that nobody entered, or that is hidden."""
    for token in quotes.unknown(_all_words(text)):
        part = _part_with(text, token.removesuffix("}"))
        message = _("“%(part)s” quotes %(token)s, and there is no such record. Choose one from the list.")
        yield part.problem("token", message % {"part": part.name, "token": token})


def expired_facts(text: Text) -> Iterator[Problem]:
    """Say which fact a text quotes that must first be looked up again; pages that are out keep it."""
    for fact in quotes.expired(_all_words(text), timezone.localdate()):
        message = _("The fact “%(fact)s” had to be looked up again by %(day)s. Do that first.")
        values = {"fact": fact, "day": languages.long_date(fact.expires_on, languages.current())}
        yield Problem("fact", message % values)
