"""Test which mistyped words are understood."""

import pytest

from resources.actions import rebuild_search
from resources.models import SearchTerm
from resources.search import typos
from tests.resources.factories import ListingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms(town):
    ListingFactory(name="Quinnipiac Wellness", location__city="Wallingford")
    rebuild_search()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nalaxone", "naloxone"),
        ("narcam", "narcan"),
        ("suboxon", "suboxone"),
        ("methodone", "methadone"),
        ("bupenorfina", "buprenorfina"),
        ("desintoxicasion", "desintoxicacion"),
        ("walingford", "wallingford"),
        ("quinipiac", "quinnipiac"),
    ],
)
def test_a_mistyped_word_is_read_as_the_known_one(terms, typed, meant):
    assert typos.meant([typed]) == {typed: meant}


@pytest.mark.parametrize(
    "word",
    ["methadone", "quinnipiac", "qwertyuiop", "nar", "06112", "wellnesses", "a" * 5000, "%_\\", "'; --"],
)
def test_known_short_and_far_off_words_stay(terms, word):
    assert typos.meant([word]) == {}


def test_a_listings_own_word_is_no_mistake_of_the_vocabularys(terms):
    ListingFactory(name="Narcam House")
    rebuild_search()

    assert typos.meant(["narcam"]) == {}


def test_words_of_a_single_listing_are_added_and_all_are_written_anew(terms):
    listing = ListingFactory(name="Zyzzyva Center")
    rebuild_search([listing.pk])
    assert SearchTerm.objects.filter(word="zyzzyva").exists()

    listing.delete()
    rebuild_search()

    assert not SearchTerm.objects.filter(word="zyzzyva").exists()
