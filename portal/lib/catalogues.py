"""Compile the message catalogues; needs Babel, not GNU gettext."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_stale(locale_dir: Path) -> list[Path]:
    """Compile each catalogue that is newer than what was compiled from it; return those.

    Safe in several processes at once: a compiled file appears whole.
    """
    sources = sorted(locale_dir.glob("*/LC_MESSAGES/*.po"))
    stale = [source for source in sources if _is_newer(source, source.with_suffix(".mo"))]
    for source in stale:
        _compile(source)
    return stale


def _is_newer(source: Path, compiled: Path) -> bool:
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> None:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    draft = source.with_suffix(f".mo.{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(source.with_suffix(".mo"))
