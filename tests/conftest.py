"""Share what every test needs: a fixed day, no network, a clean cache."""

import datetime

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from portal.lib.catalogues import compile_stale
from tests.e2e.browsers import chromium

TODAY = datetime.datetime(2026, 12, 1, 15, 0, tzinfo=datetime.UTC)  # Tuesday, 10:00 in Hartford


def pytest_configure():
    """Compile the catalogues, and make tests quick: static files where they lie, passwords hashed cheaply."""
    compile_stale(settings.BASE_DIR / "locale")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_terminal_summary(terminalreporter):
    """Say once when the browser stories could not run."""
    if chromium() is None:
        terminalreporter.write_line("The browser stories were left out: no Chromium found. Set CHROMIUM to one's path.")


@pytest.fixture
def fixed_day():
    """Stop the clock at the moment the acceptance cases assume."""
    with time_machine.travel(TODAY, tick=False) as traveller:
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
    if request.node.get_closest_marker("django_db"):
        cache.clear()
