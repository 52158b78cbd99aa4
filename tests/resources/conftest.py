"""Give the directory's tests a department, ZIP codes and the search vocabulary."""

import pytest
from django.utils import translation

from resources.models import Place, ServiceAtLocation, TaxonomyTerm
from tests import stocks

from .factories import acceptance_listings, acceptance_places, known_listings


@pytest.fixture(autouse=True)
def english():
    """Begin in English: a request of an earlier test leaves its language active."""
    with translation.override("en"):
        yield


@pytest.fixture
def vocabulary(db):
    """The department, the search concepts and the taxonomy as they are shipped; usually tests/stocks.py has them."""
    if not TaxonomyTerm.objects.exists():
        stocks.fill_vocabulary()


@pytest.fixture
def town(vocabulary):
    """The ZIP codes of the acceptance cases."""
    if not Place.objects.exists():
        acceptance_places()


@pytest.fixture
def listings(town, fixed_day):
    """R1 to R10 of the acceptance cases, on their day."""
    if not ServiceAtLocation.objects.exists():
        acceptance_listings()
    return known_listings()
