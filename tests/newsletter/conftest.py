"""Share a department, a folder of the test's own, and a mail server."""

import datetime

import pytest

from portal.reference.models import Department, Source

from .sink import Sink


@pytest.fixture
def department(db):
    """Enter the department, whose postal address every message shows."""
    source = Source.objects.create(code="CITY", title="City of Hartford", mark="seen")
    return Department.objects.create(
        name_en="Hartford Health",
        name_es="Salud de Hartford",
        street="131 Coventry Street",
        city="Hartford",
        state="CT",
        postal_code="06112",
        phone="(860) 555-0100",
        url="https://example.org/",
        latitude=41.79,
        longitude=-72.69,
        source=source,
        source_date=datetime.date(2026, 11, 21),
    )


@pytest.fixture
def var_dir(settings, tmp_path):
    """Keep mail, journals and the sender's name in a folder of the test's own."""
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def site(settings):
    """Be a site with an address of its own."""
    settings.SITE_URL = "https://news.example.org"


@pytest.fixture
def sink(settings, var_dir, site):
    """Run a mail server and send to it."""
    with Sink() as server:
        settings.EMAIL_URL = server.url
        yield server
