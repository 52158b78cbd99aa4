"""Do beside the sending what must not wait for it: signs of life, rows of the dead, what is due, confirmations."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from newsletter import actions
from newsletter.models import Campaign, IllegalMoveError
from portal.lib import mail

from . import confirmations, guard, outbox, pace

IDLE = 1.0  # seconds between two looks at an empty queue
LONGEST_PAUSE = 60  # seconds between two attempts at what is down
# Seconds for an answer to a confirmation mail: a second copy does no harm, and one silent server may not hold the rest.
PATIENCE = 60

logger = logging.getLogger(__name__)


class House:
    """What the database needs: each job with how often it is done."""

    def __init__(self) -> None:
        self.jobs: list[tuple[timedelta, Callable[[datetime], object]]] = [
            (timedelta(minutes=1), lambda at: guard.beat(at=at)),
            (timedelta(seconds=5), lambda at: outbox.reap(own=None, at=at)),
            (timedelta(hours=1), lambda at: actions.purge(at=at)),
            (timedelta(hours=1), lambda at: pace.forget_idle()),
            (timedelta(0), lambda at: start_due(at=at)),
        ]
        self.done_at: dict[int, datetime] = {}

    def keep(self, at: datetime) -> int:
        """Do what is due; raises what a job raises, and does it again at the next turn."""
        for number, (often, job) in enumerate(self.jobs):
            last = self.done_at.get(number)
            if last is None or not last <= at < last + often:  # also after the clock was set back
                job(at)
                self.done_at[number] = at
        return 0


class Confirmations:
    """The mails that ask whether an address is right, over a connection of their own."""

    def __init__(self):
        self.channel = mail.channel(patience=PATIENCE)

    def send(self, at: datetime) -> int:
        """Send what is due and return how many left. Raises `mail.UnreachableError`."""
        try:
            sent = confirmations.send_due(self.channel, at=at)
        except mail.UnreachableError:
            guard.unreachable(at=at)
            raise
        if sent:
            guard.reachable()
        return sent


class Errand:
    """One thread that does a job over and over and survives its failures."""

    def __init__(self, job: Callable[[datetime], int], *, stop: threading.Event):
        self.job = job
        self.stop = stop
        self.done = 0

    def run(self) -> None:
        """Work until told to stop."""
        failures = 0
        while not self.stop.is_set():
            try:
                self.done += self.job(timezone.now())
                failures = 0
            except Exception as error:
                # The type alone: the words of a database error can hold an address.
                logger.warning("Work beside the sending failed: %s", type(error).__name__)
                connection.close()
                failures += 1
            self.stop.wait(min(IDLE * 2**failures, LONGEST_PAUSE))
        connection.close()


def start_due(*, at) -> None:
    """Start the campaigns whose moment has come."""
    for campaign in Campaign.objects.due(at):
        try:
            actions.start(campaign=campaign, at=at)
        except IllegalMoveError:
            continue  # another sender was first, or staff took it back
