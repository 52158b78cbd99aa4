"""Read the CSV package of HSDS 3.0: a folder, or a ZIP file, with a table for each kind of thing.

The tables are put into a scratch database on disk, so that a service finds its places however large the package is.
"""

import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.lib import archives, spreadsheet
from portal.lib.spreadsheet import UnreadableFileError

from . import checks, hsds
from .record import Problem, Record

NEEDED = ("organizations", "services")
NAMES = {  # by what the tables may be called: the specification's examples and its schemas differ
    "organization": "organizations",
    "service": "services",
    "service_at_locations": "service_at_location",
    "location": "locations",
    "address": "addresses",
    "phone": "phones",
    "schedule": "schedules",
    "attribute": "attributes",
    "taxonomy_term": "taxonomy_terms",
}
TARGETS = {  # the column that names another table's row
    "organization_id": "organizations",
    "service_id": "services",
    "location_id": "locations",
    "service_at_location_id": "service_at_location",
    "taxonomy_term_id": "taxonomy_terms",
    "link_id": "",  # names a row of any table
}
READ = {*NEEDED, *TARGETS.values(), "addresses", "phones", "schedules", "attributes"} - {""}


def read(path: Path, options: Mapping[str, Any], known: Collection[str]) -> Iterator[Record]:
    """Yield a record for each place of each service, then one without a listing for each doubt about a table.

    Raises `UnreadableFileError`.
    """
    with tempfile.TemporaryDirectory() as scratch, closing(sqlite3.connect(Path(scratch) / "tables")) as database:
        found = list(_fill(database, path if path.is_dir() else _unpacked(path, Path(scratch))))
        number = 0
        for service in _services(database):
            for record in hsds.records(service, known):
                number += 1
                record.number = number
                yield record
        for problem in [*found, *_loose_ends(database)]:
            number += 1
            yield Record(number, problems=[problem])


def _unpacked(path: Path, scratch: Path) -> Path:
    """Unpack the tables, and nothing else, flat into the folder; names from the archive are never used as paths."""
    if not spreadsheet.refuse_other_kinds(path).startswith(spreadsheet.ZIP):
        raise UnreadableFileError(_("This is no ZIP file. An HSDS package is a ZIP file of CSV tables."))
    names = archives.checked_names(path)
    with zipfile.ZipFile(path) as archive:
        for name in names:
            table = _table(name)
            if table in READ:
                with archive.open(name) as source, (scratch / f"{table}.csv").open("wb") as target:
                    shutil.copyfileobj(source, target)
    return scratch


