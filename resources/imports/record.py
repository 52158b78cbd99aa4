"""Hold what one row of a file says, in our own words, after its check."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..geo import fold

SAID = ("name", "description", "web", "address", "point", "phones", "codes", "schedules", "type")


class Problem(NamedTuple):
    """What is wrong with one cell, and whether its row is left out for it."""

    column: str
    message: str
    is_left_out: bool = False


@dataclass
class Record:
    """One listing as a file has it. What the file does not say at all is None, which an import leaves as it is.

    `name` and `description` hold a text by language (`name` also "organization"), `web` "website" and "email".
    `address` holds "address_1", "address_2", "city", "state", "zip" and "virtual"; `point` latitude, longitude and what
    the point is; a phone its number, extension, use and, unless it is voice, its type.
    """

    number: int
    source_id: str = ""
    name: dict[str, str] | None = None
    description: dict[str, str] | None = None
    web: dict[str, str] | None = None
    address: dict[str, Any] | None = None
    point: list[Any] | None = None
    phones: list[list[str]] | None = None
    codes: list[str] | None = None
    schedules: list[dict[str, Any]] | None = None
    type: str | None = None
    ids: dict[str, str] = field(default_factory=dict)  # of the organization, service and location that rows share
    raw: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)  # said in part only: good for a new listing, not for a known one
    twin: str = ""  # tells apart rows whose id is made from the same name and address

    @property
    def is_left_out(self) -> bool:
        """Something is wrong with it that keeps it out."""
        return any(problem.is_left_out for problem in self.problems)

    def said(self) -> dict[str, Any]:
        """Return what the file says, by the name of the field."""
        return {name: value for name in SAID if (value := getattr(self, name)) is not None}


def identity(*parts: str) -> str:
    """Return an id made from a name and an address, for lists that have none of their own."""
    return hashlib.sha256("|".join(map(fold, parts)).encode()).hexdigest()[:16]


def identify(record: Record, *parts: str) -> None:
    """Give a record an id made from its name and address; phones and codes tell it from a twin."""
    record.source_id = identity(*parts)
    rest = f"{record.source_id}|{record.phones or []}|{record.codes or []}"
    record.twin = hashlib.sha256(rest.encode()).hexdigest()[:8]
