"""Test that the starter listings and calls are given to a database once, and are the staff's from then on."""

import json

import pytest

from resources.actions import starter as actions
from resources.models import CallToMake, Provenance, ServiceAtLocation, Verification

from ..factories import CallToMakeFactory, ListingFactory, PlaceFactory, ProvenanceFactory

pytestmark = pytest.mark.django_db
LISTINGS, CALLS = 26, 11


@pytest.fixture(autouse=True)
def zip_code():
    """One ZIP code, so that the whole table is not filled."""
    PlaceFactory(zip="06112")


def counts():
    return ServiceAtLocation.objects.count(), CallToMake.objects.count()


def test_the_first_start_brings_listings_and_calls_and_no_check():
    assert actions.load_starter() == LISTINGS + CALLS
    assert counts() == (LISTINGS, CALLS)
    assert not Verification.objects.exists()


def test_a_second_start_adds_nothing_and_asks_little(django_assert_num_queries):
    actions.load_starter()

    # One or two for each kind of record given before, and what search may lack; a savepoint and its end.
    with django_assert_num_queries(11):
        assert actions.load_starter() == 0


def test_what_staff_deleted_never_comes_back():
    actions.load_starter()
    ServiceAtLocation.objects.order_by("pk").first().delete()
    CallToMake.objects.order_by("pk").first().delete()

    assert actions.load_starter() == 0
    assert counts() == (LISTINGS - 1, CALLS - 1)


def test_a_call_whose_address_staff_corrected_is_not_added_again():
    actions.load_starter()
    CallToMake.objects.filter(address__startswith="55 Fishfry Street").update(address="57 Fishfry Street")

    assert actions.load_starter() == 0


def test_what_was_there_before_the_first_start_is_not_added():
    first = json.loads((actions.STARTER / "hartford.json").read_text(encoding="utf-8"))["contents"][0]
    imported = ProvenanceFactory(listing=ListingFactory(), source_id=actions._facility(first).source_id)
    CallToMakeFactory(organization="Community Substance Abuse Centers", address="55 Fishfry Street, Hartford, CT 06120")

    assert actions.load_starter() == LISTINGS + CALLS - 2
    assert Provenance.objects.get(source_id=imported.source_id) == imported
