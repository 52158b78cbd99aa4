"""Bring the message catalogues up to date with the strings of the code."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import to_locale

from portal.lib import extraction, languages


class Command(BaseCommand):
    help = "Collects the strings of Python and templates into each language's locale/<language>/LC_MESSAGES/django.po."
    requires_system_checks = []

    def handle(self, *args, **options):
        found = extraction.collect(settings.BASE_DIR)
        waiting = {}
        for code in languages.others(settings.LANGUAGE_CODE):
            locale = to_locale(code)
            po = settings.LOCALE_PATHS[0] / locale / "LC_MESSAGES" / "django.po"
            waiting[code] = extraction.update(po, found, locale)
        words = ", ".join(f"{count} to translate in {code}" for code, count in waiting.items())
        self.stdout.write(f"{len(found)} strings: {words}")
