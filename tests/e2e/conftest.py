"""Serve the site with its starter content, and drive a browser that can reach nothing else."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from tests import databases
from tests.e2e.browsers import chromium

# Playwright keeps an event loop in the main thread, in which Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HERE = Path(__file__).parent
ARGUMENTS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--force-prefers-reduced-motion",
]


def pytest_collection_modifyitems(config, items):
    """Mark what is below this folder, and leave it out where no browser is."""
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        item.add_marker(pytest.mark.e2e)
    if chromium() is None:
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the machine's own Chromium; as root it runs without its sandbox, which root cannot have."""
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
    return {**browser_type_launch_args, "executable_path": chromium(), "args": arguments}


@pytest.fixture(scope="session")
def starter(worker_id, django_test_environment, django_db_blocker):
    """Load the starter content once into a database of its own; return that database's name."""
    with django_db_blocker.unblock(), databases.made(f"faro_starter_{worker_id}", databases.migrated()) as name:
        with databases.used(name):
            call_command("load_starter", verbosity=0)
        yield name


@pytest.fixture(scope="session")
def server():
    """Serve whatever database is in use at the moment."""
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def base_url(server):
    """Let `page.goto("/es/")` mean this site."""
    return server.url


@pytest.fixture
def site(starter, server, django_db_blocker, monkeypatch, tmp_path):
    """Return the address of the site on a fresh copy of the starter content, which a story may change as it likes."""
    monkeypatch.setattr(settings, "SITE_URL", server.url)
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    with django_db_blocker.unblock(), databases.made(f"{starter}_story", starter) as name, databases.used(name):
        yield server.url


@pytest.fixture
def page(page):
    """Give up on a page much sooner than Playwright would: everything here is on this machine."""
    page.set_default_timeout(10_000)
    return page
