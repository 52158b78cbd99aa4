"""Keep, outside the database, what the mail server answered: it outlives a killed sender and a dead database."""

import re
from pathlib import Path

from django.conf import settings

MAX_REPLY = 200
_LINE = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([0-9]{1,4}) ([0-9]{3}) ?(.*)")


class Journal:
    """The file of one sender: a line for each message that was accepted and may not yet be in the database."""

    def __init__(self, worker: int):
        folder().mkdir(parents=True, exist_ok=True)
        self.path = folder() / f"{worker}.txt"
        self.path.touch(mode=0o600)
        self.file = self.path.open("ab", buffering=0)

    def note(self, delivery_id, attempt: int, code: int, reply: str) -> None:
        """Add one accepted message; a plain write survives the death of this process."""
        words = " ".join(reply.split())[:MAX_REPLY]
        self.file.write(f"{delivery_id} {attempt} {code} {words}\n".encode())

    def forget(self) -> None:
        """Start anew, once the database knows every line."""
        self.file.truncate(0)

    def close(self) -> None:
        """Stop writing; the file stays for whoever takes over."""
        self.file.close()

    def remove(self) -> None:
        """End the file of a sender that leaves nothing open."""
        self.close()
        self.path.unlink(missing_ok=True)


def folder() -> Path:
    """Return where the journals of this machine lie."""
    return settings.VAR_DIR / "newsletter" / "outcomes"


def workers() -> list[int]:
    """Return the senders that left a journal on this machine."""
    return [int(path.stem) for path in folder().glob("*.txt") if path.stem.isdigit()]


def read(worker: int) -> list[tuple[str, int, int, str]]:
    """Return the whole lines of a sender's journal: delivery, attempt, code, reply.

    After a loss of power a file may hold anything; what is no line of ours is left out.
    """
    path = folder() / f"{worker}.txt"
    if not path.exists():
        return []
    whole, _newline, _torn = path.read_text(errors="replace").rpartition("\n")
    found = (_LINE.fullmatch(line) for line in whole.split("\n"))
    return [(row[1], int(row[2]), int(row[3]), row[4].replace("\0", "")) for row in found if row]


def remove(worker: int) -> None:
    """Delete the journal of a sender whose lines are in the database."""
    (folder() / f"{worker}.txt").unlink(missing_ok=True)
