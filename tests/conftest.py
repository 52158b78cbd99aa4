"""Share what every test needs: a fixed day, no network, a clean cache."""

import contextlib

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from portal.lib.catalogues import compile_stale
from tests import databases, stocks
from tests.e2e.browsers import chromium


def pytest_configure():
    """Compile the catalogues, and make tests quick: files where they lie, passwords hashed cheaply, rows deleted."""
    compile_stale(settings.BASE_DIR / "locale")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    DatabaseOperations.sql_flush = databases.emptying


def pytest_terminal_summary(terminalreporter):
    """Say once when the browser stories could not run."""
    if chromium() is None:
        terminalreporter.write_line("The browser stories were left out: no Chromium found. Set CHROMIUM to one's path.")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """Have the database of the tests made as a copy of one that is migrated once for all processes."""
    with django_db_blocker.unblock():
        settings.DATABASES[DEFAULT_DB_ALIAS]["TEST"]["TEMPLATE"] = databases.migrated()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Before pytest-django begins a test's transaction, connect to where what the test begins with is entered."""
    if fixturedef.argname == "_django_db_helper":
        stock = contextlib.ExitStack()
        stock.enter_context(stocks.used_by(request.node, request.config.stash[blocking_manager_key]))
        fixturedef.addfinalizer(stock.close)
    return (yield)


def pytest_sessionfinish(session):
    """Drop what this process kept."""
    with session.config.stash[blocking_manager_key].unblock():
        stocks.drop_all()


@pytest.fixture
def fixed_day():
    """Stop the clock at the moment the acceptance cases assume."""
    with time_machine.travel(stocks.TODAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def source_language():
    """Begin in the source language: a request leaves its own active for the test that follows."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def no_limits_left_over(request):
    """Forget the counters that another test left in the cache table."""
    yield
    if stocks.commits(request.node):
        cache.clear()
