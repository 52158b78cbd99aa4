"""Hold back a text that is hard to read, hurts, promises a list that is not there, or shows what not all can see.

A rule is a function from a `Text` to the problems it finds; `RULES` lists them. A feature adds the rules that need its
own models. Whoever saves or publishes asks `problems`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from portal.lib import languages
from portal.lib.richtext import RichTextField

from . import reading
from .models import AvoidedWord, ReadingName

HARDEST_NAMED = 3
FIRST_WORDS = 6
_BLOCKS = {"p", "h3", "li", "blockquote", "td", "th"}
_LISTS = {"ul", "ol", "table"}


@dataclass(frozen=True)
class Problem:
    """What a rule found, in the language of the member of staff, and where to mend it."""

    rule: str
    message: str
    column: str = ""  # the form's field; empty where no field is at fault
    section: int | None = None  # the place of its section in the form
    is_warning: bool = False

    @property
    def anchor(self) -> str:
        """The id of the place in the form, for a link to it."""
        if self.section is not None:
            return f"sections-{self.section}"
        return f"id_{self.column}" if self.column else ""


@dataclass(frozen=True)
class Part:
    """A piece of a page that stands in one field: its name for staff, its words as HTML or as plain lines."""

    name: str
    words: str
    column: str
    section: int | None = None
    is_html: bool = True

    @cached_property
    def blocks(self) -> list["Block"]:
        """The paragraphs, headings, list items and cells in their order."""
        if self.is_html:
            return _blocks(self.words)
        lines = [line.strip() for line in self.words.splitlines() if line.strip()]
        return [Block(number, "p", line, number < len(lines)) for number, line in enumerate(lines, start=1)]

    def problem(self, rule: str, message: str, *, is_warning: bool = False) -> Problem:
        """Return a problem that this part's field has."""
        return Problem(rule, message, self.column, self.section, is_warning)


@dataclass
class Block:
    """A paragraph with its number, as staff count it; `leads_on` where something else than a heading follows it."""

    number: int
    tag: str
    words: str
    leads_on: bool = False

    def named(self, part: Part) -> str:
        """Return where it stands: “Paragraph 3 of “When to go” (“It can include…”)”."""
        first = " ".join(self.words.split()[:FIRST_WORDS])
        return _("Paragraph %(number)s of “%(part)s” (“%(words)s…”)") % {
            "number": self.number,
            "part": part.name,
            "words": first.rstrip(".:,;…"),
        }


@dataclass(frozen=True)
class Lists:
    """What the admin lists for the rules, read once for all of them."""

    names: tuple[str, ...]  # each counts as one easy word
    avoided: tuple[AvoidedWord, ...]


def lists(terms: Iterable[str] = ()) -> Lists:
    """Read the lists; `terms` are more names, those of the glossary. Two queries."""
    names = ReadingName.objects.order_by("pk").values_list("text", flat=True)
    return Lists((*names, *terms), tuple(AvoidedWord.objects.order_by("pk")))


@dataclass(frozen=True)
class Text:
    """All that a page says in one language, part by part."""

    language: str
    parts: list[Part]
    lists: Lists
    is_emergency: bool = False
    is_graded: bool = True  # updates for professionals and legal notices are not
    spoken: Callable[[str], str] = str  # puts in what the text quotes by tokens

    @cached_property
    def blocks(self) -> list[tuple[Part, Block]]:
        """Every block with its part."""
        return [(part, block) for part in self.parts for block in part.blocks]

    @cached_property
    def spoken_blocks(self) -> list[str]:
        """The words of every block as readers see them; put in for all at once, which asks the database once."""
        return self.spoken("\n\n".join(block.words for _part, block in self.blocks)).split("\n\n")


