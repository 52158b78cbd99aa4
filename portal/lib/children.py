"""Keep child processes running, and stop them together."""

import contextlib
import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LIVED_WELL = 30  # seconds: after that long a death starts the count of deaths anew
LONGEST_PAUSE = 60  # seconds between two attempts
PATIENCE_TO_STOP = 15  # seconds until a child that ignores SIGTERM is killed


class ChildError(Exception):
    """Say that a child which must run cannot."""


@dataclass
class Child:
    """A program that is started again whenever it dies."""

    name: str
    command: list[str]
    environment: dict[str, str]
    inherits: tuple[int, ...] = ()
    most_deaths: int | None = None
    process: subprocess.Popen | None = None
    deaths: int = 0
    due_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the program in a group of its own, so that Ctrl-C reaches only the parent, which stops it in order."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            pass_fds=self.inherits,
            process_group=0,
            preexec_fn=_die_with_parent,
        )

    def watch(self, say: Callable[[str], object]) -> None:
        """Notice a death and start anew after a pause that grows; raise ChildError after too many deaths."""
        if self.process is None:
            if time.monotonic() >= self.due_at:
                self.start()
        elif self.process.poll() is not None:
            self._died(self.process.returncode, say)

    def _died(self, code: int, say: Callable[[str], object]) -> None:
        self.deaths = 1 if time.monotonic() - self.started_at > LIVED_WELL else self.deaths + 1
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
        if self.most_deaths is not None and self.deaths >= self.most_deaths:
            raise ChildError(f"The {self.name} ended {how}, {self.deaths} times in a row. Its words are above.")
        pause = min(2 ** (self.deaths - 1) - 1, LONGEST_PAUSE)
        say(f"The {self.name} ended {how}. Starting it again{f' in {pause} seconds' if pause else ''}.")
        self.process, self.due_at = None, time.monotonic() + pause


def stop_all(children: list[Child]) -> None:
    """Ask every child to finish what it does, wait, and kill what is left."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + PATIENCE_TO_STOP
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        if process.poll() is None:
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    """Have Linux end the child when the parent is killed and cannot do so itself (PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
