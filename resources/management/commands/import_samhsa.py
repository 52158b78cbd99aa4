"""Import SAMHSA's National Directory of treatment facilities."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.lib.spreadsheet import UnreadableFileError
from resources.geo import STATES
from resources.samhsa.load import import_file

MOST_PROBLEMS_SHOWN = 200


class Command(BaseCommand):
    help = (
        "Imports the directory as published (XLSX) or geocoded (CSV). Safe to run again: the same file changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--state", default="", type=str.upper, help="Two letters: only this state's rows.")
        parser.add_argument("--year", default=2022, type=int, help="The year of the list (2022).")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen and store nothing.")

    def handle(self, *args, file, state, year, dry_run, **options):
        if state and state not in STATES:
            raise CommandError(f"{state} is not a state. Give two letters, like CT.")
        try:
            report = import_file(file, year=year, state=state, is_dry_run=dry_run, progress=self.show_progress)
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        for problem in report.problems[:MOST_PROBLEMS_SHOWN]:
            outcome = " The row was left out." if problem.is_left_out else ""
            self.stdout.write(f"Row {problem.row}, column {problem.column}: {problem.message}{outcome}")
        if len(report.problems) > MOST_PROBLEMS_SHOWN:
            self.stdout.write(f"… and {len(report.problems) - MOST_PROBLEMS_SHOWN} more of these.")
        self.stdout.write(
            f"{'Would be: ' if dry_run else ''}{report.added} added, {report.updated} updated, "
            f"{report.unchanged} unchanged, {report.left_out} left out."
        )

    def show_progress(self, done, total):
        """Print how far the import is, in place of the last line where a person watches."""
        self.stdout.write(f"{done:,} of {total:,} rows", ending="\r" if self.stdout.isatty() else "\n")
        self.stdout.flush()
