"""Choose the reader by what a file is, not by what its name says."""

import tempfile
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from ..archives import UnreadableFileError
from . import markdown, word
from .sections import Document, split

MAX_BYTES = 10 * 1024 * 1024
_OLD_WORD = b"\xd0\xcf\x11\xe0"  # the container of .doc, and of a .docx with a password
_KINDS = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


def read(file: BinaryIO) -> Document:
    """Return what a document says and what was dropped; raises `UnreadableFileError` with a sentence for its sender."""
    raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise UnreadableFileError(_("This file is too big: at most 10 MB."))
    if not raw.strip():
        raise UnreadableFileError(_("This file is empty."))
    if raw.startswith(b"PK"):
        html, dropped = _word(raw)
    elif raw.startswith(_OLD_WORD):
        raise UnreadableFileError(_("This is an old Word file, or one with a password. Save it as .docx without one."))
    elif raw.startswith(_KINDS) or b"\x00" in raw:
        raise UnreadableFileError(_("This is neither a Word document (.docx) nor a Markdown text."))
    else:
        html, dropped = markdown.read(_text(raw))
    return split(html, dropped)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(_("This file is not text in UTF-8. Save it as UTF-8.")) from error


def _word(raw: bytes) -> tuple[str, list[str]]:
    with tempfile.NamedTemporaryFile(suffix=".docx") as copy:
        copy.write(raw)
        copy.flush()
        return word.read(Path(copy.name))
