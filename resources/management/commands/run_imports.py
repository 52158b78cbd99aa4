"""Read and apply imports that staff have handed in: what waits now, or for as long as the site runs."""

import signal
import threading

from django.core.management.base import BaseCommand

from resources.imports import worker


class Command(BaseCommand):
    help = "Work on imports. Any number of these may run; each import is worked on by one of them."

    def add_arguments(self, parser):
        parser.add_argument("--forever", action="store_true", help="go on until stopped")

    def handle(self, *args, forever, **options):
        stop = threading.Event()
        # The rows under way are finished first.
        before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            if forever:
                worker.run_forever(stop)
            else:
                self.stdout.write(f"{worker.run_waiting(stop)} imports worked on.")
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
