"""Read what SAMHSA's locator lets people download: a CSV with a column of 0 and 1 for each code."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.lib import spreadsheet

from . import checks
from .record import Problem, Record
from .samhsa_directory import facility

COLUMNS = ("name1", "name2", "street1", "street2", "city", "state", "zip", "phone", "type_facility")
TREATS_SUBSTANCE_USE = ("SA", "BOTH")
YES = ("1", "1.0", "true", "yes")


def read(path: Path, options: Mapping[str, Any], known: Collection[str]) -> Iterator[Record]:
    """Yield the facilities that treat substance use; raises `UnreadableFileError`."""
    by_column = {code.casefold(): code for code in known}
    for row in spreadsheet.read(path, sheet="", columns=COLUMNS):
        marked = [by_column[column] for column, cell in row.cells.items() if cell in YES and column in by_column]
        record = facility(row, marked, known)
        checks.note_row(row, record.problems)
        kind = row.cells["type_facility"].upper()
        if kind not in TREATS_SUBSTANCE_USE and "SA" not in marked:
            message = _("No place for substance use treatment: SAMHSA calls it “%(kind)s”.")
            record.problems.append(Problem("type_facility", message % {"kind": kind[:10]}, True))
        yield record
