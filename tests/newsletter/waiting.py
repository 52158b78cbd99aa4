"""Wait for what happens in another thread or in the database server."""

import time

import pytest
from django.db import connection

from newsletter.delivery.outbox import LOCKS

OTHERS = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def until(holds):
    """Wait at most ten seconds for this to hold."""
    for _turn in range(200):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within ten seconds")


def until_only_we_live():
    """Wait until the server has noticed that the connections of other senders are lost."""
    until(lambda: _others() == 0)


def _others():
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [LOCKS])
        return cursor.fetchone()[0]
