"""Read SAMHSA's National Directory: the workbook as published, or the same as CSV with coordinates."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.lib import languages, spreadsheet
from portal.lib.spreadsheet import Row

from . import checks
from .record import Problem, Record, identify

SHEET = "Facilities List"
COLUMNS = ("name1", "name2", "street1", "street2", "city", "state", "zip", "phone", "service_code_info")
PHONES = {"phone": "main", "intake1": "intake", "intake2": "intake", "intake1a": "intake", "intake2a": "intake"}
IDENTITY = ("name1", "name2", "street1", "street2", "city", "state", "zip")
ADDRESS = {"address_1": "street1", "address_2": "street2", "city": "city", "state": "state", "zip": "zip"}
POINT_SOURCES = {"samhsa_locator_2021": "address", "zip_centroid": "zip-centroid"}


def read(path: Path, options: Mapping[str, Any], known: Collection[str]) -> Iterator[Record]:
    """Yield the facilities of the directory; raises `UnreadableFileError`."""
    for row in spreadsheet.read(path, sheet=SHEET, columns=COLUMNS):
        record = facility(row, row.cells.get("service_code_info", "").replace("*", " ").split(), known)
        checks.note_row(row, record.problems)
        yield record


def facility(row: Row, codes: Iterable[str], known: Collection[str], column: str = "service_code_info") -> Record:
    """Return a facility in the columns that SAMHSA's forms share; it is known again by its name and address."""
    cells = row.cells
    found: list[Problem] = []
    record = Record(row.number, raw=cells, problems=found)
    record.name = _name(cells, found)
    record.address = checks.address(cells, found, ADDRESS, is_needed=True)
    numbers = ((name, cells.get(name), use) for name, use in PHONES.items())
    record.phones, is_whole = checks.phones(numbers, found)
    record.doubtful |= set() if is_whole else {"phones"}
    record.codes = checks.codes(codes, known, column, found)
    what = POINT_SOURCES.get(cells.get("geo_source", ""), "address")
    record.point = checks.point(cells.get("latitude"), cells.get("longitude"), what, found)
    if "website" in cells:
        record.web = {"website": checks.web(cells["website"], "", found)["website"]}
    identify(record, *(tidy_name(cells.get(name, "")) for name in IDENTITY))
    return record


def _name(cells: Mapping[str, str], found: checks.Found) -> dict[str, str]:
    name1, name2 = (tidy_name(checks.line(cells.get(column), column, found)) for column in ("name1", "name2"))
    if not name1:
        found.append(Problem("name1", _("The name is missing."), True))
    return {"organization": name1, **dict.fromkeys(languages.codes(), name2 or name1)}


def tidy_name(name: str) -> str:
    """Return a name typed all in capitals with capitals at the beginnings only.

    Two long words tell a name in capitals from an acronym such as "SEARHC" or "SOAP MAT LLC".
    """
    if name.isupper() and sum(len(word) >= 5 for word in name.split()) >= 2:
        return " ".join(word.capitalize() if len(word) > 3 else word for word in name.split())
    return name
