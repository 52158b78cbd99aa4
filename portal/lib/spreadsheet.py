"""Read a table out of an XLSX or CSV file that somebody hands over, and say in a sentence why one cannot be read.

What a file is, its first bytes say; its name does not count.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import python_calamine
from django.utils.translation import gettext as _

from . import archives, delimited
from .archives import UnreadableFileError

__all__ = ["MAX_FILE_BYTES", "Row", "Table", "UnreadableFileError", "clean", "open_table", "read", "refuse_other_kinds"]

MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 1_000_000, 16_384
ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_MACROS = "xl/vbaProject.bin"


class Row(NamedTuple):
    """One row: its number as a spreadsheet shows it, its cells by column, and the columns whose text was altered.

    The cells are trimmed; a cell is altered when invisible characters other than spaces were taken out of it. The first
    row carries the notice about the whole file, if there is one.
    """

    number: int
    cells: dict[str, str]
    altered: tuple[str, ...] = ()
    notice: str = ""


@dataclass
class Table:
    """A table whose first row names its columns: the names as typed by the names to ask for, and its rows."""

    columns: dict[str, str]
    rows: Iterator[Row]
    repeated: tuple[str, ...] = ()


def read(path: Path, *, sheet: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """Return the rows of a table that has these columns; further columns are kept, empty rows left out.

    Raises `UnreadableFileError` for a file of another kind, a missing sheet, or a column missing or there twice.
    """
    table = open_table(path, sheet=sheet)
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise UnreadableFileError(
            _("The first row must name the columns. Missing: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    twice = [name for name in columns if name in table.repeated]
    if twice:
        raise UnreadableFileError(_("There twice: the columns %(columns)s.") % {"columns": ", ".join(twice)})
    return table.rows


def open_table(path: Path, *, sheet: str = "") -> Table:
    """Return the table in a file (of a workbook: this sheet or the first), whose rows are read as they are asked for.

    Raises `UnreadableFileError`, while the rows are read too.
    """
    start = refuse_other_kinds(path)
    if start.startswith(ZIP):
        notice, lines = "", _workbook_lines(path, sheet)
    else:
        notice, lines = delimited.lines(path)
    titles = next(lines, (0, []))[1]
    if len(titles) > MAX_COLUMNS:
        raise UnreadableFileError(_("The table has more than %(count)s columns.") % {"count": f"{MAX_COLUMNS:,}"})
    names = _names(titles)
    plain = Counter(_plain(title) for title in titles)
    repeated = tuple(name for name, count in plain.items() if name and count > 1)
    columns = {name: clean(title) for name, title in zip(names, titles, strict=True) if name}
    return Table(columns, _rows(lines, names, notice), repeated)


def refuse_other_kinds(path: Path) -> bytes:
    """Return the first bytes of a file of at most 100 MB that may be a table or JSON.

    Raises `UnreadableFileError` for what is known to be something else.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise UnreadableFileError(_("The file %(path)s cannot be opened.") % {"path": path}) from error
    if size > MAX_FILE_BYTES:
        raise UnreadableFileError(_("The file is larger than 100 MB. Nothing was read."))
    if start.startswith(_OLD_EXCEL):
        raise UnreadableFileError(_("This is an old Excel file or a locked one. Save it as .xlsx without a password."))
    if start.startswith(b"\x1f\x8b"):
        raise UnreadableFileError(_("This file is packed with gzip. Unpack it first."))
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise UnreadableFileError(_("This is a web page or XML, whatever its name says. Nothing was read."))
    return start


def clean(cell: str) -> str:
    """Return the cell's text on one line, without NUL, control or direction-changing characters."""
    if cell.isprintable():  # nearly every cell: told in one step
        return " ".join(cell.split())
    return " ".join("".join(c for c in cell if c.isprintable() or c.isspace()).split())


def is_altered(cell: str) -> bool:
    """Say whether `clean` takes more than spaces and line ends out of this text."""
    return not cell.isprintable() and any(not c.isprintable() and not c.isspace() for c in cell)


def _plain(title: str) -> str:
    """Return a title as it is compared: small letters, joined by "_"."""
    return re.sub(r"[\s_-]+", "_", clean(title).casefold())


def _names(titles: list[str]) -> list[str]:
    """Return the titles as names; a later one of the same name gets a number, which nobody asks for by accident."""
    seen: Counter[str] = Counter()
    names = []
    for title in titles:
        name = _plain(title)
        seen[name] += 1
        names.append(name if not name or seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _rows(lines: Iterator[tuple[int, list[str]]], names: list[str], notice: str) -> Iterator[Row]:
    for number, cells in lines:
        if number > MAX_ROWS:
            raise UnreadableFileError(_("The table has more than %(count)s rows.") % {"count": f"{MAX_ROWS:,}"})
        if any(cells):
            padded = cells + [""] * (len(names) - len(cells))
            pairs = [(name, cell) for name, cell in zip(names, padded, strict=False) if name]
            altered = tuple(name for name, cell in pairs if is_altered(cell))
            yield Row(number, {name: clean(cell) for name, cell in pairs}, altered, notice)
            notice = ""


def _workbook_lines(path: Path, sheet: str) -> Iterator[tuple[int, list[str]]]:
    if _MACROS in archives.checked_names(path):
        raise UnreadableFileError(_("This workbook holds macros. Save it as .xlsx, which holds none."))
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        names = workbook.sheet_names
        if sheet and sheet not in names:
            raise UnreadableFileError(_("The workbook has no sheet “%(sheet)s”.") % {"sheet": sheet})
        table = workbook.get_sheet_by_name(sheet or next(iter(names), ""))
    except python_calamine.CalamineError as error:
        raise UnreadableFileError(_("This file is not a spreadsheet that can be read. Nothing was read.")) from error
    first = table.start[0] + 1 if table.start else 1
    return ((number, [_text(cell) for cell in cells]) for number, cells in enumerate(table.iter_rows(), first))


def _text(cell) -> str:
    """Return a cell as text; a whole number loses the ".0" that a spreadsheet gives it."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
