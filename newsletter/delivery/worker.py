"""Do the sending: several threads, each with its own connections to the database and to the mail server."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial

from django.db import Error as DatabaseFailure
from django.db import connection
from django.utils import timezone

from newsletter import render
from newsletter.bounces import verp
from newsletter.models import CampaignText
from portal.lib import mail

from . import guard, outbox, pace
from .errands import IDLE, LONGEST_PAUSE, Confirmations, Errand, House
from .journal import Journal

LETTERS_KEPT = 20

logger = logging.getLogger(__name__)


def run(*, workers: int, forever: bool, stop: threading.Event) -> int:
    """Send what is due with this many threads, or go on until `stop` is set; return how many messages left.

    Raises `guard.NotOurDatabaseError`; without `forever` also the first failure of a thread.
    """
    guard.check(at=timezone.now())
    house, asking = House(), Confirmations()
    senders = [Sender(stop=stop, forever=forever) for _number in range(workers)]
    try:
        if forever:
            errands = [Errand(house.keep, stop=stop), Errand(asking.send, stop=stop)]
            _together([*errands, *senders])
            with suppress(DatabaseFailure):
                guard.beat(at=timezone.now())
            return sum(errand.done for errand in errands) + sum(sender.sent for sender in senders)
        house.keep(timezone.now())  # first, so that no thread ends before there is something to do
        asked = asking.send(timezone.now())
        _together(senders)
    finally:
        asking.channel.close()
    failures = [sender.failure for sender in senders if sender.failure]
    if failures:
        raise failures[0]
    guard.beat(at=timezone.now())
    return asked + sum(sender.sent for sender in senders)


def _together(jobs: list) -> None:
    """Run each job in a thread of its own until all have ended."""
    threads = [threading.Thread(target=job.run, name=f"sender-{index}") for index, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Sender:
    """One thread that claims rows and hands them over, one message at a time."""

    def __init__(self, *, stop: threading.Event, forever: bool):
        self.stop = stop
        self.forever = forever
        self.sent = 0
        self.failure: Exception | None = None
        self.channel = mail.channel()
        self.letters: dict[tuple[int, str, str], mail.Letter] = {}
        self.journal: Journal
        # What the database lacks: that the last message was taken, which goes with the next mark, or what else it met.
        self.answer: outbox.Answer | None = None
        self.unsaved: Callable[[], int] | None = None
        self.failures_in_a_row = 0
        self.failing: set[str] = set()  # domains that refused of late
        self.may_be_noted_as_down = True

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

    def _work(self) -> None:
        while not self.stop.is_set():
            granted = pace.budget(outbox.CLAIM)
            rows = self._claim(granted)
            for row in rows:
                if self.stop.is_set() or not self._send(row):
                    break
            self._save()
            self.journal.forget()
            self.failures_in_a_row = 0
            if not rows and granted:
                outbox.finish(at=timezone.now())
                if not self.forever:
                    break
            if not rows:
                self.stop.wait(IDLE if granted else IDLE / 5)
        self._retire()

    def _claim(self, granted: int) -> list[outbox.Claimed]:
        """Take rows for which there is a budget; put back what its domain does not bear now."""
        if not granted:
            return []
        if not guard.is_ours():
            raise guard.NotOurDatabaseError
        rows = outbox.claim(worker=self.worker, at=timezone.now(), limit=granted)
        allotment = pace.allot(rows)
        outbox.defer(worker=self.worker, later=allotment.later)
        pace.refund(granted - len(allotment.now))
        self.failing = allotment.failing
        return allotment.now

    def _send(self, row: outbox.Claimed) -> bool:
        """Bring one row to its end: open, mark, hand over, done; say whether to go on with the batch."""
        at = timezone.now()
        letter = self._letter(row)
        if not row.email:  # erased since the campaign started
            outbox.give_back(worker=self.worker, at=at, row=row)
            return True
        try:
            self.channel.open_message(verp.return_path(row.id), row.email)
        except mail.RefusedError as error:
            outbox.refused(row=row, error=error, worker=self.worker, at=at)
            self._note_refusal(row, error)
            return True
        marked = outbox.mark(row=row, worker=self.worker, at=at, before=self.answer)
        self.answer = None
        if marked is None:
            self.channel.drop()
            outbox.give_back(worker=self.worker, at=at, row=row)
            return True
        places = render.places(
            subscriber_id=row.subscriber_id,
            email=row.email,
            language=row.language,
            message_id=row.message_id,
            at=marked.dated_at,
        )
        return self._hand_over(row, marked.attempt, letter.fill(places))

    def _hand_over(self, row: outbox.Claimed, attempt: int, data: bytes) -> bool:
        try:
            code, reply = self.channel.send_message(data)
        except mail.RefusedError as error:
            self.unsaved = partial(outbox.refused_after_mark, row=row, attempt=attempt, error=error, at=timezone.now())
            self._save()
            self._note_refusal(row, error)
        except mail.UnreachableError:
            self.unsaved = partial(outbox.lost_before_dot, row=row, attempt=attempt, at=timezone.now())
            self._save()
            raise
        except mail.UnknownOutcomeError:
            self.unsaved = partial(outbox.unknown, row=row, attempt=attempt, at=timezone.now())
            self._save()
            pace.failed(pace.domain_of(row.email))
            # The rest of the batch waits for no second silence of ten minutes: whoever comes first takes it.
            outbox.give_back(worker=self.worker, at=timezone.now())
            return False
        else:
            self.journal.note(row.id, attempt, code, reply)
            self.answer = outbox.Answer(row.id, attempt, code, reply, timezone.now())
            self.sent += 1
            self._note_success(row)
        return True

    def _save(self) -> None:
        """Tell the database what it lacks; on failure it is told again under the next number."""
        if self.answer:
            outbox.accepted(self.answer)
        self.answer = None
        if self.unsaved:
            self.unsaved()
        self.unsaved = None

    def _note_refusal(self, row: outbox.Claimed, error: mail.RefusedError) -> None:
        if not error.is_permanent:
            pace.failed(pace.domain_of(row.email))

    def _note_success(self, row: outbox.Claimed) -> None:
        if self.may_be_noted_as_down:
            guard.reachable()
            self.may_be_noted_as_down = False
        if self.failing and pace.domain_of(row.email) in self.failing:
            pace.recovered(pace.domain_of(row.email))
            self.failing.discard(pace.domain_of(row.email))

    def _letter(self, row: outbox.Claimed) -> mail.Letter:
        key = (row.campaign_id, row.language, row.variant)
        if key not in self.letters:
            if len(self.letters) >= LETTERS_KEPT:
                self.letters.clear()
            text = CampaignText.objects.get(campaign=row.campaign_id, language=row.language, variant=row.variant)
            self.letters[key] = render.letter(text)
        return self.letters[key]

    def _retire(self) -> None:
        self._save()
        outbox.give_back(worker=self.worker, at=timezone.now())
        self.journal.remove()
        outbox.retire(self.worker)

    def _retire_if_possible(self) -> None:
        """Leave in order though the mail server cannot be reached, and note that it cannot."""
        self.may_be_noted_as_down = True
        try:
            self._retire()
            guard.unreachable(at=timezone.now())
        except DatabaseFailure:
            logger.warning("A sender left without a word to the database; its rows are taken over later.")
