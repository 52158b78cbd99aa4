"""Check the rows of SAMHSA's National Directory: what a row says, and what is wrong with it, cell by cell."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.lib import phones
from portal.lib.spreadsheet import Row

from ..geo import STATES, fold
from . import codes

SHEET = "Facilities List"
COLUMNS = ("name1", "name2", "street1", "street2", "city", "state", "zip", "phone", "service_code_info")
PHONE_COLUMNS = {"phone": "main", "intake1": "intake", "intake2": "intake", "intake1a": "intake", "intake2a": "intake"}
IDENTITY = ("name1", "name2", "street1", "street2", "city", "state", "zip")
LONGEST = {"name1": 200, "name2": 200, "street1": 200, "street2": 200, "city": 100}
POINT_SOURCES = {"samhsa_locator_2021": "address", "zip_centroid": "zip-centroid"}
PLAIN_PHONE = re.compile(r"(\d{3}-\d{3}-\d{4})(?: ?x ?(\d{1,10}))?")


class Problem(NamedTuple):
    """What is wrong with one cell, and whether its row was left out for it."""

    row: int
    column: str
    message: str
    is_left_out: bool


@dataclass
class Facility:
    """One row of the directory after its check."""

    name1: str
    name2: str
    street1: str
    street2: str
    city: str
    state: str
    zip: str
    phones: list[list[str]] = field(default_factory=list)  # number, extension, use
    codes: list[str] = field(default_factory=list)
    point: list | None = None  # latitude, longitude, what the point is
    key: str = ""
    number: int = 0

    def as_row(self) -> dict:
        """Return what a later import compares with: everything but the key and the number of the row."""
        return {name: value for name, value in vars(self).items() if name not in {"key", "number"}}


def check_rows(rows: Iterable[Row], problems: list[Problem]) -> list[Facility]:
    """Return the facilities of the good rows, each with a key that does not depend on the order of the rows.

    What is wrong is added to `problems`. Rows that repeat another in every cell are left out.
    """
    facilities = [facility for row in rows if (facility := _facility(row, problems))]
    return list(_keyed(facilities, problems))


def tidy_name(name: str) -> str:
    """Return a name typed all in capitals with capitals at the beginnings only.

    Two long words tell a name in capitals from an acronym such as "SEARHC" or "SOAP MAT LLC".
    """
    if name.isupper() and sum(len(word) >= 5 for word in name.split()) >= 2:
        return " ".join(word.capitalize() if len(word) > 3 else word for word in name.split())
    return name


def identity(facility: Facility) -> str:
    """Return the key of a facility: a hash of its folded name and address, which the directory has in place of ids."""
    parts = "|".join(fold(getattr(facility, name)) for name in IDENTITY)
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _keyed(facilities: list[Facility], problems: list[Problem]) -> Iterator[Facility]:
    """Give each facility its key; where several share name and address, phones and codes tell them apart."""
    for facility in facilities:
        facility.key = identity(facility)
    shared = Counter(facility.key for facility in facilities)
    seen: set[str] = set()
    for facility in facilities:
        if shared[facility.key] > 1:
            rest = f"{facility.key}|{facility.phones}|{facility.codes}"
            facility.key += "-" + hashlib.sha256(rest.encode()).hexdigest()[:8]
        if facility.key in seen:
            problems.append(Problem(facility.number, "name1", _("This row repeats an earlier one."), True))
            continue
        seen.add(facility.key)
        yield facility


def _facility(row: Row, problems: list[Problem]) -> Facility | None:
    found: list[Problem] = []
    cells = {name: row.cells.get(name, "") for name in IDENTITY}
    for column, message in _faults(cells):
        found.append(Problem(row.number, column, message, True))
    facility = Facility(
        name1=tidy_name(cells["name1"]),
        name2=tidy_name(cells["name2"]),
        street1=cells["street1"],
        street2=cells["street2"],
        city=cells["city"],
        state=cells["state"],
        zip=cells["zip"],
        phones=list(_phones(row, found)),
        codes=list(_codes(row, found)),
        point=_point(row, found),
        number=row.number,
    )
    problems += found
    return None if any(problem.is_left_out for problem in found) else facility


def _faults(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    if not cells["name1"]:
        yield "name1", _("The name is missing.")
    for column, longest in LONGEST.items():
        if len(cells[column]) > longest:
            yield column, _("Longer than %(count)d characters.") % {"count": longest}
    if cells["state"] not in STATES:
        yield "state", _("“%(value)s” is not a state.") % {"value": cells["state"][:40]}
    if not re.fullmatch(r"[0-9]{5}(-[0-9]{4})?", cells["zip"]):
        yield "zip", _("“%(value)s” is not a ZIP code with 5 digits.") % {"value": cells["zip"][:40]}


def _phones(row: Row, found: list[Problem]) -> Iterator[list[str]]:
    seen = set()
    for column, use in PHONE_COLUMNS.items():
        text = row.cells.get(column, "")
        if not text:
            continue
        parsed = _phone(text)
        if parsed is None:
            message = _("“%(value)s” is not a phone number.") % {"value": text[:40]}
            found.append(Problem(row.number, column, message, True))
        elif parsed not in seen:
            seen.add(parsed)
            yield [*parsed, use]


def _phone(text: str) -> tuple[str, str] | None:
    if match := PLAIN_PHONE.fullmatch(text):
        return match[1], match[2] or ""
    try:
        parsed = phones.parse(text)
    except ValidationError:
        return None
    digits = str(parsed.national_number)
    if len(digits) != 10 or len(parsed.extension or "") > 10:
        return None
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", parsed.extension or ""


def _codes(row: Row, found: list[Problem]) -> Iterator[str]:
    known, seen = codes.load(), set()
    for code in row.cells.get("service_code_info", "").replace("*", " ").split():
        if code not in known:
            message = _("“%(value)s” is not a service code of the key.") % {"value": code[:40]}
            found.append(Problem(row.number, "service_code_info", message, False))
        elif code not in seen:
            seen.add(code)
            yield code


def _point(row: Row, found: list[Problem]) -> list | None:
    texts = row.cells.get("latitude", ""), row.cells.get("longitude", "")
    if not any(texts):
        return None
    try:
        latitude, longitude = map(float, texts)
    except ValueError:
        latitude = longitude = math.nan
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        message = _("“%(value)s” is not a point on the earth.") % {"value": ", ".join(texts)[:60]}
        found.append(Problem(row.number, "latitude", message, False))
        return None
    return [latitude, longitude, POINT_SOURCES.get(row.cells.get("geo_source", ""), "address")]
