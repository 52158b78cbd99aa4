"""Find the codes whose names have the typed words, in any language."""

from functools import cache

from ..samhsa import codes
from .vocabulary import keys

SHORTEST_STEM = 4  # letters that must agree before two endings of a word count as one word


@cache
def _names() -> list[tuple[str, list[list[str]]]]:
    return [(code.code, [keys(name) for name in code.names.values()]) for code in codes.load().values()]


def codes_named(text: str) -> set[str]:
    """Return the codes of which one language's name has every word of the text, whatever the endings."""
    wanted = keys(text)
    return {code for code, names in _names() if wanted and any(_has_all(name, wanted) for name in names)}


def _has_all(name: list[str], wanted: list[str]) -> bool:
    return all(any(_alike(word, own) for own in name) for word in wanted)


def _alike(word: str, own: str) -> bool:
    shared = min(len(word), len(own))
    if shared < SHORTEST_STEM:
        return word == own
    stem = max(SHORTEST_STEM, shared - 2)
    return word[:stem] == own[:stem]
