"""Read the mailbox to which undeliverable newsletters come back."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from newsletter import actions
from newsletter.bounces.mailbox import MailboxError


class Command(BaseCommand):
    help = "Count what came back (BOUNCES_URL) and stop writing to addresses that do not exist. Safe to repeat."

    def handle(self, *args, **options):
        if not settings.BOUNCES_URL:
            if options["verbosity"]:
                self.stdout.write("No mailbox is set (BOUNCES_URL), so nothing was read.")
            return
        try:
            counted = actions.collect(settings.BOUNCES_URL)
        except (ImproperlyConfigured, MailboxError) as error:
            raise CommandError(f"The mailbox could not be read: {error}") from error
        if options["verbosity"] or counted:
            self.stdout.write(f"{counted} reports counted.")
