"""Run a mail server and installations of the site as processes of their own, to be killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.db import connection

PATIENCE = 300  # seconds for what should take a few


class Mailbox:
    """The mail server's own notes: a line for each message, written before its answer."""

    def __init__(self, folder: Path, *faults: str):
        self.file = folder / "arrived.txt"
        command = [sys.executable, "-m", "tests.newsletter.sink", "0", str(self.file), *faults]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR)
        self.url = f"smtp://127.0.0.1:{self.process.stdout.readline().strip()}"

    def lines(self) -> Counter:
        """Return how often each Message-ID arrived."""
        return Counter(line.split()[1] for line in self.file.read_text().splitlines())

    def count(self) -> int:
        with self.file.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))

    def until(self, count: int, process: "Copy") -> None:
        """Wait until this many have arrived, while the sender lives."""
        deadline = time.monotonic() + PATIENCE
        while self.count() < count:
            assert time.monotonic() < deadline, f"only {self.count()} of {count} arrived; {process.words()}"
            time.sleep(0.002)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Copy:
    """One installation: a folder of its own, the database of this test, and a sender that can be killed."""

    def __init__(self, folder: Path, email_url: str):
        folder.mkdir(exist_ok=True)
        self.log = (folder / "log.txt").open("w")
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "EMAIL_URL": email_url,
            "HASH_KEY": settings.HASH_KEY,
            "SECRET_KEY": settings.SECRET_KEY,
            "SITE_URL": "https://news.example.org",
            "ALLOWED_HOSTS": "news.example.org",
            "VAR_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }
        command = [sys.executable, "-m", "tests.faults.sender"]
        self.parent = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            cwd=settings.BASE_DIR, env=environment,
        )  # fmt: skip
        self.sender = 0

    def start(self, workers: int = 4) -> None:
        """Start a sender."""
        self.parent.stdin.write(f"{workers}\n")
        self.parent.stdin.flush()
        self.sender = int(self.parent.stdout.readline())

    def kill(self) -> None:
        """Kill the whole sender, in the midst of whatever it does."""
        os.kill(self.sender, signal.SIGKILL)
        assert self.ended() == -signal.SIGKILL

    def ended(self) -> int:
        """Wait for the sender's end and return its exit code."""
        self.sender = 0
        return int(self.parent.stdout.readline())

    def stop(self) -> int:
        """Ask the sender to end, as a restart of the site does."""
        os.kill(self.sender, signal.SIGTERM)
        return self.ended()

    def words(self) -> str:
        """Return the end of what the sender said."""
        return Path(self.log.name).read_text()[-2000:]

    def close(self) -> None:
        if self.sender:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.sender, signal.SIGKILL)
        self.parent.kill()
        self.parent.wait()
        for stream in (self.parent.stdin, self.parent.stdout, self.log):
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def database_url() -> str:
    """Return the address of the database that this test uses, for another process."""
    values = connection.get_connection_params()
    host = str(values.get("host", "")).replace("/", "%2F")
    name = values.get("dbname") or values.get("database")
    password = f":{values['password']}" if values.get("password") else ""
    return f"postgres://{values['user']}{password}@{host}:{values.get('port', 5432)}/{name}"