class _Blocks(HTMLParser):
    """Split cleaned HTML into blocks that hold words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self.tag = ""
        self.words = ""

    def end_block(self) -> None:
        words = " ".join(self.words.split())
        if words:
            self.found.append(Block(len(self.found) + 1, self.tag or "p", words))
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.words += " "
        if tag in _BLOCKS | _LISTS:
            self.end_block()
            if not (tag == "p" and self.tag in {"li", "td", "th", "blockquote"}):
                self.tag = tag

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS | _LISTS:
            self.end_block()
            self.tag = "" if tag in _LISTS or tag == self.tag else self.tag

    def handle_data(self, data: str) -> None:
        self.words += data


def _blocks(html: str) -> list[Block]:
    parser = _Blocks()
    parser.feed(html)
    parser.close()
    parser.end_block()
    for block, following in zip(parser.found, [*parser.found[1:], None], strict=True):
        block.leads_on = following is not None and following.tag != "h3"
    return parser.found


def reading_level(text: Text) -> Iterator[Problem]:
    """Say that a text is too hard to read, and which paragraphs are the hardest."""
    measure = reading.MEASURES.get(text.language)
    value = reading.score("\n\n".join(text.spoken_blocks), text.language, names=text.lists.names)
    if not text.is_graded or measure is None or value is None:
        return
    if not measure.allows(value, emergency=text.is_emergency):
        limit = measure.emergency_limit if text.is_emergency else measure.limit
        sentence = (
            _("Too hard to read: %(measure)s is %(value).1f and must be at least %(limit)s.")
            if measure.higher_is_easier
            else _("Too hard to read: the %(measure)s grade is %(value).1f and may be at most %(limit)s.")
        )
        values = {"measure": measure.name, "value": value, "limit": limit}
        yield Problem("reading", f"{sentence % values} {_hardest(text, measure)}".strip())


def _hardest(text: Text, measure: reading.Measure) -> str:
    """Name the hardest paragraphs of more than a few words."""
    hard = []
    for (part, block), spoken in zip(text.blocks, text.spoken_blocks, strict=True):
        value = reading.score(spoken, text.language, names=text.lists.names)
        is_long = len(block.words.split()) > FIRST_WORDS
        if is_long and value is not None and not measure.allows(value, emergency=text.is_emergency):
            hard.append((value, block.named(part)))
    hard.sort(key=lambda found: found[0], reverse=not measure.higher_is_easier)
    paragraphs = "; ".join(name for _value, name in hard[:HARDEST_NAMED])
    return _("Hardest: %(paragraphs)s.") % {"paragraphs": paragraphs} if paragraphs else ""


def empty_lead_ins(text: Text) -> Iterator[Problem]:
    """Say where a paragraph ends with a colon and nothing follows it but a heading."""
    for part in text.parts:
        for block in part.blocks:
            if block.words.endswith(":") and not block.leads_on:
                yield part.problem(
                    "lead-in",
                    _("%(paragraph)s ends with a colon, and nothing follows. Write what it promises, or end it.")
                    % {"paragraph": block.named(part)},
                )


_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*["'][^"']*\w""", re.IGNORECASE)


def missing_alts(text: Text) -> Iterator[Problem]:
    """Say which picture inside a text is not described for those who do not see it."""
    for part in text.parts:
        for number, image in enumerate(_IMAGE.findall(part.words), start=1):
            if not _ALT.search(image):
                yield part.problem(
                    "alt",
                    _("Picture %(number)s of “%(part)s” says nothing to people who do not see it. Describe it.")
                    % {"number": number, "part": part.name},
                )


def words_to_avoid(text: Text) -> Iterator[Problem]:
    """Warn of words that hurt, each with better ones."""
    for entry in text.lists.avoided:
        if entry.language == text.language and (pattern := _any_of(entry.forms())):
            for part, block in text.blocks:
                for word in dict.fromkeys(found[0] for found in pattern.finditer(block.words)):
                    yield part.problem(
                        "words",
                        _("%(paragraph)s says “%(word)s”. Better: %(instead)s.")
                        % {"paragraph": block.named(part), "word": word, "instead": entry.instead},
                        is_warning=True,
                    )


def _any_of(forms: list[str]) -> re.Pattern | None:
    """Return a pattern that finds each form as whole words, or None without any."""
    longest_first = sorted(forms, key=len, reverse=True)
    any_form = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest_first)
    return re.compile(rf"(?<![\w-])(?:{any_form})(?![\w-])", re.IGNORECASE) if forms else None


RULES: tuple[Callable[[Text], Iterator[Problem]], ...] = (
    reading_level,
    empty_lead_ins,
    missing_alts,
    words_to_avoid,
)


def problems(text: Text) -> list[Problem]:
    """Return what the rules for any text find, in the order of `RULES`."""
    return [problem for rule in RULES for problem in rule(text)]


def parts(row: models.Model, names: dict[str, str], language: str, section: int | None = None) -> list[Part]:
    """Return what a row's translated fields say in one language; `names` has each field with its name for staff."""
    found = []
    for field, name in names.items():
        column = languages.column(field, language)
        is_html = isinstance(row._meta.get_field(column), RichTextField)
        if words := getattr(row, column):
            found.append(Part(name, words, column, section, is_html))
    return found
