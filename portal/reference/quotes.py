"""Put facts, telephone lines and glossary words where a text quotes them by a token.

Writers put `{fact:code}`, `{line:slug}` or `{term:code}`, each also with words after a bar: `{term:code|other words}`.
The words stand for a term or a line on the page, and for a fact only where no record has that code. A token that
nothing answers leaves its words, or nothing.

What the tables hold is kept in the process for as long as no row changes: a page that quotes anything asks once.
"""

import datetime
import html as entities
import re
import unicodedata
from collections.abc import Callable, Container
from functools import cached_property
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import escape, format_html, strip_tags
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.lib import languages, phones
from portal.lib.kept import keep, states

from .citations import OUTSIDE
from .models import Fact, GlossaryTerm, Line, Source

# Not inside a tag, as in the address of a link: what stands for a token may be HTML.
TOKEN = re.compile(r"\{(fact|line|term):([a-z0-9-]+)(?:\|([^{}|<>]*))?\}(?![^<>]*>)")


class Word(NamedTuple):
    """A glossary word in one language, its explanation as HTML."""

    code: str
    term: str
    definition: SafeString
    others: list[str]


class Quoted(NamedTuple):
    """What each token stands for in one language, by its code."""

    facts: dict[str, SafeString]
    lines: dict[str, tuple[str, str, str]]
    words: dict[str, Word]


class Quotes:
    """The tokens of one page in one language; `fill` each text in reading order, then list `words`."""

    def __init__(self, language: str, *, lists_words: bool = True):
        self._language = language
        self._lists_words = lists_words
        self._met: dict[str, Word] = {}

    @cached_property
    def _quoted(self) -> Quoted:
        return _read()[self._language]

    @property
    def words(self) -> list[Word]:
        """The glossary words that the texts quoted, each once, in order of first appearance."""
        return list(self._met.values())

    def fill(self, html: str) -> SafeString:
        """Return cleaned HTML with each token replaced by what it stands for."""
        if "{" not in (html or ""):
            return SafeString(html or "")
        return SafeString(TOKEN.sub(self._filled, html))

    def plain(self, text: str) -> str:
        """Return plain text with each token as plain words; a glossary word that it quotes is not listed."""
        silent = Quotes(self._language, lists_words=False)
        silent._quoted = self._quoted  # so that a page asks once
        return entities.unescape(strip_tags(silent.fill(escape(text))))

    def _filled(self, match: re.Match) -> str:
        kind, code, words = match.groups()
        answers: dict[str, Callable[[str, str], str]] = {"fact": self._fact, "line": self._line, "term": self._term}
        # The page's own HTML surrounds the words: they are escaped already.
        return answers[kind](code, words or "")

    def _fact(self, code: str, words: str) -> str:
        return self._quoted.facts.get(code) or words

    def _line(self, code: str, words: str) -> str:
        if code not in self._quoted.lines:
            return words
        name, address, number = self._quoted.lines[code]
        link = format_html('<a href="{}">{}</a>', address, SafeString(words) if words else number)
        return link if words or name == number else format_html("{}, {}", name, link)

    def _term(self, code: str, words: str) -> str:
        word = self._quoted.words.get(code)
        if word is None:
            return words
        text = SafeString(words) if words else word.term
        if not self._lists_words:
            return escape(text)
        place = "" if code in self._met else format_html(' id="met-{}"', code)
        self._met[code] = word
        return format_html('<a class="term" href="#word-{}"{}>{}</a>', code, place, text)


def fill(html: str, language: str) -> SafeString:
    """Return cleaned HTML with its tokens filled, for mail and print: glossary words are not links."""
    return Quotes(language, lists_words=False).fill(html)


def plain(text: str, language: str) -> str:
    """Return plain text with its tokens filled as plain text, for titles, descriptions and search."""
    return entities.unescape(strip_tags(fill(escape(text), language)))


def glossary(language: str) -> list[Word]:
    """Return every glossary word of a language."""
    return list(_read()[language].words.values())


def sorted_by(term: str) -> str:
    """Return a word without case and accents, so that á stands with a."""
    decomposed = unicodedata.normalize("NFKD", term.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def address(code: str, term: str) -> str:
    """Return where the glossary of the active language explains a word: under its letter."""
    letter = sorted_by(term)[:1].upper()
    return f"{reverse('reference:glossary')}?{urlencode({'letter': letter})}#word-{code}"


def codes_in(text: str) -> list[tuple[str, str]]:
    """Return (kind, code) of each token of a text, each once, in order of first appearance."""
    return list(dict.fromkeys((kind, code) for kind, code, _words in TOKEN.findall(text or "")))


def unknown(text: str) -> list[str]:
    """Return the tokens of a text that no record answers, without their words: "{fact:code}"."""
    found = codes_in(text)
    if not found:
        return []
    quoted = _read()[languages.codes()[0]]
    known: dict[str, Container[str]] = {"fact": quoted.facts, "line": quoted.lines, "term": quoted.words}
    return [f"{{{kind}:{code}}}" for kind, code in found if code not in known[kind]]


def expired(text: str, day: datetime.date) -> list[Fact]:
    """Return the facts that a text quotes and whose source must be read again by this day."""
    codes = [code for kind, code in codes_in(text) if kind == "fact"]
    return list(Fact.objects.expired(day).filter(code__in=codes).order_by("code")) if codes else []


def _read() -> dict[str, Quoted]:
    """Return what the tokens stand for in each language; one query that asks whether any row changed."""
    return _kept(" ".join(states(Fact, GlossaryTerm, Line, Source)).strip())


def _everything() -> dict[str, Quoted]:
    facts = list(Fact.objects.select_related("source"))
    lines, terms = list(Line.objects.filter(is_hidden=False)), list(GlossaryTerm.objects.all())
    return {code: _in(code, facts, lines, terms) for code in languages.codes()}


def _in(language: str, facts: list[Fact], lines: list[Line], terms: list[GlossaryTerm]) -> Quoted:
    name, value = languages.column("name", language), languages.column("value", language)
    with override(language):
        said = {
            fact.code: _withheld(fact) if fact.is_withheld else escape(getattr(fact, value) or "") for fact in facts
        }
    numbers = {line.slug: (getattr(line, name), line.tel, phones.display(line.phone)) for line in lines}
    return Quoted(said, numbers, {term.code: _word(term, language, said) for term in terms})


def _word(term: GlossaryTerm, language: str, facts: dict[str, SafeString]) -> Word:
    definition = escape(getattr(term, languages.column("definition", language)))
    filled = TOKEN.sub(lambda match: facts.get(match[2]) or match[3] or "", definition)
    others = (getattr(term, languages.column("words", language)) or "").splitlines()
    return Word(term.code, getattr(term, languages.column("term", language)), SafeString(filled), others)


def _withheld(fact: Fact) -> SafeString:
    """Return the link that stands for a law until counsel has approved its words."""
    words = escape(_("Read the state’s page on this law"))
    return format_html('<a href="{}" rel="{}">{}</a>', fact.source.link, OUTSIDE, words) if fact.source.link else words


_kept = keep(_everything, of_none={code: Quoted({}, {}, {}) for code in languages.codes()})
