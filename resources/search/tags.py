"""Give every word that a listing can be searched by a number of its own, the same on every machine.

The database matches numbers several times faster than words. The number of a word that filters count is also a letter:
the options of a thousand listings then are one text, and counting its letters takes a millisecond. The upper bits tell
the facet, the rest is a checksum; a test holds that no two words known to us share a number.
"""

import zlib
from collections.abc import Iterable
from functools import lru_cache

from ..models import Answer, ServiceAtLocation
from ..samhsa import codes

SHIFT = 16  # bits below the facet: with up to 15 facets a number is a letter beyond the first 65,536
UNCOUNTED = 1 << 21  # beyond all letters: the words that no filter counts

# Filters beside the claims: what a call asks. The answer is a part of the word: "walk_in-yes".
ANSWERS = ("takes_new_patients", "same_day_start", "walk_in", "id_needed", "asks_immigration")
ONLY_IF_YES = ("takes_pregnant", "with_children", "has_beds")
SPANISH_BY_STAFF = "spanish-speaking-counselors"  # what Hartford's visitors ask first; absent means not known
SPANISH_BY_INTERPRETER = "spanish-interpreter"
KIND = "kind-"
TREATMENT = "treatment"  # the kind of a place that staff gave none

FACETS = ("medication", "kind", "care", "for", "language", "payment", "telehealth", *ANSWERS)
WHO = "-program"  # the claims that say for whom a program is end so
OLDEST_TEEN = 19
_SPANISH = {
    ServiceAtLocation.Support.STAFF.value: {SPANISH_BY_STAFF},
    ServiceAtLocation.Support.INTERPRETER.value: {SPANISH_BY_INTERPRETER},
}


@lru_cache(maxsize=4096)
def facet_of(word: str) -> str:
    """Return the facet that a word is filtered under, or "" for none."""
    if word == SPANISH_BY_INTERPRETER:
        return "language"
    if word.startswith(KIND):
        return "kind"
    field, _hyphen, answer = word.rpartition("-")
    if field in ANSWERS and answer in Answer.values:
        return field
    claim = codes.load_claims().get(word)
    if claim is None:
        return ""
    return claim.facet or ("for" if word.endswith(WHO) else "")


@lru_cache(maxsize=4096)
def number(word: str) -> int:
    """Return the number of a word."""
    facet, checksum = facet_of(word), zlib.crc32(word.encode())
    if not facet:
        return UNCOUNTED + checksum % (1 << 30)
    return place_of(facet) << SHIFT | checksum % (1 << SHIFT)


def numbers(words: Iterable[str]) -> list[int]:
    """Return the numbers of these words, in order."""
    return sorted({number(word) for word in words})


def letters_of(words: Iterable[str]) -> str:
    """Return the words that filters count, a letter each; who has told nothing is reckoned from the others' counts."""
    counted = {word for word in words if facet_of(word) and not word.endswith(f"-{Answer.UNKNOWN}")}
    return "".join(map(chr, numbers(counted)))


def place_of(facet: str) -> int:
    """Return what the numbers of a facet's words have above the shift."""
    return FACETS.index(facet) + 1


def words_of(listing: ServiceAtLocation, claims: Iterable[str]) -> set[str]:
    """Return every word that a listing can be searched by; what staff recorded outweighs what a list said."""
    kind = listing.type.code if listing.type else TREATMENT
    words = {*claims, kind, f"{KIND}{kind}", *(listing.type.claims.split() if listing.type else ())}
    words |= {f"{field}-{getattr(listing, field)}" for field in ANSWERS}
    words |= {f"{field}-yes" for field in ONLY_IF_YES if getattr(listing, field) == Answer.YES}
    if listing.spanish != ServiceAtLocation.Support.UNKNOWN:
        words.discard(SPANISH_BY_STAFF)
        words |= _SPANISH.get(listing.spanish, set())
    if listing.gender:
        words.add(f"{listing.gender}{WHO}")
    if listing.greatest_age is not None and listing.greatest_age <= OLDEST_TEEN:
        words.add("teens-program")
    return words
