"""Filter and count by claims: any of those chosen inside a facet, and every facet that has a choice."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..samhsa import codes

FACETS = codes.FACETS
Chosen = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Option:
    """One box of a filter: how many listings it gives with the other filters as they are."""

    claim: str
    label: str
    count: int
    is_chosen: bool


def facet_of(claim: str) -> str:
    """Return the facet that a claim is filtered under, or "" for none."""
    known = codes.load_claims().get(claim)
    return known.facet if known else ""


def label_of(claim: str, language: str) -> str:
    """Return the words of a claim in this language."""
    known = codes.load_claims().get(claim)
    return known.names.get(language, claim) if known else claim


def read(claims: Iterable[str]) -> Chosen:
    """Return the claims to filter by, under their facets; whatever cannot be filtered by is ignored."""
    chosen: dict[str, frozenset[str]] = {}
    for claim in claims:
        if facet := facet_of(claim):
            chosen[facet] = chosen.get(facet, frozenset()) | {claim}
    return chosen


def failing(claims: Iterable[str], chosen: Chosen) -> list[str]:
    """Return the facets whose choice these claims do not meet."""
    return [facet for facet, wanted in chosen.items() if wanted.isdisjoint(claims)]


def count(rows: Iterable[list[str]], chosen: Chosen) -> Counter[str]:
    """Count the listings behind each claim, given the claims of each; a facet's own choice does not limit it."""
    counts: Counter[str] = Counter()
    for claims in rows:
        missed = failing(claims, chosen)
        if not missed:
            counts.update(claims)
        elif len(missed) == 1:
            counts.update(claim for claim in claims if facet_of(claim) == missed[0])
    return counts


def options(counts: Mapping[str, int], chosen: Chosen, language: str) -> dict[str, list[Option]]:
    """Return the boxes of each facet in the order of the claims' list; none that no listing has, unless chosen."""
    boxes: dict[str, list[Option]] = {facet: [] for facet in FACETS}
    for slug, claim in codes.load_claims().items():
        is_chosen = slug in chosen.get(claim.facet, ())
        if claim.facet and (counts.get(slug) or is_chosen):
            label = claim.names.get(language, slug)
            boxes[claim.facet].append(Option(slug, label, counts.get(slug, 0), is_chosen))
    return {facet: listed for facet, listed in boxes.items() if listed}