def _table(name: str) -> str:
    """Return which table a file holds, "" for what is no table."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1].casefold()
    stem = base.removesuffix(".csv")
    return NAMES.get(stem, stem) if base.endswith(".csv") else ""


def _fill(database: sqlite3.Connection, folder: Path) -> Iterator[Problem]:
    """Put the tables of a folder into the database; yield what is wrong with their cells."""
    database.execute("CREATE TABLE row (kind TEXT, id TEXT, number INTEGER, cells TEXT)")
    database.execute("CREATE TABLE link (kind TEXT, number INTEGER, name TEXT, id TEXT)")
    files = {table: file for file in sorted(folder.iterdir()) if (table := _table(file.name)) in READ}
    missing = [f"{name}.csv" for name in NEEDED if name not in files]
    if missing:
        raise UnreadableFileError(_("The package lacks: %(files)s.") % {"files": ", ".join(missing)})
    for table, file in files.items():
        yield from _fill_one(database, table, file)
    database.execute("CREATE INDEX row_id ON row (id, kind)")
    database.execute("CREATE INDEX row_number ON row (kind, number)")
    database.execute("CREATE INDEX link_id ON link (kind, name, id)")
    database.execute("CREATE INDEX link_place ON link (name, kind, number)")


def _fill_one(database: sqlite3.Connection, table: str, file: Path) -> Iterator[Problem]:
    seen = set()
    for row in spreadsheet.read(file, sheet="", columns=("id",)):
        cells = {name: cell for name, cell in row.cells.items() if cell}
        found: list[Problem] = []
        checks.note_row(row, found)
        yield from (problem._replace(column=_place(table, row.number, problem.column)) for problem in found)
        own = cells.get("id", "").casefold()
        if not own or own in seen:
            twice = _("The id stands twice in the file: only the first row counts.")
            yield Problem(_place(table, row.number, "id"), twice if own else _("The id is missing."), True)
            continue
        seen.add(own)
        database.execute("INSERT INTO row VALUES (?, ?, ?, ?)", (table, own, row.number, json.dumps(cells)))
        links = [(table, row.number, name, cells[name].casefold()) for name in TARGETS if name in cells]
        database.executemany("INSERT INTO link VALUES (?, ?, ?, ?)", links)


def _place(table: str, number: int, column: str) -> str:
    return f"{table}.csv, {number}: {column}"


def _services(database: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """Yield each service in the shape that HSDS's JSON gives it."""
    for (own,) in database.execute("SELECT id FROM row WHERE kind = 'services' ORDER BY number"):
        service = _one(database, "services", own)
        service |= _hanging(database, "service_id", own)
        service["organization"] = _one(database, "organizations", service.get("organization_id", ""))
        organization = service["organization"]
        if organization:
            organization |= {"phones": _all(database, "phones", "organization_id", organization["id"].casefold())}
        service["service_at_locations"] = [
            _place_of(database, row) for row in _all(database, "service_at_location", "service_id", own)
        ]
        yield service


def _place_of(database: sqlite3.Connection, row: dict[str, Any]) -> dict[str, Any]:
    own = row.get("location_id", "").casefold()
    location = _one(database, "locations", own)
    if location:
        location |= _hanging(database, "location_id", own)
        location["addresses"] = _all(database, "addresses", "location_id", own)
    return {**row, **_hanging(database, "service_at_location_id", row["id"].casefold()), "location": location}


def _hanging(database: sqlite3.Connection, column: str, own: str) -> dict[str, Any]:
    """Return the phones, hours and codes of a thing."""
    attributes = _all(database, "attributes", "link_id", own)
    for attribute in attributes:
        attribute["taxonomy_term"] = _one(database, "taxonomy_terms", attribute.get("taxonomy_term_id", ""))
    hanging = {kind: _all(database, kind, column, own) for kind in ("phones", "schedules")}
    return {**hanging, "attributes": attributes} if attributes else hanging


def _one(database: sqlite3.Connection, kind: str, own: str) -> dict[str, Any]:
    found = database.execute("SELECT cells FROM row WHERE kind = ? AND id = ?", (kind, own.casefold())).fetchone()
    return json.loads(found[0]) if found else {}


def _all(database: sqlite3.Connection, kind: str, column: str, own: str) -> list[dict[str, Any]]:
    found = database.execute(
        "SELECT cells FROM link JOIN row USING (kind, number)"
        " WHERE kind = ? AND name = ? AND link.id = ? ORDER BY number",
        (kind, column, own.casefold()),
    )
    return [json.loads(cells) for (cells,) in found]


def _loose_ends(database: sqlite3.Connection) -> Iterator[Problem]:
    """Yield a problem for each cell that names a row which the package does not have."""
    for column, target in TARGETS.items():
        loose = database.execute(
            "SELECT kind, number, id FROM link WHERE name = ? AND NOT EXISTS"
            " (SELECT 1 FROM row WHERE row.id = link.id AND (row.kind = ? OR ? = '')) ORDER BY kind, number",
            (column, target, target),
        )
        for table, number, own in loose:
            message = _("It names “%(value)s”, which the package does not have.") % {"value": own[: checks.SHOWN]}
            yield Problem(_place(table, number, column), message, True)
