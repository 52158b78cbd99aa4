"""Write everything public as one file of HSDS 3.0."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.lib import languages
from resources.hsds import package

FORMATS = {"json": package.json_file, "zip": package.zip_file}


class Command(BaseCommand):
    help = "Write every public listing to a file of HSDS 3.0: JSON, or a ZIP of CSV tables."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the file to write")
        parser.add_argument("--format", choices=FORMATS, default="json")
        parser.add_argument("--language", choices=languages.codes(), default=languages.codes()[0])

    def handle(self, *, file, format, language, **options):
        unfinished = file.with_name(f"{file.name}.part")
        try:
            with unfinished.open("wb") as target:
                target.writelines(FORMATS[format](language))
            unfinished.replace(file)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote {file}, {file.stat().st_size:,} bytes.")
