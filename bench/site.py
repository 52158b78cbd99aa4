"""Prepare a site of the bench's own below var/, and run its web server as production does."""

import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.lib import ports
from portal.lib.catalogues import compile_stale
from portal.lib.embedded_postgres import Server

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds for the web server to answer


def choose_folder() -> Path:
    """Have everything from here on work below a folder of the bench's own, and on no database but the one in it."""
    folder = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "bench"
    os.environ |= {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    for name in ("DATABASE_URL", "EMAIL_URL", "SITE_URL"):
        os.environ.pop(name, None)
    return folder


@contextmanager
def prepared(folder: Path) -> Iterator[None]:
    """Make database, files and starter content from nothing, and leave nothing."""
    _remove(folder)
    folder.mkdir(parents=True)
    try:
        compile_stale(ROOT / "locale")
        for command in (["migrate"], ["collectstatic", "--no-input"], ["load_starter"]):
            subprocess.run([*manage(*command), "--verbosity=0"], check=True)
        yield
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    if folder.exists():
        Server.below(folder).stop()
        shutil.rmtree(folder)


def manage(*arguments: str) -> list[str]:
    """Return the command line of a management command."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Run gunicorn with the settings of production; return its port."""
    listener, port = ports.listen("")
    gunicorn = ["-m", "gunicorn", "--config", "python:portal.gunicorn", "--bind", f"fd://{listener.fileno()}"]
    with (folder / "web.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *gunicorn, "portal.wsgi"], pass_fds=[listener.fileno()], stdout=log, stderr=log, cwd=ROOT
        )
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait()
            listener.close()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(ports.HOST, port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise TimeoutError(f"The web server did not answer within {PATIENCE} seconds.")


def run_measured(command: list[str]) -> tuple[float, float]:
    """Run a program to its end; return the seconds it took and the most memory it held, in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - began, usage.ru_maxrss / 1024
