"""Write everything public as one file of HSDS 3.0, JSON or a ZIP of CSV tables, in parts while it is read.

The tables are the rows of the JSON taken apart, so both hold the same. Text in a table is formula-safe.
"""

import contextlib
import csv
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import override

from ..exchange import safe_cell
from ..models import Service
from . import dump, rows
from .fields import TABLES, VERSION

BATCH = 250
LARGEST = "attribute"  # the table that is written while the rows are read; the small ones wait in temporary files
SHARED = {"organization", "location"}  # several rows hold the same one
WORDS = {"taxonomy_term", "taxonomy_detail"}  # every attribute holds one; their tables are written by themselves
TYPES = {"number": "number", "date": "date", "date-time": "datetime"}  # of Frictionless Data; all else is a string


def as_json(value: Any) -> str:
    """Return the value as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def services(words: dump.Words, language: str) -> Iterator[list[dict[str, Any]]]:
    """Yield every public service, fully nested, in batches; text in this language."""
    ids = list(rows.public_services().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        chosen = Service.objects.filter(pk__in=ids[start : start + BATCH]).order_by("pk")
        with override(language):
            loaded = rows.with_listings(chosen, is_full=True)
            batch = [dump.service_full(row, words) for row in loaded if row.listings.all()]
        yield batch


def json_file(language: str) -> Iterator[bytes]:
    """Yield the file that is one page of the API's own form with every service in it."""
    total = rows.public_services().count()
    head = {"total_items": total, "total_pages": 1, "page_number": 1, "size": total}
    head |= {"first_page": True, "last_page": True, "empty": total == 0}
    yield as_json(head)[:-1].encode() + b',"contents":['
    comma = ""
    for batch in services(_words(language), language):
        yield (comma + ",".join(map(as_json, batch))).encode()
        comma = ","
    yield b"]}\n"


def zip_file(language: str) -> Iterator[bytes]:
    """Yield the ZIP file of all tables and a datapackage.json that describes them."""
    words, outlet = _words(language), _Outlet()
    with zipfile.ZipFile(cast(Any, outlet), "w", zipfile.ZIP_DEFLATED) as archive, contextlib.ExitStack() as stack:
        waiting = {name: stack.enter_context(tempfile.TemporaryFile()) for name in TABLES if name != LARGEST}
        with archive.open(_info(TABLES[LARGEST].file), "w", force_zip64=True) as largest:
            tables = {name: _Table(name, file) for name, file in {LARGEST: largest, **waiting}.items()}
            for batch in services(words, language):
                _write(tables, (pair for row in batch for pair in taken_apart("service", row)))
                yield outlet.take()
            _write(tables, _vocabulary(words, language))
            for table in tables.values():
                table.finish()
        for name, file in waiting.items():
            file.seek(0)
            with archive.open(_info(TABLES[name].file), "w") as entry:
                shutil.copyfileobj(file, entry)
            yield outlet.take()
        archive.writestr(_info("datapackage.json"), json.dumps(datapackage(), indent=2))
    yield outlet.take()


def taken_apart(table: str, given: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (table, row) for a row and for all that is nested in it, without the words of the taxonomies.

    What an attribute belongs to is told by where it is nested, and in a table by the columns of its link.
    """
    yield table, given
    for name, (nested, is_list) in TABLES[table].nested.items():
        if name in given and name not in WORDS:
            link = {"link_id": given["id"], "link_entity": table} if nested == "attribute" else {}
            for row in given[name] if is_list else [given[name]]:
                yield from taken_apart(nested, row | link)


def datapackage() -> dict[str, Any]:
    """Return the description of the tables in the words of Frictionless Data."""
    resources = [
        {
            "name": name,
            "path": table.file,
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "primaryKey": "id",
                "fields": [{"name": column.name, "type": TYPES.get(column.kind, "string")} for column in table.columns],
            },
        }
        for name, table in TABLES.items()
    ]
    return {"name": "faro", "profile": "tabular-data-package", "version": VERSION, "resources": resources}


def _words(language: str) -> dump.Words:
    with override(language):
        return dump.Words()


def _vocabulary(words: dump.Words, language: str) -> list[tuple[str, Mapping[str, Any]]]:
    every = [*words.codes.values(), *words.facts.values()]
    with override(language):
        taxonomies = [dump.taxonomy(name) for name in dict.fromkeys(term["taxonomy"] for term in every)]
    return [*(("taxonomy", row) for row in taxonomies), *(("taxonomy_term", term) for term in every)]


def _write(tables: Mapping[str, "_Table"], pairs: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    for name, row in pairs:
        tables[name].write(row)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


class _Table:
    """One CSV table under way; a row that several others hold is written once."""

    def __init__(self, name: str, file: Any):
        self.columns = [column.name for column in TABLES[name].columns]
        self.is_shared, self.seen = name in SHARED, set[str]()
        self.text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
        self.writer = csv.writer(self.text)
        self.writer.writerow(self.columns)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write one row, unless it is shared and was written."""
        if self.is_shared and row["id"] in self.seen:
            return
        if self.is_shared:
            self.seen.add(row["id"])
        cells = (row.get(name, "") for name in self.columns)
        self.writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in cells])

    def finish(self) -> None:
        """Hand over what is still held back, and leave the file open."""
        self.text.flush()
        self.text.detach()


class _Outlet:
    """What the ZIP file is written to: bytes that wait to be sent."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep these bytes."""
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: the bytes are taken, not pushed."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        parts, self.parts = self.parts, []
        return b"".join(parts)
