"""Read a table of the department's own, CSV or XLSX, whose columns a person has named."""

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import languages, spreadsheet
from portal.lib.spreadsheet import Row, UnreadableFileError

from . import checks
from .record import Problem, Record, identify

FIELDS = {  # ours, with the words that a person sees beside the columns to choose from
    "id": gettext_lazy("Id in the table"),
    "organization": gettext_lazy("Organization"),
    **{name: gettext_lazy("Name of the program") for name in languages.columns("name")},
    "address_1": gettext_lazy("Street and number"),
    "address_2": gettext_lazy("Floor or suite"),
    "city": gettext_lazy("City"),
    "state": gettext_lazy("State"),
    "zip": gettext_lazy("ZIP code"),
    "latitude": gettext_lazy("Latitude"),
    "longitude": gettext_lazy("Longitude"),
    "phone": gettext_lazy("Phone"),
    "intake": gettext_lazy("Phone for new patients"),
    "website": gettext_lazy("Web page"),
    "email": gettext_lazy("E-mail"),
    "codes": gettext_lazy("Codes of what it offers"),
    **{name: gettext_lazy("Description") for name in languages.columns("description")},
    **{name: gettext_lazy("Hours in words") for name in languages.columns("hours")},
}
NEEDED = ("organization", "state", "zip")
LANGUAGES = {
    languages.column(field, code): code for field in ("name", "description", "hours") for code in languages.codes()
}
FIRST_ROWS = 5
ADDRESS = ("address_1", "address_2", "city", "state", "zip")


def preview(path: Path) -> tuple[dict[str, str], list[list[str]]]:
    """Return the columns of a table (names by what we call them) and its first rows; raises `UnreadableFileError`."""
    table = spreadsheet.open_table(path)
    first = [[row.cells.get(name, "") for name in table.columns] for row in itertools.islice(table.rows, FIRST_ROWS)]
    if not table.columns or not first:
        raise UnreadableFileError(_("The table has no rows."))
    return table.columns, first


def read(path: Path, options: Mapping[str, Any], known: Collection[str]) -> Iterator[Record]:
    """Yield the rows of the table; `options` name the column of each field, and the kind of all places.

    Raises `UnreadableFileError`.
    """
    columns: Mapping[str, str] = options.get("columns") or {}
    wanted = tuple(columns[name] for name in FIELDS if columns.get(name))
    missing = [str(FIELDS[name]) for name in NEEDED if not columns.get(name)]
    if missing:
        raise UnreadableFileError(_("No column is named for: %(fields)s.") % {"fields": ", ".join(missing)})
    for row in spreadsheet.read(path, sheet="", columns=wanted):
        yield _record(row, columns, options.get("type") or None, known)


def _record(row: Row, columns: Mapping[str, str], kind: str | None, known: Collection[str]) -> Record:
    cells = {name: row.cells.get(column, "") for name, column in columns.items() if column}
    found: list[Problem] = []
    checks.note_row(row, found, columns.values())
    record = Record(row.number, raw=row.cells, problems=found, type=kind)
    labels = {name: columns.get(name) or name for name in FIELDS}
    record.name = _name(cells, labels, found)
    street = {labels[name]: cells.get(name) for name in ADDRESS}
    record.address = checks.address(street, found, {name: labels[name] for name in ADDRESS}, is_needed=True)
    _put_optional(record, cells, labels, known)
    own = checks.line(cells.get("id"), labels["id"], found, 120)
    if own:
        record.source_id = own
    else:
        identify(record, *record.name.values(), *(str(record.address[name]) for name in ADDRESS))
    return record


def _name(cells: Mapping[str, str], labels: Mapping[str, str], found: checks.Found) -> dict[str, str]:
    names = {"organization": checks.line(cells.get("organization"), labels["organization"], found)}
    if not names["organization"]:
        found.append(Problem(labels["organization"], _("The name is missing."), True))
    for column in languages.columns("name"):
        if cells.get(column):
            names[LANGUAGES[column]] = checks.line(cells[column], labels[column], found)
    return names


def _put_optional(record: Record, cells: dict[str, str], labels: dict[str, str], known: Collection[str]) -> None:
    """Put in what the table has columns for."""
    found = record.problems
    uses = [("phone", "main"), ("intake", "intake")]
    if "phone" in cells or "intake" in cells:
        record.phones, is_whole = checks.phones([(labels[name], cells.get(name), use) for name, use in uses], found)
        record.doubtful |= set() if is_whole else {"phones"}
    given = checks.web(cells.get("website"), cells.get("email"), found, (labels["website"], labels["email"]))
    record.web = {name: value for name, value in given.items() if name in cells} or None
    if "latitude" in cells and "longitude" in cells:
        record.point = checks.point(cells["latitude"], cells["longitude"], "address", found, labels["latitude"])
    if "codes" in cells:
        given_codes = filter(None, re.split(r"[\s,;]+", cells["codes"]))
        record.codes = checks.codes(given_codes, known, labels["codes"], found)
    record.description = _texts("description", cells, labels, found)
    hours = _texts("hours", cells, labels, found)
    if hours is not None:
        words = {code: text[:300] for code, text in hours.items() if text}
        record.schedules = [{"description": words}] if words else []


def _texts(
    field: str, cells: Mapping[str, str], labels: Mapping[str, str], found: checks.Found
) -> dict[str, str] | None:
    """Return the texts of a field by language, or None where the table has no column for it."""
    given = [column for column in languages.columns(field) if column in cells]
    return {LANGUAGES[column]: checks.text(cells[column], labels[column], found) for column in given} or None
