"""Measure how easy a text is to read: Flesch-Kincaid in English, INFLESZ in Spanish.

The formulas and the syllable counters are our own: a package that counts too few Spanish syllables calls hard texts
easy. What a machine cannot know is how familiar a word is, so a good score allows a text and never proves it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

from . import syllables

# Names a reader meets as a label, not as a word to take apart: each counts as one word of two syllables. The gates ask
# the list in the admin (`ReadingName`), which starts as this one.
NAMES = (
    # medicines and drugs, English and Spanish
    "buprenorphine", "buprenorfina", "methadone", "metadona", "naloxone", "naloxona", "naltrexone", "naltrexona",
    "nalmefene", "nalmefeno", "fentanyl", "fentanilo", "carfentanil", "carfentanilo", "xylazine", "xilacina",
    "medetomidine", "medetomidina", "benzodiazepines", "benzodiacepinas", "Narcan", "RiVive", "Kloxxado", "Suboxone",
    "Subutex", "Zubsolv", "Sublocade", "Brixadi", "Vivitrol",
    # places, services and programs
    "Access Line", "Al-Anon", "Nar-Anon", "Connecticut", "Estados Unidos", "United States", "Hartford", "HUSKY",
    "LiveLOUD", "Massachusetts", "Medicaid", "Medicare", "New Haven", "Nueva York", "New York", "Inglaterra",
    "Noruega", "Philadelphia", "Filadelfia", "Puerto Rico", "Reino Unido", "Rhode Island",
)  # fmt: skip

NAME_SYLLABLES = 2
ABBREVIATIONS = (
    "a. m.", "p. m.", "a.m.", "p.m.", "p. ej.", "EE. UU.", "U.S.", "e.g.", "i.e.", "etc.", "vs.", "approx.", "aprox.",
    "Dr.", "Dra.", "Mr.", "Mrs.", "Ms.", "Sr.", "Sra.", "Ud.", "Uds.", "St.", "Ave.", "núm.", "tel.", "ext.",
)  # fmt: skip

_BLOCKS = {
    "address", "article", "blockquote", "br", "caption", "dd", "div", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "li", "ol", "p", "section", "table", "td", "th", "tr", "ul",
}  # fmt: skip
_CITATION = re.compile(r"\s*\[[A-Z0-9][A-Z0-9-]*(?:,\s*[A-Z0-9][A-Z0-9-]*)*\]")
_PHONE = re.compile(r"(?<!\d)(?:\+?1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)")
_ABBREVIATION = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(short) for short in ABBREVIATIONS) + ")")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?:\s+|$)|\n\s*\n")
_WORD = re.compile(r"\ue000|\d+(?:[.,:-]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME_MARK = "\ue000"


@dataclass(frozen=True)
class Counts:
    """The sentences, words and syllables of a text."""

    sentences: int
    words: int
    syllables: int


@dataclass(frozen=True)
class Measure:
    """A readability formula of one language, and how easy the site's texts must be by it."""

    name: str
    syllables: Callable[[str], int]
    formula: Callable[[Counts], float]
    limit: float
    emergency_limit: float
    higher_is_easier: bool

    def allows(self, value: float, *, emergency: bool = False) -> bool:
        """Say whether a text with this value is easy enough, on an emergency page or on any other."""
        limit = self.emergency_limit if emergency else self.limit
        return value >= limit if self.higher_is_easier else value <= limit


def flesch_kincaid(counts: Counts) -> float:
    """Return the United States school grade that a text asks for.

    Source: J. P. Kincaid, R. P. Fishburne, R. L. Rogers, B. S. Chissom, "Derivation of new readability formulas for
    Navy enlisted personnel", 1975.
    """
    return 0.39 * counts.words / counts.sentences + 11.8 * counts.syllables / counts.words - 15.59


def inflesz(counts: Counts) -> float:
    """Return the perspicuity of a Spanish text; on the INFLESZ scale 55 to 65 is normal, 65 to 80 fairly easy.

    Sources: F. Szigriszt Pazos, "Sistemas predictivos de legibilidad del mensaje escrito", 1993 (the formula);
    I. M. Barrio-Cantalejo and others, "Validación de la Escala INFLESZ", 2008 (the scale).
    """
    return 206.835 - 62.3 * counts.syllables / counts.words - counts.words / counts.sentences


MEASURES = {
    "en": Measure("Flesch-Kincaid", syllables.english, flesch_kincaid, 8, 6, higher_is_easier=False),
    "es": Measure("INFLESZ", syllables.spanish, inflesz, 60, 65, higher_is_easier=True),
}


class _Text(HTMLParser):
    """Collect the words of HTML, with an empty line where a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(text: str) -> str:
    """Return HTML or plain text as plain text without citations; an empty line stands between blocks."""
    parser = _Text()
    parser.feed(text)
    parser.close()
    return _CITATION.sub("", "".join(parser.parts))


def sentences(text: str, *, names: Iterable[str] = NAMES) -> list[list[str]]:
    """Return the words of each sentence; a paragraph, heading or list item ends one, an abbreviation does not."""
    longest_first = sorted(names, key=len, reverse=True)
    quiet = _PHONE.sub(_NAME_MARK, plain(text))
    if longest_first:
        any_name = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
        quiet = re.sub(rf"(?<!\w)(?:{any_name})(?:['’]s)?(?!\w)", _NAME_MARK, quiet, flags=re.IGNORECASE)
    quiet = _ABBREVIATION.sub(lambda found: found[0].replace(".", ""), quiet)
    found = (_WORD.findall(sentence) for sentence in _SENTENCE_END.split(quiet))
    return [words for words in found if words]


def count(text: str, language: str, *, names: Iterable[str] = NAMES) -> Counts:
    """Count a text in a language of `MEASURES`."""
    syllables_of = MEASURES[language].syllables
    split = sentences(text, names=names)
    words = [word for sentence in split for word in sentence]
    total = sum(NAME_SYLLABLES if word == _NAME_MARK else syllables_of(word) for word in words)
    return Counts(len(split), len(words), total)


def score(text: str, language: str, *, names: Iterable[str] = NAMES) -> float | None:
    """Return the value of the language's measure, or None where it has no measure or the text no word."""
    if language not in MEASURES:
        return None
    counts = count(text, language, names=names)
    return MEASURES[language].formula(counts) if counts.words else None


def passes(text: str, language: str, *, emergency: bool = False, names: Iterable[str] = NAMES) -> bool:
    """Say whether a text is easy enough for its page; what cannot be measured passes."""
    value = score(text, language, names=names)
    return value is None or MEASURES[language].allows(value, emergency=emergency)
