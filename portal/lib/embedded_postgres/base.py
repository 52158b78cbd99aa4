"""Be Django's PostgreSQL engine, and start the local server when nobody answers.

Nothing runs before the first query: `manage.py check` starts no server. A server that was killed is started again by
the next connection.
"""

from django.db.backends.postgresql import base

from .binaries import PostgresError
from .manager import Server


class DatabaseWrapper(base.DatabaseWrapper):
    """Connect to the server below `VAR_DIR` of the settings entry."""

    def get_connection_params(self):
        """Return the usual parameters, with the server's socket as the host."""
        self.server = Server.below(self.settings_dict["VAR_DIR"])
        return super().get_connection_params() | {"host": str(self.server.socket_dir)}

    def get_new_connection(self, conn_params):
        """Connect; where that fails have the server started, or wait until it has, and connect again."""
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            self._start()
        return super().get_new_connection(conn_params)

    def _start(self):
        try:
            self.server.start()
        except PostgresError as reason:
            raise self.Database.OperationalError(str(reason)) from reason
