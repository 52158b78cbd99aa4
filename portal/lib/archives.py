"""Look into a ZIP archive, which XLSX is too, before any reader trusts it: 42 kB can hold 4 GB."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_MEMBERS = 1000
_CHUNK = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error, OSError)


class UnreadableFileError(Exception):
    """The file cannot be read; the message is a sentence for the person who chose it."""


def checked_names(path: Path) -> list[str]:
    """Return the names in an archive after unpacking all of it into nothing: sizes that it states are not believed.

    Raises `UnreadableFileError` for an archive that is damaged, locked, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if len(names) > MAX_MEMBERS:
                raise UnreadableFileError(_("This file has too many parts inside. Nothing was read."))
            left = MAX_UNPACKED_BYTES
            for size in _sizes(archive):
                left -= size
                if left < 0:
                    raise UnreadableFileError(_("This file unpacks to more than 256 MB. Nothing was read."))
    except _DAMAGED as error:
        raise UnreadableFileError(_("This file is damaged or locked with a password. Nothing was read.")) from error
    return names


def _sizes(archive: zipfile.ZipFile) -> Iterator[int]:
    for member in archive.infolist():
        with archive.open(member) as part:
            while chunk := part.read(_CHUNK):
                yield len(chunk)
