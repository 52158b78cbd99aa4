"""Offer filters with their counts: any of those chosen inside a facet, and every facet that has a choice."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from django.utils.translation import gettext as _

from ..models import Answer
from ..samhsa import codes
from . import tags

MOST = 30  # choices that are read: more are nobody's
Chosen = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Option:
    """One box of a filter: how many listings it gives with the other filters as they are."""

    word: str
    label: str
    count: int
    is_chosen: bool


def label_of(word: str, language: str, kinds: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return what a word is called in this language, which must be the active one; `kinds` are names by code."""
    if word in (known := codes.load_claims()):
        return known[word].names.get(language, word)
    if word == tags.SPANISH_BY_INTERPRETER:
        return _("Interpreter for Spanish")
    if word.startswith(tags.KIND):
        return kinds.get(word.removeprefix(tags.KIND), word)
    return str(Answer(word.rpartition("-")[2]).label) if tags.facet_of(word) else word


def read(words: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the words to filter by, under their facets; whatever cannot be filtered by is ignored."""
    chosen: dict[str, frozenset[str]] = {}
    for word in list(words)[:MOST]:
        if facet := tags.facet_of(word[:80]):
            chosen[facet] = chosen.get(facet, frozenset()) | {word[:80]}
    return chosen


def as_numbers(chosen: Chosen) -> dict[str, frozenset[int]]:
    """Return the choices as the database knows them."""
    return {facet: frozenset(map(tags.number, words)) for facet, words in chosen.items()}


def failing(numbers: frozenset[int], wanted: Mapping[str, frozenset[int]]) -> list[str]:
    """Return the facets whose choice a listing with these options does not meet."""
    return [facet for facet, any_of in wanted.items() if any_of.isdisjoint(numbers)]


def completed(letters: str) -> frozenset[int]:
    """Return the options of a listing with "not known" for each question that has no other answer."""
    own = frozenset(map(ord, letters))
    return own | {unknown for unknown, others in _answers().items() if others.isdisjoint(own)}


def count(rows: Iterable[frozenset[int]], wanted: Mapping[str, frozenset[int]]) -> Counter[int]:
    """Count the listings behind each option; a facet's own choice does not limit it."""
    counts: Counter[int] = Counter()
    for numbers in rows:
        missed = failing(numbers, wanted)
        if not missed:
            counts.update(numbers)
        elif len(missed) == 1:
            place = tags.place_of(missed[0])
            counts.update(number for number in numbers if number >> tags.SHIFT == place)
    return counts


def options(
    counts: Mapping[int, int], chosen: Chosen, language: str, kinds: Mapping[str, str]
) -> list[tuple[str, list[Option]]]:
    """Return the boxes of each facet in a fixed order; none that no listing has, unless chosen."""
    found = []
    for facet, words in _words(tuple(kinds)).items():
        picked = chosen.get(facet, frozenset())
        boxes = [
            Option(word, label_of(word, language, kinds), counts.get(number, 0), word in picked)
            for word, number in words
            if counts.get(number) or word in picked
        ]
        if boxes and (picked or _says_something(facet, boxes)):
            found.append((facet, boxes))
    return found


def _says_something(facet: str, boxes: list[Option]) -> bool:
    """Where nobody has asked a question, or all places are of one kind, there is nothing to choose."""
    if facet in tags.ANSWERS:
        return any(not box.word.endswith(Answer.UNKNOWN) for box in boxes)
    return facet != "kind" or len(boxes) > 1


@lru_cache(maxsize=8)
def _words(kinds: tuple[str, ...]) -> dict[str, list[tuple[str, int]]]:
    """Return the words that can be offered, by facet, each with its number."""
    words = [*codes.load_claims(), tags.SPANISH_BY_INTERPRETER, *(f"{tags.KIND}{code}" for code in kinds)]
    words += [f"{field}-{answer}" for field in tags.ANSWERS for answer in Answer.values]
    found: dict[str, list[tuple[str, int]]] = {facet: [] for facet in tags.FACETS}
    for word in words:
        if facet := tags.facet_of(word):
            found[facet].append((word, tags.number(word)))
    return found


@lru_cache(maxsize=1)
def _answers() -> dict[int, frozenset[int]]:
    """Return for each question the number of "not known", and those of the other answers."""
    return {
        tags.number(f"{field}-{Answer.UNKNOWN}"): frozenset(
            tags.number(f"{field}-{answer}") for answer in (Answer.YES, Answer.NO)
        )
        for field in tags.ANSWERS
    }


def with_unknown(counts: Mapping[int, int], totals: Mapping[str, int], total: int) -> dict[int, int]:
    """Add how many listings told nothing to a question: all but those with another answer.

    `totals` by facet where a choice inside it is set aside, `total` elsewhere.
    """
    found = dict(counts)
    for field, (unknown, others) in zip(tags.ANSWERS, _answers().items(), strict=True):
        found[unknown] = totals.get(field, total) - sum(counts.get(number, 0) for number in others)
    return found
