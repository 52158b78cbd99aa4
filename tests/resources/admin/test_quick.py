"""Test that an editor adds a place of any kind on one screen, and keeps the kinds themselves."""

import datetime

import pytest
from django.contrib.auth import get_user_model

from resources import hours
from resources.actions.starter import load_types
from resources.models import ListingType, Organization, SearchDocument, ServiceAtLocation
from tests.resources.factories import ListingFactory, ListingTypeFactory, LocationFactory, UserFactory

pytestmark = pytest.mark.django_db
QUICK = "/admin/resources/listingtype/quick/"


@pytest.fixture
def staff(client, town, fixed_day):
    client.force_login(get_user_model().objects.create_superuser("admin", language="en"))
    return client


def add(client, *lines, **changes):
    """Post the form with these lines (street, ZIP, days, from, to)."""
    form = {"kind": ListingTypeFactory(code="syringe-service").pk, "name": "Van", "number": "860-555-0100"}
    form |= {"extension": "", "spanish": "staff", "walk_in": "yes"}
    form |= {"stops-TOTAL_FORMS": "4", "stops-INITIAL_FORMS": "0"}
    for number, line in enumerate(lines):
        names = ("address_1", "postal_code", "byday", "opens_at", "closes_at")
        form |= {f"stops-{number}-{name}": value for name, value in zip(names, line, strict=True)}
    return client.post(QUICK, form | changes)


def errors(response):
    """Every error of the page, by field."""
    stops = response.context["stops"]
    found = {name: list(said) for name, said in response.context["form"].errors.items()}
    for number, each in enumerate(stops.errors):
        found |= {f"{number}-{name}": list(said) for name, said in each.items()}
    return found | ({"all": list(stops.non_form_errors())} if stops.non_form_errors() else {})


def test_the_page_opens_with_its_lines_blank(staff):
    response = staff.get(QUICK)

    assert response.status_code == 200
    assert response.content.decode().count("<legend>Line") == 4


def test_a_van_with_stops_by_day_is_one_service_with_a_listing_a_stop(staff):
    response = add(
        staff,
        ("1 Park Street", "06106", ["MO", "WE"], "09:00", "11:00"),
        ("", "", ["FR"], "13:00", "15:00"),
        ("2 Main Street", "06112", ["TU"], "09:00", "12:00"),
    )

    listings = list(ServiceAtLocation.objects.for_page().order_by("pk"))
    assert response.status_code == 302, errors(response)
    assert len({listing.service_id for listing in listings}) == 1
    assert [
        (listing.slug, listing.location.city, listing.location.point_source, listing.spanish, listing.walk_in)
        for listing in listings
    ] == [
        ("van-1-park-street", "Hartford", "zip-centroid", "staff", "yes"),
        ("van-2-main-street", "Hartford", "zip-centroid", "staff", "yes"),
    ]
    assert [hours.in_words(hours.hours_of(listing), datetime.date(2026, 12, 1)) for listing in listings] == [
        ["Monday, Wednesday: 9:00\xa0AM to 11:00\xa0AM", "Friday: 1:00\xa0PM to 3:00\xa0PM"],
        ["Tuesday: 9:00\xa0AM to 12:00\xa0PM"],
    ]
    assert {phone.number for listing in listings for phone in listing.numbers_to_call} == {"860-555-0100"}
    assert listings[0].last_check is None
    assert SearchDocument.objects.filter(listing__in=listings).count() == 2


def test_a_zip_code_alone_is_enough(staff):
    response = add(staff, ("", "06112", [], "", ""), number="")

    listing = ServiceAtLocation.objects.select_related("location").get()
    assert response.status_code == 302, errors(response)
    assert (listing.location.latitude, listing.location.longitude) == (41.79, -72.696)
    assert listing.slug == "van-hartford"


def test_a_place_by_phone_needs_no_address(staff):
    response = add(staff, ("", "", ["MO"], "09:00", "12:00"), is_virtual="on")

    listing = ServiceAtLocation.objects.select_related("location").get()
    assert response.status_code == 302, errors(response)
    assert (listing.location.location_type, listing.location.state_province) == ("virtual", "CT")
    assert listing.schedules.get().byday == "MO"


