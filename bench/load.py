"""Ask a web server as often as it answers: with wrk where it is installed, else with threads of our own."""

import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice

HOST = "127.0.0.1"  # never another machine
CONNECTIONS = 16
SECONDS = 10
TURNS = 3
WRK = shutil.which("wrk")

# wrk starts two threads, each with the whole list of paths.
SCRIPT = """
local paths = {%s}
local turn = 0
request = function()
  turn = turn %% #paths + 1
  return wrk.format("GET", paths[turn])
end
"""


@dataclass(frozen=True)
class Result:
    """What one turn, or the median of several, came to."""

    per_second: float
    p99_ms: float
    refused: int  # answers that were not 200


def measure(port: int, paths: list[str]) -> Result:
    """Return the median of three turns over these paths, after a second to warm up."""
    turn = _with_wrk if WRK else _with_threads
    turn(port, paths, seconds=1)
    turns = [turn(port, paths, seconds=SECONDS) for _number in range(TURNS)]
    return Result(
        per_second=statistics.median(result.per_second for result in turns),
        p99_ms=statistics.median(result.p99_ms for result in turns),
        refused=sum(result.refused for result in turns),
    )


def _with_wrk(port: int, paths: list[str], seconds: int) -> Result:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % ", ".join(f'"{path}"' for path in paths))
        script.flush()
        size = [f"-c{CONNECTIONS}", "-t2", f"-d{seconds}s", "--timeout", "30s", "--latency", "-s", script.name]
        done = subprocess.run([str(WRK), *size, f"http://{HOST}:{port}"], capture_output=True, text=True, check=True)
    return read_wrk(done.stdout)


def read_wrk(words: str) -> Result:
    """Return the figures that wrk printed."""
    latency = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", words)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", words)
    if latency is None or rate is None:
        raise ValueError(f"wrk said something else than its figures:\n{words}")
    refused = re.findall(r"Non-2xx or 3xx responses: (\d+)|(?:connect|read|write|timeout) (\d+)", words)
    return Result(
        per_second=float(rate[1]),
        p99_ms=float(latency[1]) * {"us": 0.001, "ms": 1, "s": 1000}[latency[2]],
        refused=sum(int(answers or failures) for answers, failures in refused),
    )


def _with_threads(port: int, paths: list[str], seconds: int) -> Result:
    """Ask from threads of this process: it takes its share of the two cores, so the figures are a little lower."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        starts = range(0, CONNECTIONS * 7, 7)
        asked = [pool.submit(_ask_until, port, paths, start, began + seconds) for start in starts]
    taken = sorted(moment for future in asked for moment, _status in future.result())
    refused = sum(status != 200 for future in asked for _moment, status in future.result())
    return Result(len(taken) / seconds, taken[int(len(taken) * 0.99)] * 1000, refused)


def _ask_until(port: int, paths: list[str], start: int, end: float) -> list[tuple[float, int]]:
    connection = HTTPConnection(HOST, port, timeout=30)
    answers = []
    for path in _from(paths, start):
        began = time.perf_counter()
        if began >= end:
            break
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        answers.append((time.perf_counter() - began, response.status))
    connection.close()
    return answers


def _from(paths: list[str], start: int) -> Iterator[str]:
    return islice(cycle(paths), start, None)
