"""Create, start and stop the PostgreSQL of a local copy.

Safe to call from many processes at once and after `kill -9` of anything: a file lock lets one work at a time, the
answer to a connection is the only sign of life that counts, and a cluster appears under its name when it is whole.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import binaries as installed
from .binaries import Binaries, PostgresError, run
from .configuration import PORT, write_configuration
from .identity import Identity, hand_over, identity_for, require_reach
from .processes import postmaster_runs

DATABASE = "faro"
SUPERUSER = "postgres"
LONGEST_SOCKET_FOLDER = 80  # bytes; the kernel allows about 100 for the folder and the socket's own name
PATIENCE_TO_START = 10  # seconds of new attempts: after kill -9 the old processes take a moment to go
PATIENCE_TO_RECOVER = 60  # seconds for a living server to replay its log


def settings(var_dir: Path) -> dict:
    """Return the DATABASES entry of the PostgreSQL below a folder; look at nothing, start nothing."""
    return {
        "ENGINE": __package__,
        "NAME": DATABASE,
        "USER": SUPERUSER,
        "PORT": str(PORT),
        "VAR_DIR": var_dir,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


@dataclass(frozen=True)
class Server:
    """The PostgreSQL kept below a folder, which may not exist yet."""

    var_dir: Path
    binaries: Binaries

    @classmethod
    def below(cls, var_dir: Path) -> "Server":
        """Return the server of a folder, run by the binaries this machine should use."""
        return cls(var_dir.resolve(), installed.find())

    @property
    def data_dir(self) -> Path:
        """Return the cluster's folder; a new major version cannot read an old one's, so each has its own."""
        return self.var_dir / f"postgres-{self.binaries.major}"

    @property
    def socket_dir(self) -> Path:
        """Return the folder of the socket: the data folder, or a short name for it where that is too long."""
        if len(os.fsencode(self.data_dir)) <= LONGEST_SOCKET_FOLDER:
            return self.data_dir
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"faro-postgres-{name}"

    def accepts_connections(self) -> bool:
        """Ask the server itself."""
        return self._client("pg_isready", "--quiet", "--timeout=3").returncode == 0

    def start(self) -> None:
        """Make the cluster and its database if missing and have it accept connections, or raise PostgresError."""
        with self._alone():
            if not self.accepts_connections():
                identity = identity_for(self.data_dir)
                self._create_cluster(identity)
                self._create_socket_dir(identity)
                write_configuration(self.data_dir, self.socket_dir)
                self._launch(identity)
            self._create_database()

    def stop(self) -> None:
        """Stop the server if it runs; open connections are cut, nothing committed is lost."""
        with self._alone():
            if self.accepts_connections() or postmaster_runs(self.data_dir):
                stop = self.binaries.command("pg_ctl", "stop", "-D", self.data_dir, "-m", "fast", "-w", "-t", "30")
                self._must(identity_for(self.data_dir), stop, "PostgreSQL did not stop")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock of this server; the kernel lets go of it when the holder dies."""
        try:
            self.var_dir.mkdir(parents=True, exist_ok=True)
            lock = self.data_dir.with_suffix(".lock").open("w")
        except PermissionError as error:
            raise PostgresError(f"{error.filename} belongs to another account, or may not be written.") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _create_cluster(self, identity: Identity) -> None:
        """Run initdb beside the final name and rename, so that a run cut short leaves no half cluster."""
        if self.data_dir.exists():
            return
        unfinished = self.data_dir.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._refuse_to_start_empty()
        unfinished.mkdir(mode=0o700)
        hand_over(unfinished, identity)
        require_reach(unfinished, self.binaries.folder / "initdb", identity)
        access = ["--auth-local=trust", "--auth-host=reject"]
        basics = ["-D", str(unfinished), "-U", SUPERUSER, "-E", "UTF8", "--no-instructions"]
        initdb = self.binaries.command("initdb", *basics, *access, *self.binaries.locale_arguments)
        self._must(identity, initdb, "PostgreSQL could not make its data folder")
        unfinished.rename(self.data_dir)

    def _refuse_to_start_empty(self) -> None:
        others = sorted(path.name for path in self.var_dir.glob("postgres-*") if (path / "PG_VERSION").exists())
        if others:
            raise PostgresError(
                f"{self.var_dir} holds data of another PostgreSQL ({', '.join(others)}), which version "
                f"{self.binaries.major} cannot read. docs/operations.md says how to bring it over."
            )

    def _create_socket_dir(self, identity: Identity) -> None:
        """Make the short folder in the temporary one; refuse a folder that somebody else made there first."""
        if self.socket_dir == self.data_dir:
            return
        with contextlib.suppress(FileExistsError):
            self.socket_dir.mkdir(mode=0o700)
            os.chown(self.socket_dir, self.data_dir.stat().st_uid, -1)
        found = self.socket_dir.lstat()
        if found.st_uid != self.data_dir.stat().st_uid or found.st_mode & 0o077:
            raise PostgresError(f"{self.socket_dir} belongs to somebody else. Remove it, or move this copy.")

    def _launch(self, identity: Identity) -> None:
        """Start the server, again and again while what a killed one left behind is in the way."""
        log = self.data_dir / "server.log"
        start = self.binaries.command("pg_ctl", "start", "-D", self.data_dir, "-l", log, "-s", "-w", "-t", "60")
        began = time.monotonic()
        while True:
            if postmaster_runs(self.data_dir):
                words, patience = "It runs but does not accept connections.", PATIENCE_TO_RECOVER
            else:
                self._forget_the_dead()
                words, patience = identity.run(start).stderr.strip(), PATIENCE_TO_START
            if self.accepts_connections():
                return
            if time.monotonic() - began > patience:
                raise PostgresError(f"PostgreSQL did not start. {words} Its log is {log}.")
            time.sleep(0.2)

    def _forget_the_dead(self) -> None:
        """Remove the pid files of a killed server: PostgreSQL takes a zombie, or a stranger with its number, for alive.

        A surviving child of the old server still keeps a new one out, by their shared memory.
        """
        (self.data_dir / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_dir / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _create_database(self) -> None:
        created = self._client("createdb", DATABASE)
        if created.returncode != 0 and "already exists" not in created.stderr:
            raise PostgresError(f"PostgreSQL could not make the database {DATABASE}. {created.stderr.strip()}")

    def _client(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(self.client_command(program, *arguments))

    def client_command(self, program: str, *arguments: str) -> list[str]:
        """Return the command of a client program (psql, pg_dump) that talks to this server."""
        place = ["-h", str(self.socket_dir), "-p", str(PORT), "-U", SUPERUSER]
        return self.binaries.command(program, *place, *arguments)

    def _must(self, identity: Identity, command: list[str], sentence: str) -> None:
        done = identity.run(command)
        if done.returncode != 0:
            raise PostgresError(f"{sentence}. {done.stderr.strip()}")
