"""Test the pages on which staff name places and see what people look for in vain."""

import datetime

import pytest

from portal.accounts.models import User
from portal.accounts.roles import sync
from resources.actions.place_names import load_place_names
from resources.actions.unmet import count_unmet
from resources.models import PlaceName
from tests.resources.factories import PlaceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(fixed_day, client):
    sync()
    client.force_login(User.objects.create_superuser("ana", password="long enough to keep"))
    return client


def test_a_place_name_is_kept_as_search_compares_it(staff):
    PlaceFactory(zip="06106")

    staff.post("/admin/resources/placename/add/", {"name": "Calle Párk", "place": "06106"})

    assert list(PlaceName.objects.values_list("name", "key", "place_id")) == [("Calle Párk", "calle park", "06106")]


def test_a_name_that_differs_only_by_its_accents_is_refused(staff):
    place = PlaceFactory(zip="06106")
    PlaceName.objects.create(name="Calle Park", key="calle park", place=place)

    response = staff.post("/admin/resources/placename/add/", {"name": "calle párk", "place": "06106"})

    assert response.status_code == 200
    assert "This name is in the list already." in response.content.decode()


def test_a74_what_was_searched_four_times_in_vain_is_not_seen_and_the_fifth_shows_a_count(staff):
    def count(times):
        for _time in range(times):
            count_unmet("acupuncture", language="en", on=datetime.date(2026, 12, 1))
        return staff.get("/admin/resources/unmetterm/").content.decode()

    four, five = count(4), count(1)

    assert "acupuncture" not in four
    assert "acupuncture" in five
    assert '<td class="field-searches">5</td>' in five


def test_staff_change_nothing_in_what_was_looked_for(staff):
    statuses = [staff.get(f"/admin/resources/unmetterm/{page}").status_code for page in ("add/", "1/delete/")]

    assert 200 not in statuses


def test_the_starters_place_names_wait_for_a_check_and_never_come_back(town):
    added = load_place_names()
    names = list(PlaceName.objects.order_by("key").values_list("key", "place_id", "is_starter"))
    PlaceName.objects.all().delete()

    assert added == len(names) == 6
    assert names[0] == ("behind the rocks", "06106", True)
    assert load_place_names() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_place_names_takes_the_same_queries_however_many(staff, django_assert_max_num_queries, count):
    place = PlaceFactory(zip="06106")
    for number in range(count):
        PlaceName.objects.create(name=f"Name {number}", key=f"name {number}", place=place)

    with django_assert_max_num_queries(6):
        response = staff.get("/admin/resources/placename/")

    assert response.status_code == 200
