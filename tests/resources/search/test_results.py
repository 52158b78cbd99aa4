"""Test what a search finds, in which order and how far it looks."""

import datetime

import pytest

from portal.reference.models import Concept, Department
from resources.actions import rebuild_search
from resources.geo import Spot
from resources.models import SearchDocument, ServiceAtLocation
from resources.search import facets
from resources.search.results import find
from resources.search.vocabulary import read_vocabulary
from tests.resources.factories import ListingFactory, LocationFactory, VerificationFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 12, 1)


def search(text, language="en", chosen=(), **options):
    department = Department.objects.current()
    return find(
        text,
        vocabulary=read_vocabulary(Concept.objects.all()),
        home=Spot(department.name, department.state, department.latitude, department.longitude),
        language=language,
        today=TODAY,
        chosen=facets.read(chosen),
        **options,
    )


def names(found):
    return [hit.name for hit in found.hits]


def test_without_a_place_the_nearest_to_the_department_come_first(listings):
    found = search("methadone")

    assert names(found) == ["OTP North", "OTP South", "OTP East"]
    assert (found.radius, found.has_distances) == (None, False)


def test_the_radius_widens_until_something_is_in_it_and_says_so(listings):
    found = search("recovery housing near 06320")

    assert (names(found), found.radius, found.is_widened) == (["Recovery House"], 50, True)


def test_beyond_50_miles_the_whole_state_is_searched(listings):
    ListingFactory(name="Far", codes=["RL"], location=LocationFactory(latitude=41.0, longitude=-73.6))
    rebuild_search()

    found = search("residential near 06320")

    assert (names(found), found.radius, found.is_widened) == (["Far"], None, True)


def test_a_wider_radius_can_be_asked_for(listings):
    assert names(search("withdrawal management near 06112")) == ["Detox"]
    assert search("methadone near 06112", least_radius=25).radius == 25
    assert search("methadone near 06112", least_radius="state").radius is None


def test_stale_and_unchecked_listings_come_after_the_trusted_ones(listings):
    at_the_door = LocationFactory(latitude=41.79, longitude=-72.696)
    ListingFactory(name="Unchecked", location=at_the_door)
    stale = ListingFactory(name="Stale", location=at_the_door)
    VerificationFactory(listing=stale, at=datetime.datetime(2026, 8, 23, 15, tzinfo=datetime.UTC))
    gone = ListingFactory(name="Withdrawn", location=at_the_door)
    VerificationFactory(listing=gone, at=datetime.datetime(2026, 5, 1, 15, tzinfo=datetime.UTC))
    rebuild_search()

    assert names(search("methadone near 06112")) == ["OTP North", "OTP South", "OTP East", "Stale", "Unchecked"]


def test_equal_distances_are_ordered_by_name_then_id(listings):
    point = {"latitude": 41.7901, "longitude": -72.6961}
    for name in ("Beta", "Alpha", "Alpha"):
        ListingFactory(name=name, codes=["RL"], location=LocationFactory(**point))
    rebuild_search()

    found = search("residential near 06112")

    assert names(found) == ["Alpha", "Alpha", "Beta"]
    assert [hit.listing for hit in found.hits][:2] == sorted(hit.listing for hit in found.hits[:2])


def test_help_by_phone_or_video_stands_apart(listings):
    found = search("suboxone near 06112")

    assert names(found) == ["Office Bup"]
    assert [hit.name for hit in found.remote] == ["Tele Bup"]


def test_filters_take_any_inside_a_facet_and_all_between(listings):
    found = search("near 06106", chosen=["methadone", "buprenorphine"])
    assert names(found) == ["Office Bup", "OTP South", "OTP North", "OTP East"]

    found = search("near 06112", chosen=["methadone", "spanish-speaking-counselors"])
    assert names(found) == ["OTP North", "OTP South"]


def test_counts_say_what_each_option_would_give(listings):
    for chosen in ([], ["methadone"], ["spanish-speaking-counselors"], ["methadone", "sliding-fee"]):
        counts = search("near 06112", chosen=chosen, least_radius=50).counts
        for claim in [claim for claim in counts if facets.facet_of(claim)]:
            alone = [c for c in chosen if facets.facet_of(c) != facets.facet_of(claim)] + [claim]
            assert counts[claim] == len(search("near 06112", chosen=alone, least_radius=50).hits), (chosen, claim)


@pytest.mark.parametrize("text", ["narcan", "naloxona gratis", "free narcan"])
def test_naloxone_is_found_by_its_names(listings, text):
    assert "Naloxone Box" in names(search(text))
    assert "OTP North" not in names(search(text))


def test_a_need_that_no_listing_meets_finds_nothing(listings):
    found = search("syringe exchange near 06112")

    assert (names(found), found.remote) == ([], [])


def test_a_name_is_found_in_either_language_whatever_the_page(listings):
    listing = ListingFactory(name="Peña Clinic", codes=["RL"])
    service = listing.service
    service.description_es = "Acupuntura y consejería para familias"
    service.save()
    rebuild_search()

    assert names(search("pena clinic", language="es")) == ["Peña Clinic"]
    assert names(search("Acupunturas", language="en")) == ["Peña Clinic"]


def test_a_town_in_a_name_is_not_a_place(listings):
    ListingFactory(
        name="Hartford Dispensary/Doctors", codes=["RL"], location=LocationFactory(latitude=41.35, longitude=-72.1)
    )
    rebuild_search()

    assert names(search("hartford dispensary")) == ["Hartford Dispensary/Doctors"]
    assert search("suboxone hartford").understood.spot.label == "Hartford, CT"


def test_the_words_of_a_code_find_it(listings):
    ListingFactory(name="Needles", codes=["ACU"])
    rebuild_search()

    assert names(search("acupuncture 06112")) == ["Needles"]
    assert names(search("acupuntura 06112")) == ["Needles"]


def test_a_word_that_no_listing_has_is_left_out_when_the_rest_is_understood(listings):
    found = search("methadone qwertyuiop 06112")

    assert (names(found), found.dropped) == (["OTP North", "OTP South", "OTP East"], "qwertyuiop")
    assert names(search("qwertyuiop")) == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_the_same_five_queries_whatever_it_finds(town, fixed_day, django_assert_num_queries, count):
    ListingFactory.create_batch(count)
    rebuild_search()

    with django_assert_num_queries(5):  # department, concepts, places, whether it is a name, documents
        found = search("methadone hartford")

    assert len(found.hits) == count


def test_writing_all_documents_again_gives_the_same(listings):
    columns = [field.name for field in SearchDocument._meta.fields if field.name != "id"]
    rows = SearchDocument.objects.order_by("listing", "language").values_list(*columns)
    before = list(rows.all())

    rebuild_search()

    assert list(rows.all()) == before
    assert {row[1] for row in before} == {"en", "es"}


def test_writing_one_listing_leaves_the_others(listings):
    listing = listings["R1"]
    ServiceAtLocation.objects.filter(pk=listing.pk).update(codes=["HH"])

    rebuild_search([listing.pk])

    assert names(search("methadone near 06112")) == ["OTP South", "OTP East"]
    assert SearchDocument.objects.count() == 18
