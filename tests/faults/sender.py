"""Start senders on command: each line read makes a process that is `manage.py send_newsletter`, and prints its number.

The programs are loaded once, before the processes are made: what is killed is a whole sender all the same, and forty of
them do not take two seconds each to load.
"""

import os
import sys

import django


def main() -> None:
    """Read `WORKERS` from each line, and be such a sender in a process of its own."""
    django.setup()
    import newsletter.delivery.worker  # noqa: F401, PLC0415 (needs setup; loads what a sender needs)

    for line in sys.stdin:
        if (child := os.fork()) == 0:
            _send(int(line))
        print(child, flush=True)
        _status(os.waitpid(child, 0)[1])


def _status(status: int) -> None:
    print(os.waitstatus_to_exitcode(status), flush=True)


def _send(workers: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.core.management.base import CommandError  # noqa: PLC0415

    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115 (the commands belong to the parent)
    sys.stdout = sys.stderr
    try:
        call_command("send_newsletter", forever=True, workers=workers)
    except CommandError as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
