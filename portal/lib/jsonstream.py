"""Read a large JSON file an entry at a time, and say in a sentence why one cannot be read."""

import codecs
import math
import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import ijson
from django.utils.translation import gettext as _

from .archives import UnreadableFileError
from .spreadsheet import refuse_other_kinds

MOST_LEVELS = 40
MOST_VALUES = 200_000  # in one entry: what has more is no entry of a list
_CHUNK = 1024 * 1024
_LONGEST_NUMBER = 300
_TOO_LONG_A_NUMBER = re.compile(rb"[0-9]{%d}" % _LONGEST_NUMBER)  # one of 4,300 digits ends ijson 3.6 with a fault


class Entry(NamedTuple):
    """One entry of a list: its number from 1, its value, and the keys that stood twice or held no usable number."""

    number: int
    value: Any
    doubtful: tuple[str, ...] = ()


def entries(path: Path, *, lists: Collection[str]) -> Iterator[Entry]:
    """Return the entries of the list that a file is, or of the list under one of these keys, or else the file as one.

    Raises `UnreadableFileError` before the first entry or between two.
    """
    refuse_other_kinds(path)
    number = 0
    try:
        with path.open("rb") as file:
            for number, (value, doubtful) in enumerate(_values(ijson.basic_parse(_utf8(file)), lists), 1):
                yield Entry(number, value, doubtful)
    except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
        raise UnreadableFileError(
            _("This is not JSON that can be read: something is wrong after entry %(number)d.") % {"number": number}
        ) from error


def _utf8(file: BinaryIO) -> "_Bounded":
    """Return the file as UTF-8 without a mark, refusing a text of a megabyte before anything holds it."""
    start = file.read(3)
    file.seek(3 if start == codecs.BOM_UTF8 else 0)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        file.seek(0)
        return _Bounded(codecs.EncodedFile(file, "utf-8", "utf-16"))
    return _Bounded(file)


class _Bounded:
    """Pass a file through in pieces, none of which may be the inside of one endless text or number."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.run = 0
        self.end = b""

    def read(self, size: int = -1) -> bytes:
        """Return the next piece; raises `UnreadableFileError` inside a text or number that is too long."""
        piece = self.file.read(min(size, _CHUNK) if size >= 0 else _CHUNK)
        first, last = piece.find(b'"'), piece.rfind(b'"')
        self.run = self.run + len(piece) if first < 0 else len(piece) - last
        if self.run > _CHUNK:
            raise UnreadableFileError(_("A text in this file is longer than 1 MB. Nothing was read."))
        if _TOO_LONG_A_NUMBER.search(self.end + piece):
            raise UnreadableFileError(_("A number in this file has more than 300 digits. Nothing was read."))
        self.end = (self.end + piece)[-_LONGEST_NUMBER:]
        return piece


def _values(events: Iterator[tuple[str, Any]], lists: Collection[str]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    event, value = next(events, ("null", None))
    if event == "start_array":
        yield from _listed(events)
        for _rest in events:  # none, or the reader finds out that the file goes on
            pass
        return
    if event != "start_map":
        raise UnreadableFileError(_("The file holds no list of entries."))
    whole: dict[str, Any] = {}
    was_list = False
    for event, key in events:
        if event == "end_map":
            break
        event, value = next(events)
        if event == "start_array" and key in lists:
            was_list = True
            yield from _listed(events)
        else:
            whole[key] = _Builder(events).build(event, value)
    if not was_list and whole:
        yield whole, ()


def _listed(events: Iterator[tuple[str, Any]]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    for event, value in events:
        if event == "end_array":
            return
        builder = _Builder(events)
        built = builder.build(event, value)
        yield built, tuple(builder.doubtful)


class _Builder:
    """Build one value out of its events, within bounds."""

    def __init__(self, events: Iterator[tuple[str, Any]]):
        self.events = events
        self.doubtful: list[str] = []
        self.count = 0

    def build(self, event: str, value: Any, level: int = 1, key: str = "") -> Any:
        """Return the value that begins with this event."""
        self.count += 1
        if level > MOST_LEVELS:
            raise UnreadableFileError(
                _("Entries in this file are nested deeper than %(count)d levels.") % {"count": MOST_LEVELS}
            )
        if self.count > MOST_VALUES:
            raise UnreadableFileError(_("One entry in this file holds more than 200,000 values."))
        if event == "start_map":
            return self._map(level)
        if event == "start_array":
            return [self.build(inner, each, level + 1, key) for inner, each in iter(self._next, ("end_array", None))]
        return self._number(value, key) if event == "number" else value

    def _next(self) -> tuple[str, Any]:
        return next(self.events)

    def _map(self, level: int) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for _event, key in iter(self._next, ("end_map", None)):
            if key in built:
                self.doubtful.append(key)
            event, value = next(self.events)
            built[key] = self.build(event, value, level + 1, key)
        return built

    def _number(self, value: int | Decimal, key: str) -> int | float | None:
        """Return a number that fits, as PostgreSQL and Python's own JSON can hold it."""
        if isinstance(value, Decimal):
            near = float(value)
            if math.isfinite(near):
                return near
        elif abs(value) < 2**63:
            return value
        self.doubtful.append(key)
        return None
