"""Say what SAMHSA's 225 service codes mean, and what a place that has them may claim.

Codes and categories are those of the Service Code Reference of SAMHSA's National Directory of Drug and Alcohol Use
Treatment Facilities 2022 (public domain). The words, the Spanish and the rules are ours. A claim is what a filter or a
sentence may say of a place; a code by itself often supports less than its name suggests, because many answers are also
given about medication that comes from another place. When in doubt a code claims nothing.
"""

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FACETS = ("medication", "care", "payment", "language", "telehealth")

# Claims that one code cannot carry: each set is enough, if the place has every code in it.
TOGETHER: dict[str, tuple[frozenset[str], ...]] = {
    # Methadone for opioid use disorder is dispensed through opioid treatment programs (42 CFR Part 8).
    "methadone": (frozenset({"OTP", "METH"}), frozenset({"OTP", "MM"})),
    # A program dispenses and so often leaves "prescribes" (UB) blank. Elsewhere UB must be said: see codes.csv.
    "buprenorphine": (frozenset({"OTP", "BUM"}), frozenset({"OTP", "BMW"})),
}

# Narrower claims: the first claim must stand already, then any one of the codes is enough.
NARROWER: dict[str, tuple[str, frozenset[str]]] = {
    "buprenorphine-naloxone": ("buprenorphine", frozenset({"BWN"})),
    "buprenorphine-alone": ("buprenorphine", frozenset({"BWON"})),
    "buprenorphine-injection": ("buprenorphine", frozenset({"BERI"})),
    "naltrexone-injection": ("naltrexone", frozenset({"VTRL"})),
    "opioid-withdrawal-management": ("withdrawal-management", frozenset({"ODTX", "DB", "DM", "ULC"})),
}

# Answers that contradict a claim: the claim is not made. Methadone is not in the list: a federal certificate outweighs
# a slip in a form (8 of 1,427 programs in 2022 also ticked NMOA or AUDO).
NOT_FOR_OPIOIDS = frozenset({"buprenorphine", "naltrexone", "withdrawal-management"})
WITHHELD: dict[str, frozenset[str]] = {
    "NOOP": NOT_FOR_OPIOIDS,
    "AUDO": NOT_FOR_OPIOIDS,
    "DUO": NOT_FOR_OPIOIDS,
    "NMOA": frozenset({"buprenorphine", "naltrexone"}),
    **dict.fromkeys(("MC", "MD", "MI", "PI", "SF", "SI", "SS"), frozenset({"free"})),
}


@dataclass(frozen=True)
class Claim:
    """One thing that a listing may say of a place; `names` holds its words by language."""

    slug: str
    facet: str
    names: Mapping[str, str]
    note: str


@dataclass(frozen=True)
class Code:
    """One SAMHSA code; `claims` are those that it carries alone, `is_shown` tells whether a page puts it in words.

    `samhsa_name` is the key's own word, by which SAMHSA's JSON names a service.
    """

    code: str
    category: str
    samhsa_name: str
    category_names: Mapping[str, str]
    names: Mapping[str, str]
    facet: str
    claims: frozenset[str]
    is_shown: bool
    note: str


@cache
def load() -> dict[str, Code]:
    """Return every code of the 2022 key, in the key's order."""
    return {row["code"]: _code(row) for row in _rows("codes.csv")}


@cache
def load_claims() -> dict[str, Claim]:
    """Return the closed list of claims, in the order in which pages show them."""
    return {
        row["slug"]: Claim(row["slug"], row["facet"], _by_language(row, "name"), row["note"])
        for row in _rows("claims.csv")
    }


def claims(codes: Collection[str]) -> set[str]:
    """Return what a place with these codes may claim. Codes that the key does not know claim nothing."""
    known, present = load(), set(codes)
    made: set[str] = set()
    for code in present & known.keys():
        made |= known[code].claims
    made |= {claim for claim, rules in TOGETHER.items() if any(rule <= present for rule in rules)}
    for code in present & WITHHELD.keys():
        made -= WITHHELD[code]
    return made | {claim for claim, (wider, any_of) in NARROWER.items() if wider in made and any_of & present}


def words(codes: Collection[str], language: str) -> dict[str, list[str]]:
    """Return what a page says of these codes: heading to names, medications first, then the key's order.

    A medication is in words only by its claim, so that "used in treatment" never reads as an offer.
    """
    made, present = claims(codes), set(codes)
    medications = [
        claim.names[language] for claim in load_claims().values() if claim.facet == "medication" and claim.slug in made
    ]
    grouped = {load()["MU"].category_names[language]: medications} if medications else {}
    for code in load().values():
        if code.is_shown and code.code in present:
            grouped.setdefault(code.category_names[language], []).append(code.names[language])
    return grouped


def _code(row: dict[str, str]) -> Code:
    return Code(
        code=row["code"],
        category=row["category"],
        samhsa_name=row["samhsa_name"],
        category_names=_by_language(row, "category"),
        names=_by_language(row, "name"),
        facet=row["facet"],
        claims=frozenset(row["claims"].split()),
        is_shown=row["shown"] == "1",
        note=row["note"],
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _by_language(row: dict[str, str], field: str) -> dict[str, str]:
    """Gather the columns `field_en`, `field_es`, … so that a further language is a further column."""
    return {name.removeprefix(f"{field}_"): text for name, text in row.items() if name.startswith(f"{field}_")}
