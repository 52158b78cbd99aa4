"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()


def _bound_what_a_page_may_cost():
    """Have the database give up on what a page waits for too long; commands may take the time they need."""
    from django.db import connections  # noqa: PLC0415 (needs the settings)

    options = connections.settings["default"].setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c statement_timeout=2s -c lock_timeout=1s".strip()


_bound_what_a_page_may_cost()
