"""Do what has to be done once a night: the whole schedule stands in `schedule`."""

import datetime
import logging
import signal
import threading
from collections.abc import Callable, Iterator

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from django.utils import timezone

from newsletter.actions import imports as reader_imports
from portal import digest
from portal.editorial import translations
from portal.lib import ratelimit
from portal.links import check_links
from resources.actions import corrections, provider, unmet, withdrawal
from resources.search import typos
from resources.stats import draw

HOUR = 3  # of the site's time zone, when few people read
LAST_DAY_OF_MONTHLY_JOBS = 7  # a machine that was off on the 1st makes up for it, later in the month nothing starts
SWEEP_SECONDS = 5 * 60  # the limits of forms are gone within the hour, and what is new reaches readers soon

logger = logging.getLogger(__name__)

Job = tuple[str, Callable[[], object]]


def schedule(at: datetime.datetime) -> Iterator[Job]:
    """Yield each job of a night with its name. All may run twice, and on two machines at once."""
    yield "digests made of what is new", lambda: digest.make_due(at)
    yield "expired limits forgotten", lambda: ratelimit.forget_expired(at)
    yield "texts of old reports erased", lambda: corrections.erase_old_texts(at)
    yield "notes of old mails to providers deleted", lambda: provider.forget_old_mails(at)
    yield "lists of readers that nobody brought in deleted", lambda: reader_imports.forget_old(at)
    yield "hashes of old searches forgotten", lambda: unmet.forget_old_searches(on=timezone.localdate(at))
    yield "translations found stale, changed by no form", lambda: translations.catch_up(at)
    yield "known words refreshed", typos.write_terms
    yield "methadone programs reckoned that no age takes off the list", withdrawal.reckon_who_stays
    yield from _monthly(at)
    yield "links to other sites asked", lambda: check_links(at)


def _monthly(at: datetime.datetime) -> Iterator[Job]:
    """Yield the jobs of the first days of a month."""
    if timezone.localdate(at).day <= LAST_DAY_OF_MONTHLY_JOBS:
        yield "listings drawn for this month's calls", lambda: draw.draw_monthly(at)
        yield "monthly links sent to providers", lambda: call_command("send_provider_links")


class Command(BaseCommand):
    help = "Erase what has been kept long enough; on the first days of a month, draw the sample and mail the providers."

    def add_arguments(self, parser):
        parser.add_argument("--forever", action="store_true", help="now, then every night at 3:00, until stopped")

    def handle(self, *args, **options):
        if options["forever"]:
            self.stay()
        elif failed := self.night(timezone.now()):
            raise CommandError(f"{failed} jobs of the night failed. Their errors are above.")

    def night(self, at: datetime.datetime) -> int:
        """Do every job, also after one that failed; return how many failed."""
        failed = 0
        for name, job in schedule(at):
            try:
                result = job()
            except Exception:  # whatever broke in one job, the erasing of the next may not wait for it
                logger.exception("The nightly job failed: %s", name)
                failed += 1
            else:
                self.stdout.write(f"{name}: {'done' if result is None else result}")
        return failed

    def stay(self) -> None:
        """Do the jobs now and at three each night, and meanwhile forget expired limits and make the digests."""
        stop, due = threading.Event(), timezone.now()
        before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not stop.is_set():
                due = self.watch(due)
                connections.close_all()
                stop.wait(min(SWEEP_SECONDS, max(1.0, (due - timezone.now()).total_seconds())))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def watch(self, due: datetime.datetime) -> datetime.datetime:
        """Do the night's work if it is due, else sweep the limits and make digests; return when the next is due."""
        at = timezone.now()
        if at >= due:
            self.night(at)
            return next_night(at)
        try:
            ratelimit.forget_expired(at)
            digest.make_due(at)
            call_command("collect_bounces", verbosity=0)
        except (Error, CommandError):  # a database that is starting, a mailbox out of reach: the next turn is soon
            logger.exception("The work of every few minutes was not done")
        return due


def next_night(at: datetime.datetime) -> datetime.datetime:
    """Return the next 3:00 in the site's time zone."""
    here = timezone.localtime(at)
    day = here.date() if here.hour < HOUR else here.date() + datetime.timedelta(days=1)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(HOUR)))
