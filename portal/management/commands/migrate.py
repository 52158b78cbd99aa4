"""Migrate as Django does; it insists that this command and `makemigrations` find changes in the same way."""

from django.core.management.commands import migrate

from .makemigrations import Autodetector


class Command(migrate.Command):
    autodetector = Autodetector
