"""Read from the machine what settings need: a time zone by name, a number, a secret kept in a file."""

import os
from pathlib import Path
from secrets import token_urlsafe
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def is_time_zone(name: str) -> bool:
    """Say whether the machine knows a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def whole_number(name: str, unset: int) -> int:
    """Return the number in this variable, or -1 for anything else, so that a system check can say what to set."""
    value = os.environ.get(name) or str(unset)
    return int(value) if value.isascii() and value.isdecimal() else -1


def kept_secret(path: Path) -> str:
    """Return the secret in this file, made on the first call; safe when several processes ask at once.

    Only its owner may read the file. Where it can be neither read nor made the answer is too short to be one, and a
    system check says what to do.
    """
    try:
        return path.read_text().strip() if path.exists() else _make(path)
    except OSError:
        return "none"


def _make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(token_urlsafe(50))
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its secret counts
    finally:
        draft.unlink()
    return path.read_text().strip()
