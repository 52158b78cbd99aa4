"""Start, stop or inspect the PostgreSQL of this copy by hand; `make run` and the tests start it by themselves."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.lib.embedded_postgres import Server
from portal.lib.embedded_postgres.binaries import PostgresError
from portal.lib.embedded_postgres.manager import DATABASE


class Command(BaseCommand):
    """Work on the server below VAR_DIR, whether or not DATABASE_URL names another."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser):
        """Take the one thing to do."""
        parser.add_argument("action", choices=["start", "stop", "status", "psql"])

    def handle(self, *args, action, **options):
        """Do it and say what is now."""
        try:
            getattr(self, action)(Server.below(settings.VAR_DIR))
        except PostgresError as reason:
            raise CommandError(str(reason)) from reason

    def start(self, server):
        """Start it, making cluster and database if missing."""
        server.start()
        self.status(server)

    def stop(self, server):
        """Stop it, cutting connections."""
        server.stop()
        self.status(server)

    def status(self, server):
        """Say whether it accepts connections."""
        state = "accepts connections" if server.accepts_connections() else "is not running"
        self.stdout.write(f"PostgreSQL {server.binaries.major} in {server.data_dir} {state}.")

    def psql(self, server):
        """Become psql, connected to the site's database."""
        server.start()
        command = server.client_command("psql", DATABASE)
        os.execv(command[0], command)
