"""Import a list of places, and say what it changes."""

import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from resources.geo import STATES
from resources.imports import fields, runs, worker
from resources.models import Import, ImportRow

MOST_SHOWN = 200
SHOWN = {"add": "added", "update": "updated", "same": "unchanged", "missing": "missing", "left out": "left out"}


class Command(BaseCommand):
    help = (
        "Imports a list. Safe to run again: the same file changes nothing, and one that was interrupted goes on."
        " What staff have checked or changed is kept; the file's values then wait in the admin as proposals."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=Import.Format.values, default=Import.Format.SAMHSA_DIRECTORY.value)
        parser.add_argument("--source", default="", help="The list's own name, by which its rows are known again.")
        parser.add_argument("--as-of", type=datetime.date.fromisoformat, help="The state of the data: 2022-05-01.")
        parser.add_argument("--state", default="", type=str.upper, help="Two letters: only this state's rows.")
        parser.add_argument("--column", action="append", default=[], help="For a table: FIELD=COLUMN, one each.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen and change nothing.")
        parser.add_argument("--accept-drop", action="store_true", help="Go on though many rows are no longer there.")

    def handle(self, *args, dry_run, accept_drop, **options):
        if options["state"] and options["state"] not in STATES:
            raise CommandError(f"{options['state']} is not a state. Give two letters, like CT.")
        try:
            run = self.received(options)
            self.work(run, Import.State.READING)
            self.show(run)
            if dry_run:
                run.delete()
            else:
                self.apply(run, accept_drop)
        except runs.RefusedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(("Would be: " if dry_run else "") + self.result(run))

    def received(self, options):
        """Return the import of this file, the one that was interrupted if there is any."""
        path = options["file"].resolve()
        if not path.exists():
            raise CommandError(f"The file {path} cannot be opened.")
        same = {"format": options["format"], "source": options["source"], "digest": runs.sha256(path)}
        run = runs.unfinished(**same)
        mapping = {"state": options["state"], "columns": dict(pair.split("=", 1) for pair in options["column"])}
        if run is None or run.mapping.get("state", "") != options["state"]:
            as_of = options["as_of"] or datetime.date.today()
            return runs.receive(path=path, name=path.name, as_of=as_of, mapping=mapping, **same)
        if run.state == Import.State.FAILED:
            runs.again(run)
        elif run.state == Import.State.CHECKED:
            Import.objects.filter(pk=run.pk).update(state=Import.State.READING)
            run.refresh_from_db()
        return run

    def work(self, run, state):
        """Work on the import while it is in this state; raise what went wrong."""
        if run.state == state and not worker.work(run, show=self.progress):
            raise CommandError("Another process is working on this import.")
        if run.state == Import.State.FAILED:
            raise CommandError(run.error)

    def apply(self, run, accept_drop):
        while run.state in (Import.State.CHECKED, Import.State.READING):
            self.work(run, Import.State.READING)
            runs.accept(run, drop_accepted=accept_drop)
        self.work(run, Import.State.APPLYING)

    def progress(self, done, total):
        """Print how far the import is, in place of the last line where a person watches."""
        text = f"{done:,} of {total:,} rows" if total else f"{done:,} rows read"
        self.stdout.write(text, ending="\r" if self.stdout.isatty() else "\n")
        self.stdout.flush()

    def show(self, run):
        """Print what is wrong with which row, and what would change in which listing."""
        faulty = run.staged.exclude(problems=[]).order_by("number")
        for row in faulty[:MOST_SHOWN]:
            for column, message, is_left_out in row.problems:
                outcome = " The row is left out." if is_left_out else ""
                self.stdout.write(f"Row {row.number}, {column or 'all'}: {message}{outcome}")
        for row in run.staged.filter(change=ImportRow.Change.UPDATE).order_by("number")[:MOST_SHOWN]:
            for field, (before, after, why) in fields.ordered(row.difference):
                texts = [" / ".join(fields.words(field, value)) or "-" for value in (before, after)]
                kept = f" Kept: {why} by staff." if why else ""
                self.stdout.write(f"Row {row.number}, {field}: {texts[0]} → {texts[1]}.{kept}")
        hidden = max(faulty.count() - MOST_SHOWN, 0)
        if hidden:
            self.stdout.write(f"… and {hidden} more rows with problems.")

    def result(self, run):
        return ", ".join(f"{run.counts.get(key, 0)} {words}" for key, words in SHOWN.items()) + "."
