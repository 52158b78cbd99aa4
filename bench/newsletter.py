"""Measure how many messages a second the real sender hands over to a local mail server, each recipient once.

    python -m bench.newsletter [--recipients 3000] [--workers 4] [--turns 3]

The sender is `manage.py send_newsletter` in a process of its own. Database, sender and mail server share the machine's
cores. Everything happens in a database of its own, which is removed again. Where other programs run beside it, the time
of the cores that a message takes says more than messages a second.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import django
from django.utils import timezone

BODY = "<p>A new place has opened. It takes walk-ins, and staff speak Spanish and English.</p>"
PARAGRAPHS = 40  # about 9 kB a message, as in the design's own measurement
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 1800  # seconds for a campaign


class Sending(NamedTuple):
    """What it took from the first message to the last."""

    seconds: float
    early: int  # MB of the sender after a tenth
    late: int
    sender: float  # ms of the cores a message
    database: float


def main() -> None:
    """Print the figures of each turn and the median of the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415 (needs setup)

    before = setup_databases(verbosity=0, interactive=False)
    try:
        rates = [_turn(options.recipients, options.workers, turn) for turn in range(options.turns)]
    finally:
        teardown_databases(before, verbosity=0)
    print(
        f"median {statistics.median(rates):.0f} messages/s, {options.recipients} recipients, {options.workers} workers"
    )


def _turn(recipients: int, workers: int, turn: int) -> float:
    with tempfile.TemporaryDirectory() as name, mail_server(Path(name)) as (address, arrived):
        campaign, start_seconds = make_campaign(recipients, turn)
        with sender(Path(name), address, workers) as process:
            sending = _until_finished(campaign, process, arrived, recipients)
        lines = Counter(arrived.read_text().splitlines())
    twice = sum(count - 1 for count in lines.values())
    print(
        f"turn {turn + 1}: {recipients / sending.seconds:.0f} messages/s, {sending.seconds:.0f} s; "
        f"start {start_seconds:.2f} s; {len(lines)} arrived, {twice} twice; "
        f"of the cores a message: sender {sending.sender:.2f} ms, database {sending.database:.2f} ms; "
        f"memory of the sender {sending.early} MB after a tenth, {sending.late} MB in the end; "
        f"campaign {campaign.state}",
        flush=True,
    )
    return recipients / sending.seconds


@contextmanager
def mail_server(folder: Path) -> Iterator[tuple[str, Path]]:
    """Run the tests' mail server; yield its EMAIL_URL and the file that gets a line for each message."""
    arrived = folder / "arrived.txt"
    command = [sys.executable, "-m", "tests.newsletter.sink", "0", str(arrived)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield f"smtp://127.0.0.1:{server.stdout.readline().strip()}", arrived
    finally:
        server.terminate()
        server.wait()


@contextmanager
def sender(folder: Path, address: str, workers: int, **settings: str) -> Iterator[subprocess.Popen]:
    """Run the sender as production does, on the database of this process."""
    from tests.faults.copies import database_url  # noqa: PLC0415 (needs setup)

    environment = {**os.environ, "DATABASE_URL": database_url(), "EMAIL_URL": address, "VAR_DIR": str(folder)}
    command = [sys.executable, "manage.py", "send_newsletter", "--forever", f"--workers={workers}"]
    process = subprocess.Popen(command, env={**environment, **settings})
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _until_finished(campaign, process, arrived: Path, recipients: int) -> Sending:
    """Wait for the end; return what it took since the first message."""
    from newsletter.models import Campaign  # noqa: PLC0415 (needs setup)

    while not arrived.exists() or arrived.stat().st_size == 0:
        _refuse_the_dead(process)
        time.sleep(0.005)
    began, early = time.perf_counter(), 0
    sender, database = _cpu([process.pid]), _cpu(_backends())
    size = arrived.stat().st_size
    while Campaign.objects.get(pk=campaign.pk).state != "finished":
        _refuse_the_dead(process)
        assert time.perf_counter() - began < PATIENCE
        if not early and arrived.stat().st_size > size * recipients / 10:
            early = _megabytes(process.pid)
        time.sleep(0.1)
    campaign.refresh_from_db()
    seconds = time.perf_counter() - began
    sender, database = _cpu([process.pid]) - sender, _cpu(_backends()) - database
    return Sending(seconds, early, _megabytes(process.pid), sender / recipients, database / recipients)


def _backends() -> list[int]:
    """Return the processes that PostgreSQL keeps for the sender, where it runs on this machine."""
    from django.db import connection  # noqa: PLC0415 (needs setup)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [number for (number,) in cursor.fetchall()]


def _cpu(numbers: list[int]) -> float:
    """Return the milliseconds of the cores that processes of this machine have taken; 0 for one of another machine."""
    files = [Path(f"/proc/{number}/stat") for number in numbers]
    fields = [file.read_text().rpartition(")")[2].split() for file in files if file.exists()]
    return sum(int(user) + int(system) for *_before, user, system in (words[:13] for words in fields)) * 1000 / TICKS


def _refuse_the_dead(process: subprocess.Popen) -> None:
    if process.poll() is not None:
        raise RuntimeError(f"The sender ended with {process.returncode}.")


def _megabytes(number: int) -> int:
    words = Path(f"/proc/{number}/status").read_text()
    return int(words.partition("VmRSS:")[2].split()[0]) // 1024


def make_campaign(recipients: int, turn: int):
    """Make the readers once and a campaign that is running; return it and how long its start took."""
    from newsletter import actions, tokens  # noqa: PLC0415
    from newsletter.models import Campaign, SenderGuard, Subscriber  # noqa: PLC0415
    from portal.reference.models import Department  # noqa: PLC0415

    at = timezone.now()
    SenderGuard.objects.all().delete()
    if Department.objects.current() is None:
        _department()
    if not Subscriber.objects.exists():
        Subscriber.objects.bulk_create(
            (
                Subscriber(
                    email=f"Reader{number}@example.org",
                    email_norm=f"reader{number}@example.org",
                    email_hash=tokens.address_hash(f"reader{number}@example.org"),
                    language=("en", "es")[number % 2],
                    state="confirmed",
                    requested_at=at,
                    confirmed_at=at,
                )
                for number in range(recipients)
            ),
            batch_size=5000,
        )
    body = BODY * PARAGRAPHS
    campaign = Campaign.objects.create(
        subject_en=f"News {turn}", subject_es=f"Noticias {turn}", body_en=body, body_es=body, state="preparing"
    )
    began = time.perf_counter()
    actions.start(campaign=campaign, at=at)
    return campaign, time.perf_counter() - began


def _department() -> None:
    from portal.reference.models import Department, Source  # noqa: PLC0415

    source = Source.objects.create(code="BENCH", title="Bench", mark="seen")
    Department.objects.create(
        name_en="Department", name_es="Departamento", street="1 Street", city="Hartford", state="CT",
        postal_code="06112", phone="911", url="https://example.org/", latitude=41.8, longitude=-72.7,
        source=source, source_date=timezone.localdate(),
    )  # fmt: skip


if __name__ == "__main__":
    main()
