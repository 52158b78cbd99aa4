"""Keep databases that hold what hundreds of tests begin with, so that it is not entered again for each of them.

A test that asks for such a fixture (`vocabulary`, `listings`) runs in a database of its process that was filled once;
like every test it works in a transaction that is taken back. A test that commits starts from an empty database instead.
"""

import datetime
import os
from contextlib import contextmanager

import time_machine
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import translation

from portal.reference import actions as reference
from resources.samhsa.load import sync_terms
from tests import databases
from tests.resources.factories import acceptance_listings, acceptance_places

TODAY = datetime.datetime(2026, 12, 1, 15, 0, tzinfo=datetime.UTC)  # Tuesday, 10:00 in Hartford

_open = {}  # name of the stock -> connection to its database


def fill_vocabulary() -> None:
    """Enter the department, the search concepts and the taxonomy as they are shipped."""
    reference.load_starter()
    sync_terms()


def fill_listings() -> None:
    """Enter R1 to R10 of the acceptance cases beside the vocabulary."""
    fill_vocabulary()
    acceptance_places()
    acceptance_listings()


STOCKS = {"listings": fill_listings, "vocabulary": fill_vocabulary}  # the largest first


@contextmanager
def used_by(item, blocker):
    """Connect to the largest stock among a test's fixtures while it runs, or stay where we are."""
    name = next((stock for stock in STOCKS if stock in item.fixturenames), None)
    if name is None or commits(item):
        yield
        return
    before = connections[DEFAULT_DB_ALIAS]
    _connect(_open.get(name) or _filled(name, blocker))
    try:
        yield
    finally:
        _connect(before)


def _connect(connection) -> None:
    connections[DEFAULT_DB_ALIAS] = connection
    ContentType.objects.clear_cache()  # the same model may have another number there


def commits(item) -> bool:
    """Say whether a test commits what it writes."""
    mark = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or bool(mark and mark.kwargs.get("transaction"))


def drop_all() -> None:
    """Leave no stock behind."""
    while _open:
        name, connection = _open.popitem()
        connection.close()
        databases.drop(_database(name))


def _filled(name: str, blocker):
    with blocker.unblock(), translation.override(settings.LANGUAGE_CODE):
        databases.copy(_database(name), databases.migrated())
        with databases.used(_database(name)), time_machine.travel(TODAY, tick=False):
            STOCKS[name]()
    _open[name] = connections[DEFAULT_DB_ALIAS].copy()
    _open[name].settings_dict["NAME"] = _database(name)
    return _open[name]


def _database(name: str) -> str:
    return f"faro_{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
