"""Do the work of imports in the background: read what is to be read, apply what was accepted.

Whoever works on an import holds PostgreSQL's advisory lock on it, which goes with the connection: nothing is marked, so
nothing stays marked after a `kill -9`, and the next process goes on.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.lib.spreadsheet import UnreadableFileError

from ..models import Import
from . import applying, runs, staging

LOCKS = 18_433  # ours among the advisory locks of this database
PAUSE = 2.0  # seconds between two looks at the table
MOST_STARTS = 5  # without a row done: then something ends every process that tries
State = Import.State

logger = logging.getLogger(__name__)


class StoppedError(Exception):
    """The process was asked to stop; what is done is stored, and another goes on."""


def run_forever(stop: threading.Event) -> None:
    """Work on imports until asked to stop; a database that is away is waited for."""
    while not stop.is_set():
        try:
            close_old_connections()
            run_waiting(stop)
        except OperationalError:
            logger.warning("The database does not answer; imports wait.")
        stop.wait(PAUSE)


def run_waiting(stop: threading.Event | None = None) -> int:
    """Work on every import that is to be read or applied; return on how many."""
    waiting = Import.objects.filter(state__in=runs.UNDER_WAY).order_by("pk")
    return sum(work(run, stop=stop) for run in waiting)


def work(
    run: Import, *, stop: threading.Event | None = None, show: Callable[[int, int], object] = lambda done, of: None
) -> bool:
    """Read or apply an import, as its state says; return whether it was ours to work on.

    What goes wrong with the file or a row is stored with the import.
    """
    with _held(run) as is_held:
        if not is_held:
            return False
        run.refresh_from_db()
        if run.state not in runs.UNDER_WAY:
            return False
        with override(run.mapping.get("language", settings.LANGUAGE_CODE)):
            _work(run, stop, show)
    return True


@contextlib.contextmanager
def _held(run: Import) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, run.pk])
        (is_held,) = cursor.fetchone()
        cursor.execute("SET statement_timeout = 0")  # a web process may have a limit; the switch takes its time
    try:
        yield is_held
    finally:
        if is_held and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, run.pk])


def _work(run: Import, stop: threading.Event | None, show: Callable[[int, int], object]) -> None:
    def tell(done: int) -> None:
        Import.objects.filter(pk=run.pk).update(done=done)
        show(done, run.rows)
        if stop is not None and stop.is_set():
            raise StoppedError

    try:
        _count_start(run)
        if run.state == State.READING:
            staging.stage(run, tell)
            run.state = State.CHECKED
            run.save(update_fields=["state", "rows", "done", "counts", "checked_at"])
        else:
            applying.apply(run, tell)
            runs.forget_file(run)
    except StoppedError:
        return
    except OperationalError:
        raise  # the database is away: nothing is wrong with the import
    except (UnreadableFileError, applying.RowError) as error:
        _fail(run, str(error))
    except Exception as error:
        logger.exception("Import %s failed.", run.pk)
        _fail(run, _("After row %(row)d: %(error)s") % {"row": _done(run), "error": type(error).__name__})


def _count_start(run: Import) -> None:
    """Give up on an import at which every process has ended before another row was done."""
    starts = run.counts.get("starts", 0) + 1 if run.counts.get("from") == [run.state, run.done] else 1
    run.counts = run.counts | {"starts": starts, "from": [run.state, run.done]}
    Import.objects.filter(pk=run.pk).update(counts=run.counts)
    if starts > MOST_STARTS:
        raise applying.RowError(
            _("The program ended %(count)d times after row %(row)d.") % {"count": MOST_STARTS, "row": run.done}
        )


def _done(run: Import) -> int:
    return Import.objects.values_list("done", flat=True).get(pk=run.pk)


def _fail(run: Import, message: str) -> None:
    run.counts.pop("starts", None)
    Import.objects.filter(pk=run.pk, state__in=runs.UNDER_WAY).update(
        state=State.FAILED, error=message, counts=run.counts
    )
    run.refresh_from_db()
