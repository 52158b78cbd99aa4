"""Test what a search finds, in which order and how far it looks."""

import datetime

import pytest

from portal.reference.models import Concept, Department
from resources.actions import rebuild_search
from resources.geo import Spot
from resources.models import SearchDocument, ServiceAtLocation
from resources.search import facets, results, tags
from resources.search.results import Wish, find
from resources.search.vocabulary import read_vocabulary
from tests.resources.factories import (
    BUPRENORPHINE,
    ListingFactory,
    ListingTypeFactory,
    LocationFactory,
    ScheduleFactory,
    VerificationFactory,
    VirtualLocationFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 12, 1, 15, 0, tzinfo=datetime.UTC)


def surroundings():
    department = Department.objects.current()
    home = Spot(department.name, department.state, department.latitude, department.longitude)
    return {"vocabulary": read_vocabulary(Concept.objects.all()), "home": home}


def search(text, language="en", chosen=(), around=None, **options):
    wish = Wish(text, facets.read(chosen), **options)
    return find(wish, **(around or surroundings()), language=language, at=NOW)


def names(found):
    return [hit.row["card"]["titles"]["en"] for hit in found.hits]


def names_beside(found, block):
    return [hit.row["card"]["titles"]["en"] for hit in found.beside[block]]


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
    assert names_beside(found, "remote") == ["Tele Bup"]


def test_filters_take_any_inside_a_facet_and_all_between(listings):
    found = search("near 06106", chosen=["methadone", "buprenorphine"])
    assert names(found) == ["Office Bup", "OTP South", "OTP North", "OTP East"]

    found = search("near 06112", chosen=["methadone", "spanish-speaking-counselors"])
    assert names(found) == ["OTP North", "OTP South"]


def test_counts_say_what_each_option_would_give(listings):
    around = surroundings()  # read once for more than a thousand searches
    for chosen in (
        [],
        ["methadone"],
        ["spanish-speaking-counselors"],
        ["methadone", "sliding-fee"],
        ["walk_in-yes"],
        ["walk_in-unknown", "methadone"],
    ):
        counts = search("near 06112", chosen=chosen, around=around, least_radius=50).counts
        for facet, words in facets._words(("treatment", "naloxone-point", "recovery-housing")).items():
            alone = [word for word in chosen if tags.facet_of(word) != facet]
            for word, number in words:
                given = search("near 06112", chosen=[*alone, word], around=around, least_radius=50)
                if given.radius == 50:
                    assert counts.get(number, 0) == given.total, (chosen, word)


@pytest.mark.parametrize("text", ["narcan", "naloxona gratis", "free narcan"])
def test_naloxone_is_found_by_its_names(listings, text):
    assert "Naloxone Box" in names(search(text))
    assert "OTP North" not in names(search(text))


def test_a_need_that_no_listing_meets_finds_nothing(listings):
    found = search("syringe exchange near 06112")

    assert found.is_empty


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

    with django_assert_num_queries(5):  # department, concepts, places, whether it is a name, the answer
        found = search("methadone hartford")

    assert len(found.hits) == count


def test_writing_all_documents_again_gives_the_same(listings):
    columns = [field.name for field in SearchDocument._meta.fields]
    rows = SearchDocument.objects.order_by("listing").values_list(*columns)
    before = list(rows.all())

    rebuild_search()

    assert list(rows.all()) == before
    assert len(before) == 9


def test_writing_one_listing_leaves_the_others(listings):
    listing = listings["R1"]
    ServiceAtLocation.objects.filter(pk=listing.pk).update(codes=["HH"])

    rebuild_search([listing.pk])

    assert names(search("methadone near 06112")) == ["OTP South", "OTP East"]
    assert SearchDocument.objects.count() == 9


def test_listings_beyond_the_first_page_are_reached_and_a_page_too_far_is_the_last(town, fixed_day):
    ListingFactory.create_batch(23)
    rebuild_search()

    first, second, far = (search("methadone", page=page) for page in (1, 2, 50))

    assert [len(found.hits) for found in (first, second, far)] == [20, 3, 3]
    assert {hit.listing for hit in first.hits}.isdisjoint(hit.listing for hit in second.hits)
    assert [hit.listing for hit in far.hits] == [hit.listing for hit in second.hits]


def test_what_staff_recorded_of_spanish_outweighs_what_a_list_said(listings):
    listing = listings["R8"]
    ServiceAtLocation.objects.filter(pk=listing.pk).update(codes=[*listing.codes, "SP"])  # it said "no" on the phone
    rebuild_search()

    found = search("spanish speaking methadone near 06112")

    assert names(found) == ["OTP North", "OTP South"]


