"""Find the codes whose names have the typed words, in any language."""

from functools import cache

from ..samhsa import codes
from .vocabulary import keys

SHORTEST_STEM = 4  # letters that must agree before two endings of a word count as one word


@cache
def _names() -> list[tuple[str, list[str]]]:
    """Return each name of each code: the code, and the words."""
    return [(code.code, keys(name)) for code in codes.load().values() for name in code.names.values()]


@cache
def _by_stem() -> dict[str, list[tuple[str, int]]]:
    """Return the words by their first letters, each with where its name stands among the names."""
    found: dict[str, list[tuple[str, int]]] = {}
    for place, (_code, own) in enumerate(_names()):
        for word in own:
            found.setdefault(word[:SHORTEST_STEM], []).append((word, place))
    return found


def codes_named(text: str) -> set[str]:
    """Return the codes of which one language's name has every word of the text, whatever the endings."""
    wanted, names = keys(text), _names()
    places = set.intersection(*map(_places_of, wanted)) if wanted else set()
    return {names[place][0] for place in places}


def _places_of(word: str) -> set[int]:
    return {place for own, place in _by_stem().get(word[:SHORTEST_STEM], ()) if _alike(word, own)}


def _alike(word: str, own: str) -> bool:
    shared = min(len(word), len(own))
    if shared < SHORTEST_STEM:
        return word == own
    stem = max(SHORTEST_STEM, shared - 2)
    return word[:stem] == own[:stem]
