"""Settings of the web server: `gunicorn --config python:portal.gunicorn portal.wsgi`.

Its log says what was asked for and how it went, never by whom: no address, no query, no browser, no referring page.
"""

import sys
from urllib.parse import quote

from gunicorn import glogging

worker_class = "gthread"
workers = 2
threads = 4
preload_app = True  # loaded once: a quicker start, and the workers share the memory
timeout = 30  # seconds until a worker that hangs is replaced
graceful_timeout = 10  # seconds that requests under way may take when the server stops
limit_request_line = 8190  # a search of 5,000 characters gets a page that says what to do, not a bare error
forwarded_allow_ips = "127.0.0.1,::1"  # the proxy on this machine; nobody else's X-Forwarded-* counts
control_socket_disable = True  # it would be made in the home folder, one for all copies
loglevel = "error"
accesslog = "-"
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(D)sus"
logger_class = "portal.gunicorn.Logger"


class Logger(glogging.Logger):
    """gunicorn's logger without what could point to a person, one line an entry."""

    def atoms(self, resp, req, environ, request_time):
        """Return the usual values with the path quoted: a visitor can put a line break in it."""
        atoms = super().atoms(resp, req, environ, request_time)
        return atoms | {"U": quote(atoms["U"] or "-", safe="/:")}

    def exception(self, msg, *args, **kwargs):
        """Of an error in a request name only its kind: gunicorn's own words repeat address and query."""
        if "request" in msg:
            kind = sys.exc_info()[0]
            self.error("A request failed in the web server: %s", kind and kind.__name__)
        else:
            super().exception(msg, *args, **kwargs)