@pytest.mark.parametrize(
    ("lines", "changes", "expected"),
    [
        ([], {}, {"all": ["Enter where it is: a ZIP code is enough."]}),
        ([("", "06112", [], "", "")], {"name": ""}, {"name": ["This field is required."]}),
        (
            [("", "00000", [], "", "")],
            {},
            {"0-postal_code": ["We do not know this ZIP code, so we cannot say where the place is."]},
        ),
        (
            [("", "611", [], "", "")],
            {},
            {"0-postal_code": ["Enter a ZIP code with 5 digits, like 06112."]},
        ),
        ([("", "", ["MO"], "09:00", "12:00")], {}, {"0-postal_code": ["Enter a ZIP code with 5 digits, like 06112."]}),
        ([("", "06112", [], "09:00", "12:00")], {}, {"0-byday": ["Choose the days."]}),
        ([("", "06112", ["MO"], "", "")], {}, {"0-opens_at": ["Enter when it opens and when it closes."]}),
        ([("", "06112", ["MO"], "09:00", "")], {}, {"0-closes_at": ["Enter when it opens and when it closes."]}),
        (
            [("", "06112", [], "", ""), ("", "06112", ["MO"], "09:00", "12:00")],
            {},
            {"1-address_1": ["This place stands above. Leave the address blank to add a time to it."]},
        ),
        (
            [("", "06112", [], "", "")],
            {"number": "12345"},
            {"number": ["Enter a phone number with 10 digits, like 860-555-0100."]},
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said_by_its_field_and_nothing_is_saved(staff, lines, changes, expected):
    response = add(staff, *lines, **changes)

    assert response.status_code == 422
    found = errors(response)
    assert {name: said for name, said in found.items() if name in expected} == expected
    assert ServiceAtLocation.objects.count() == 0


def test_a_place_that_is_listed_already_is_not_added_again(staff):
    add(staff, ("1 Park Street", "06106", [], "", ""))

    response = add(staff, ("1 PARK Street", "06106", [], "", ""), name="van")

    assert errors(response) == {"name": ["A place of this name is listed at this address already."]}
    assert ServiceAtLocation.objects.count() == 1


def test_the_organization_is_used_again_and_the_address_of_the_page_is_a_new_one(staff):
    add(staff, ("1 Park Street", "06106", [], "", ""))
    add(staff, ("1 Park Street", "06112", [], "", ""))

    assert Organization.objects.count() == 1
    assert list(ServiceAtLocation.objects.order_by("pk").values_list("slug", flat=True)) == [
        "van-1-park-street",
        "van-1-park-street-2",
    ]


def test_who_may_not_add_listings_may_not_here_either(client, town):
    client.force_login(UserFactory(language="en"))

    assert client.get(QUICK).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_adding_one_more_stop_costs_the_same_each_time(staff, django_assert_max_num_queries, count):
    lines = [(f"{number} Park Street", "06106", ["MO"], "09:00", "12:00") for number in range(count)]

    with django_assert_max_num_queries(30 + 12 * count):
        assert add(staff, *lines).status_code == 302


def test_the_kinds_are_loaded_once_and_stay_as_staff_left_them(town):
    load_types()
    first = set(ListingType.objects.values_list("code", flat=True))
    ListingType.objects.filter(code="wound-care").delete()
    ListingType.objects.filter(code="disposal").update(name_en="Drop box")

    load_types()

    assert first == {
        "treatment", "emergency-department", "naloxone-point", "syringe-service", "drug-checking", "disposal",
        "wound-care", "recovery-housing", "family-support", "peer-meeting",
    }  # fmt: skip
    assert not ListingType.objects.filter(code="wound-care").exists()
    assert ListingType.objects.get(code="disposal").name_en == "Drop box"
    assert not ListingType.objects.filter(name_es=None).exists()


def test_a_kind_keeps_its_code_and_claims_only_what_search_knows(staff):
    kind = ListingTypeFactory(code="wound-care", name_en="Wounds")
    form = {"name_en": "Wound care", "name_es": "Heridas", "plural_en": "a", "plural_es": "b", "block": "places"}
    form |= {"position": "1", "code": "another"}

    wrong = staff.post(f"/admin/resources/listingtype/{kind.pk}/change/", form | {"claims": "wound-care magic"})
    right = staff.post(f"/admin/resources/listingtype/{kind.pk}/change/", form | {"claims": " wound-care  naloxone"})

    assert wrong.context["adminform"].errors == {"claims": ["No such claim: magic"]}
    assert right.status_code == 302
    kind.refresh_from_db()
    assert (kind.code, kind.name_en, kind.claims) == ("wound-care", "Wound care", "wound-care naloxone")


def test_the_list_of_listings_leads_to_the_quick_page(staff):
    ListingFactory(location=LocationFactory())

    assert QUICK in staff.get("/admin/resources/serviceatlocation/").content.decode()
