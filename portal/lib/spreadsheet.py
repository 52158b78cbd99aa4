"""Read a table out of an XLSX or CSV file that somebody hands over, and say in a sentence why one cannot be read.

What a file is, its first bytes say; its name does not count. A workbook is unpacked once into nothing, to see that
it is whole and of an honest size, before any reader sees it: 42 kB can hold 4 GB.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import python_calamine
from django.utils.translation import gettext as _

MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_MEMBERS = 1000
MAX_FILE_BYTES = 100 * 1024 * 1024
_CHUNK = 1024 * 1024
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class UnreadableFileError(Exception):
    """The file cannot be read; the message is a sentence for the person who chose it."""


class Row(NamedTuple):
    """One row: its number as a spreadsheet shows it, and its cells by column name, trimmed."""

    number: int
    cells: dict[str, str]


def read(path: Path, *, sheet: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """Return the rows of a table whose first row names its columns; further columns are kept, empty rows left out.

    Raises `UnreadableFileError` for a file of another kind, a missing sheet or a missing column.
    """
    lines = _lines(path, sheet)
    header = [name.strip().casefold() for name in next(lines, (0, []))[1]]
    missing = [name for name in columns if name not in header]
    if missing:
        raise UnreadableFileError(
            _("The first row must name the columns. Missing: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    return _rows(lines, header)


def _rows(lines: Iterator[tuple[int, list[str]]], header: list[str]) -> Iterator[Row]:
    for number, cells in lines:
        if any(cells):
            padded = cells + [""] * (len(header) - len(cells))
            yield Row(number, {name: clean(cell) for name, cell in zip(header, padded, strict=False) if name})


def clean(cell: str) -> str:
    """Return the cell's text on one line, without NUL, control or direction-changing characters."""
    if cell.isprintable():  # nearly every cell: told in one step
        return " ".join(cell.split())
    return " ".join("".join(c for c in cell if c.isprintable() or c.isspace()).split())


def _lines(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise UnreadableFileError(_("The file %(path)s cannot be opened.") % {"path": path}) from error
    if size > MAX_FILE_BYTES:
        raise UnreadableFileError(_("The file is larger than 100 MB. Nothing was read."))
    if start == _ZIP:
        _refuse_bomb(path)
        return _workbook_lines(path, sheet)
    if start == _OLD_EXCEL:
        raise UnreadableFileError(_("This is an old Excel file or a locked one. Save it as .xlsx without a password."))
    return _csv_lines(path)


def _refuse_bomb(path: Path) -> None:
    """Raise `UnreadableFileError` unless the archive unpacks to a sane size; sizes that it states are not believed."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise UnreadableFileError(_("This workbook has too many parts. Nothing was read."))
            left = MAX_UNPACKED_BYTES
            for member in members:
                with archive.open(member) as part:
                    while chunk := part.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise UnreadableFileError(_("This workbook unpacks to more than 256 MB. Nothing was read."))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as error:
        raise UnreadableFileError(
            _("This file looks like a workbook but is damaged or locked. Nothing was read.")
        ) from error


def _workbook_lines(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        if sheet not in workbook.sheet_names:
            raise UnreadableFileError(_("The workbook has no sheet “%(sheet)s”.") % {"sheet": sheet})
        table = workbook.get_sheet_by_name(sheet)
    except python_calamine.CalamineError as error:
        raise UnreadableFileError(_("This file is not a spreadsheet that can be read. Nothing was read.")) from error
    first = table.start[0] + 1 if table.start else 1
    return ((number, [_text(cell) for cell in cells]) for number, cells in enumerate(table.iter_rows(), first))


def _text(cell) -> str:
    """Return a cell as text; a whole number loses the ".0" that a spreadsheet gives it."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UnreadableFileError(
            _("The file is not in UTF-8: line %(line)d has a character of another encoding. Save it as “CSV UTF-8”.")
            % {"line": line}
        ) from error
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), strict=True))
    except csv.Error as error:
        raise UnreadableFileError(
            _("The file is neither an XLSX workbook nor a CSV table. Nothing was read.")
        ) from error
    return iter(list(enumerate(rows, 1)))
