"""Do the sending: several threads, each with its own connections to the database and to the mail server."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial

from django.db import Error as DatabaseFailure
from django.db import connection
from django.utils import timezone

from newsletter import actions, render
from newsletter.bounces import verp
from newsletter.models import Campaign, CampaignText, IllegalMoveError
from portal.lib import mail

from . import confirmations, guard, outbox
from .journal import Journal

IDLE = 1.0  # seconds between two looks at an empty queue
LONGEST_PAUSE = 60  # seconds between two attempts at a server that is down
REAP_EVERY = timedelta(seconds=30)
PURGE_EVERY = timedelta(hours=1)
LETTERS_KEPT = 20

logger = logging.getLogger(__name__)


def run(*, workers: int, forever: bool, stop: threading.Event) -> int:
    """Send what is due with this many threads, or go on until `stop` is set; return how many messages left.

    Raises `guard.NotOurDatabaseError`; without `forever` also the first failure of a thread.
    """
    guard.check(at=timezone.now())
    senders = [Sender(stop=stop, forever=forever, keeps_house=number == 0) for number in range(workers)]
    if not forever:  # so that no thread ends before there is something to do
        outbox.reap(own=None, at=timezone.now())
        start_due(at=timezone.now())
    threads = [threading.Thread(target=sender.run, name=f"sender-{index}") for index, sender in enumerate(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failures = [sender.failure for sender in senders if sender.failure]
    if failures:
        raise failures[0]
    return sum(sender.sent for sender in senders)


def start_due(*, at) -> None:
    """Start the campaigns whose moment has come."""
    for campaign in Campaign.objects.due(at):
        try:
            actions.start(campaign=campaign, at=at)
        except IllegalMoveError:
            continue  # another sender was first, or staff took it back


class Sender:
    """One thread that claims rows and hands them over, one message at a time."""

    def __init__(self, *, stop: threading.Event, forever: bool, keeps_house: bool):
        self.stop = stop
        self.forever = forever
        self.keeps_house = keeps_house
        self.sent = 0
        self.failure: Exception | None = None
        self.channel = mail.channel()
        self.letters: dict[tuple[int, str, str], mail.Letter] = {}
        self.journal: Journal
        self.unsaved: Callable[[], int] | None = None  # an answer of the mail server that the database lacks
        self.failures_in_a_row = 0
        self.reaped_at: datetime | None = None
        self.purged_at: datetime | None = None

    def run(self) -> None:
        """Work until told to stop, or, without `forever`, until nothing is due; survive any failure."""
        try:
            while not self._work_once():
                self.failures_in_a_row += 1
                self.stop.wait(min(2 ** (self.failures_in_a_row - 1), LONGEST_PAUSE))
        finally:
            self.channel.close()
            connection.close()

    def _work_once(self) -> bool:
        """Work under one sender's number until the end or a failure; say whether it was the end."""
        try:
            self._enlist()
            with closing(Journal(self.worker)) as self.journal:
                self._save()
                self._work()
            return True
        except Exception as error:
            # The type alone: the words of a database error can hold an address.
            logger.warning("A sender stopped: %s", type(error).__name__)
            if isinstance(error, mail.UnreachableError):
                self._retire_if_possible()
            # Without its connection the sender counts as dead, and another (or this one, anew) takes over its rows.
            connection.close()
            self.channel.drop()
            self.failure = None if self.forever else error
            return self.stop.is_set() or not self.forever

    def _enlist(self) -> None:
        connection.close()
        guard.check(at=timezone.now())
        self.worker = outbox.enlist()
        self.reaped_at = None  # the rows of the number before are taken over at once

    def _work(self) -> None:
        while not self.stop.is_set():
            at = timezone.now()
            if self.keeps_house:
                self._keep_house(at)
            rows = outbox.claim(worker=self.worker, at=at)
            for row in rows:
                if self.stop.is_set():
                    break
                self._send(row)
            self.journal.forget()
            self.failures_in_a_row = 0
            if not rows:
                outbox.finish(at=at)
                if not self.forever:
                    break
                self.stop.wait(IDLE)
        self._retire()

    def _keep_house(self, at) -> None:
        if self.reaped_at is None or at - self.reaped_at >= REAP_EVERY:
            outbox.reap(own=self.worker, at=at)
            self.reaped_at = at
        if self.purged_at is None or at - self.purged_at >= PURGE_EVERY:
            actions.purge(at=at)
            self.purged_at = at
        start_due(at=at)
        self.sent += confirmations.send_due(self.channel, at=at)

    def _send(self, row: outbox.Claimed) -> None:
        """Bring one row to its end: open, mark, hand over, done."""
        at = timezone.now()
        letter = self._letter(row)
        if not row.email:  # erased since the campaign started
            outbox.give_back(worker=self.worker, at=at, row=row)
            return
        try:
            self.channel.open_message(verp.return_path(row.id), row.email)
        except mail.RefusedError as error:
            outbox.refused(row=row, error=error, worker=self.worker, at=at)
            return
        marked = outbox.mark(row=row, worker=self.worker, at=at)
        if marked is None:
            self.channel.drop()
            outbox.give_back(worker=self.worker, at=at, row=row)
            return
        places = render.places(
            subscriber_id=row.subscriber_id,
            email=row.email,
            language=row.language,
            message_id=row.message_id,
            at=marked.dated_at,
        )
        self._hand_over(row, marked.attempt, letter.fill(places))

    def _hand_over(self, row: outbox.Claimed, attempt: int, data: bytes) -> None:
        try:
            code, reply = self.channel.send_message(data)
        except mail.RefusedError as error:
            self.unsaved = partial(outbox.refused_after_mark, row=row, attempt=attempt, error=error, at=timezone.now())
        except mail.UnreachableError:
            self.unsaved = partial(outbox.lost_before_dot, row=row, attempt=attempt, at=timezone.now())
        except mail.UnknownOutcomeError:
            outbox.uncertain(worker=self.worker, at=timezone.now())
            return
        else:
            self.journal.note(row.id, attempt, code, reply)
            self.sent += 1
            self.unsaved = partial(
                outbox.accepted, delivery_id=row.id, attempt=attempt, code=code, reply=reply, at=timezone.now()
            )
        self._save()

    def _save(self) -> None:
        """Tell the database the last answer; on failure it is told again under the next number."""
        if self.unsaved:
            self.unsaved()
        self.unsaved = None

    def _letter(self, row: outbox.Claimed) -> mail.Letter:
        key = (row.campaign_id, row.language, row.variant)
        if key not in self.letters:
            if len(self.letters) >= LETTERS_KEPT:
                self.letters.clear()
            text = CampaignText.objects.get(campaign=row.campaign_id, language=row.language, variant=row.variant)
            self.letters[key] = render.letter(text)
        return self.letters[key]

    def _retire(self) -> None:
        outbox.give_back(worker=self.worker, at=timezone.now())
        self.journal.remove()
        outbox.retire(self.worker)

    def _retire_if_possible(self) -> None:
        try:
            self._retire()
        except DatabaseFailure:
            logger.warning("A sender left without a word to the database; its rows are taken over later.")
