"""Read CSV tables however they were saved, a row at a time; write cells that no spreadsheet takes for a formula."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from .archives import UnreadableFileError

SEPARATORS = ",;\t|"
MAX_LINE = 4 * 1024 * 1024  # characters; a file without line ends would be read whole
# What a spreadsheet takes for a formula, and what some take for the end of the cell before it.
RISKY = ("=", "+", "-", "@", "|", "\t", "\r", "\n")
_CHUNK = 1024 * 1024
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def safe_cell(text: str) -> str:
    """Return the text so that no spreadsheet runs it: an apostrophe goes before what would begin a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def lines(path: Path) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """Return a notice about the encoding ("" for none) and the numbered rows.

    Raises `UnreadableFileError`, while the rows are read too.
    """
    encoding, notice = _encoding(path)
    return notice, _rows(path, encoding)


def _encoding(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        start = file.read(1000)
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            return _checked(path, name)
    if start[1::2].count(0) > len(start) // 4:
        return _checked(path, "utf-16-le")
    if start[::2].count(0) > len(start) // 4:
        return _checked(path, "utf-16-be")
    return _checked(path, "utf-8")


def _checked(path: Path, encoding: str) -> tuple[str, str]:
    """Return the encoding that the whole file is in, UTF-8 giving way to Windows-1252, with a notice about that."""
    bad_line = _first_bad_line(path, encoding)
    if bad_line is None:
        return encoding, ""
    if encoding == "utf-8" and not _has_utf8_letters(path) and _first_bad_line(path, "windows-1252") is None:
        return "windows-1252", _("The file is not in UTF-8. It was read as Windows-1252: look at the accents.")
    raise UnreadableFileError(
        _("Line %(line)d has a character of another encoding than the rest. Save the file as “CSV UTF-8”.")
        % {"line": bad_line}
    )


def _first_bad_line(path: Path, encoding: str) -> int | None:
    """Return the number of the first line that is not in this encoding; refuse a line that no reader should hold."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, length = 1, 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            length = _length_of_last(text, length)
            line += text.count("\n")
            if length > MAX_LINE:
                raise UnreadableFileError(_("Line %(line)d is longer than 4 MB. Nothing was read.") % {"line": line})
            if not chunk:
                return None


def _length_of_last(text: str, before: int) -> int:
    """Return how long the last line is after this text, which a longer one before it makes no shorter."""
    end = max(text.rfind("\n"), text.rfind("\r"))
    return before + len(text) if end < 0 else len(text) - end - 1


def _has_utf8_letters(path: Path) -> bool:
    """Say whether parts of the file are letters in UTF-8: then it is a mixture, and no encoding reads it well."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if not chunk.decode("utf-8", errors="ignore").isascii():
                return True
    return False


def _rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(64 * 1024)
        separator = max(SEPARATORS, key=lambda mark: (first.count(mark), -SEPARATORS.index(mark)))
        file.seek(0)
        number = 0
        try:
            for number, cells in enumerate(csv.reader(file, delimiter=separator, strict=True), 1):
                yield number, cells
        except csv.Error as error:
            if "limit" in str(error):
                message = _("Row %(row)d has a cell of more than %(count)s characters.")
                values = {"row": number + 1, "count": f"{csv.field_size_limit():,}"}
                raise UnreadableFileError(message % values) from error
            raise UnreadableFileError(
                _("Row %(row)d is no row of a CSV table: a quotation mark is out of place.") % {"row": number + 1}
            ) from error
