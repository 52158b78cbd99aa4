"""Give the directory's tests a department, ZIP codes and the search vocabulary."""

import pytest
from django.utils import translation

from portal.reference import actions as reference
from resources.samhsa.load import sync_terms

from .factories import acceptance_listings, acceptance_places


@pytest.fixture(autouse=True)
def english():
    """Begin in English: a request of an earlier test leaves its language active."""
    with translation.override("en"):
        yield


@pytest.fixture
def vocabulary(db):
    """The department, the search concepts and the taxonomy as they are shipped."""
    reference.load_starter()
    sync_terms()


@pytest.fixture
def town(vocabulary):
    """The ZIP codes of the acceptance cases."""
    acceptance_places()


@pytest.fixture
def listings(town, fixed_day):
    """R1 to R10 of the acceptance cases, on their day."""
    return acceptance_listings()
