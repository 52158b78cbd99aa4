"""Send the providers their monthly links, from the one installation that may send from this database."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsletter.delivery import guard
from portal.lib import mail
from resources.actions import provider


class Command(BaseCommand):
    help = "Mail each provider the link by which it confirms its listings. Once a month each, however often it runs."

    def handle(self, *args, **options):
        at = timezone.now()
        try:
            guard.check(at=at)
            sent = provider.send_links(at=at)
        except (guard.NotOurDatabaseError, mail.UnreachableError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{sent} mails to providers sent.")
