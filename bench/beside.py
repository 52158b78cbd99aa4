"""Read articles at a steady pace, alone and while the newsletter is sent at a limited rate: readers must not notice."""

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

from bench import load, newsletter

PER_SECOND = 50
SECONDS = 20
TURNS = 3
RECIPIENTS = 40_000  # more than are sent meanwhile
SEND_PER_SECOND = 200


def measure(port: int, paths: list[str]) -> tuple[float, float, float]:
    """Return the p99 alone and beside the sending, in ms, and how many messages left a second meanwhile."""
    _p99(port, paths, seconds=3)
    alone = statistics.median(_p99(port, paths, SECONDS) for _turn in range(TURNS))
    with tempfile.TemporaryDirectory() as name, newsletter.mail_server(Path(name)) as (address, arrived):
        newsletter.make_campaign(RECIPIENTS, 0)
        limit = {"SEND_PER_SECOND": str(SEND_PER_SECOND)}
        with newsletter.sender(Path(name), address, 2, **limit):
            while not arrived.exists() or arrived.stat().st_size == 0:
                time.sleep(0.1)
            before, began = _lines(arrived), time.perf_counter()
            beside = statistics.median(_p99(port, paths, SECONDS) for _turn in range(TURNS))
            rate = (_lines(arrived) - before) / (time.perf_counter() - began)
    return alone, beside, rate


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n")


def _p99(port: int, paths: list[str], seconds: int) -> float:
    """Ask at fixed moments, whether or not the answer before has come: waiting counts from the moment it was due."""
    began = time.perf_counter() + 0.2
    with ThreadPoolExecutor(load.CONNECTIONS) as pool:
        due = [
            pool.submit(_ask, port, paths[number % len(paths)], began + number / PER_SECOND)
            for number in range(seconds * PER_SECOND)
        ]
        taken = sorted(each.result() for each in due)
    return taken[int(len(taken) * 0.99)] * 1000


def _ask(port: int, path: str, due: float) -> float:
    time.sleep(max(0.0, due - time.perf_counter()))
    connection = HTTPConnection(load.HOST, port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status}")
    return time.perf_counter() - due
