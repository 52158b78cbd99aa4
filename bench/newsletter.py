"""Measure how many messages a second the real sender hands over to a local mail server, each recipient once.

    python -m bench.newsletter [--recipients 3000] [--workers 4] [--turns 3]

Database, sender and mail server share the machine's cores. Everything happens in a database of its own, which is
removed again.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import django
from django.utils import timezone

BODY = "<p>A new place has opened. It takes walk-ins, and staff speak Spanish and English.</p>"
PARAGRAPHS = 40  # about 9 kB a message, as in the design's own measurement


def main() -> None:
    """Print the rate of each turn and their median."""
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
    from django.conf import settings  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        arrived = Path(folder) / "arrived.txt"
        command = [sys.executable, "-m", "tests.newsletter.sink", "0", str(arrived)]
        sink = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.stdout.readline().strip()}"
            settings.VAR_DIR = Path(folder)
            campaign, start_seconds = _campaign(recipients, turn)
            seconds = _send(workers)
            lines = Counter(arrived.read_text().splitlines())
        finally:
            sink.terminate()
            sink.wait()
    campaign.refresh_from_db()
    twice = sum(count - 1 for count in lines.values())
    print(
        f"turn {turn + 1}: {recipients / seconds:.0f} messages/s; start {start_seconds:.2f} s; "
        f"{len(lines)} arrived, {twice} twice; campaign {campaign.state}"
    )
    return recipients / seconds


def _campaign(recipients: int, turn: int):
    """Make the readers once and a campaign that is running; return it and how long its start took."""
    from newsletter import actions, tokens  # noqa: PLC0415
    from newsletter.models import Campaign, SenderGuard, Subscriber  # noqa: PLC0415

    at = timezone.now()
    SenderGuard.objects.all().delete()
    if not Subscriber.objects.exists():
        _department()
        Subscriber.objects.bulk_create(
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


def _send(workers: int) -> float:
    """Run the sender as production does; return the seconds."""
    import threading  # noqa: PLC0415

    from newsletter.delivery import worker  # noqa: PLC0415

    began = time.perf_counter()
    worker.run(workers=workers, forever=False, stop=threading.Event())
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
