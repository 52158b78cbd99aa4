"""Load the starter content of every feature."""

from django.core.management.base import BaseCommand

from newsletter import actions as newsletter
from portal.accounts import roles
from portal.articles import actions as articles
from portal.overdose import actions as overdose
from portal.reference import actions as reference
from resources import actions as resources


class Command(BaseCommand):
    help = "Adds the starter content that is missing; what staff have changed stays as it is. Safe to run again."

    def handle(self, *args, **options):
        roles.sync()
        added = {
            "quoted records": reference.load_starter(),
            "articles": articles.load_starter(),
            "guides": overdose.load_starter(),
            "listings": resources.load_starter(),
            "newsletter texts": newsletter.load_starter(),
        }
        self.stdout.write("Starter content added: " + ", ".join(f"{count} {what}" for what, count in added.items()))