def test_only_what_is_open_for_the_thing_searched_is_open_now(listings):
    found = search("methadone open now near 06112")

    assert names(found) == ["OTP North", "OTP East"]
    assert (found.radius, found.total) == (10, 2)


def test_where_nothing_is_open_those_that_open_next_come_first(listings):
    ServiceAtLocation.objects.filter(pk__in=[listings["R1"].pk, listings["R8"].pk]).delete()
    rebuild_search()

    found = search("methadone near 06112", is_open=True)

    assert found.is_none_open
    assert names(found) == ["OTP South"]


def test_an_unchecked_or_stale_listing_is_never_open_now(listings):
    at_the_door = LocationFactory(latitude=41.79, longitude=-72.696)
    for name, checked_on in (("Unchecked", None), ("Stale", datetime.datetime(2026, 8, 23, 15, tzinfo=datetime.UTC))):
        listing = ListingFactory(name=name, location=at_the_door)
        ScheduleFactory(listing=listing)
        if checked_on:
            VerificationFactory(listing=listing, at=checked_on)
    rebuild_search()

    assert names(search("methadone open now 06112")) == ["OTP North", "OTP East"]
    assert {hit.opening.is_open for hit in search("methadone 06112").hits[-2:]} == {False}


def test_the_soonest_to_open_come_first_when_asked_for(listings):
    found = search("methadone near 06112", sort="opens")

    assert names(found) == ["OTP North", "OTP East", "OTP South"]


def test_where_nothing_is_open_the_first_to_open_is_known(listings):
    ServiceAtLocation.objects.filter(pk__in=[listings["R1"].pk, listings["R8"].pk]).delete()
    rebuild_search()

    found = search("methadone near 06112", is_open=True)

    assert found.opens_next.row["card"]["titles"]["en"] == "OTP South"
    assert search("methadone near 06112", sort="opens").opens_next is None


def test_in_the_order_of_opening_there_are_as_many_places_as_were_looked_at(listings, monkeypatch):
    monkeypatch.setattr(results, "WINDOW", 2)

    first, last = (search("methadone near 06112", sort="opens", many=2, page=page) for page in (1, 2))

    assert (first.total, first.listed, first.is_cut_off) == (3, 2, True)
    assert names(first) == names(last) == ["OTP North", "OTP South"]
    assert search("methadone near 06112", sort="opens", many=3).is_cut_off is False


def test_a_block_beside_the_places_says_how_many_there_are_and_shows_all_when_asked(listings):
    virtual = VirtualLocationFactory(state_province="CT")
    for number in range(6):
        ListingFactory(name=f"Tele {number}", codes=[*BUPRENORPHINE, "TELE"], location=virtual)
    rebuild_search()

    some, everything = search("suboxone near 06112"), search("suboxone near 06112", aside=100)

    assert (len(some.beside["remote"]), some.beside_totals) == (5, {"remote": 7})
    assert len(everything.beside["remote"]) == 7


def test_emergency_departments_and_peers_stand_in_blocks_of_their_own(listings):
    for code, block in (("emergency-department", "emergency"), ("peer-meeting", "peers")):
        kind = ListingTypeFactory(code=code, block=block)
        ListingFactory(name=f"A {code}", type=kind, codes=[code, "peer-meetings"])
    ListingFactory(
        name="Online", type=kind, codes=["peer-meetings", "TELE"], location=VirtualLocationFactory(state_province="CT")
    )
    rebuild_search()

    everything, asked = search("near 06112"), search("er near me")

    assert "A emergency-department" not in names(everything)
    assert names_beside(everything, "peers") == ["A peer-meeting", "Online"]
    assert names_beside(asked, "emergency") == ["A emergency-department"]
    assert [hit.row["card"]["titles"]["en"] for hit in search("methadone").emergency] == ["A emergency-department"]


def test_a_name_with_words_that_mean_something_is_found(listings):
    ListingFactory(name="Walnut Detox Hospital Tower", codes=["RL"])
    rebuild_search()

    assert names(search("walnut detox hospital")) == ["Walnut Detox Hospital Tower"]


def test_a_drug_alone_asks_for_a_way_to_start_and_beside_a_need_for_nothing(listings):
    assert names(search("dope sick 06112")) == ["OTP North", "Office Bup", "OTP South", "OTP East"]
    assert names(search("heroin recovery housing near 06112")) == ["Recovery House"]
