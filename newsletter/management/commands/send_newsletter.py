"""Send confirmation mails and campaigns: what is due now, or for as long as the site runs."""

import signal
import threading

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsletter.delivery import guard, worker
from portal.lib import mail


class Command(BaseCommand):
    help = "Send the newsletter. Any number of these may run, on any number of machines."

    def add_arguments(self, parser):
        parser.add_argument("--forever", action="store_true", help="go on until stopped")
        parser.add_argument("--workers", type=int, default=2, help="messages handed over at a time (2)")
        parser.add_argument("--adopt", action="store_true", help="send from this database from now on, though a copy")

    def handle(self, *args, **options):
        if options["adopt"]:
            guard.adopt(at=timezone.now())
        stop = threading.Event()
        # The message under way is finished first.
        before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            sent = worker.run(workers=options["workers"], forever=options["forever"], stop=stop)
        except (guard.NotOurDatabaseError, mail.UnreachableError) as error:
            raise CommandError(str(error)) from error
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self.stdout.write(f"{sent} messages sent.")
