"""Test the admin of the directory: what staff record, and what nobody changes by a slip."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from portal.accounts import roles
from resources.actions import rebuild_search, record_verification
from resources.models import SearchDocument, ServiceAtLocation
from tests.portal.staff import filled_in

from .factories import ListingFactory, LocationFactory, PhoneFactory, ServiceFactory, UserFactory, VerificationFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 12, 1)


@pytest.fixture
def staff(client, fixed_day):
    client.force_login(get_user_model().objects.create_superuser("admin", language="es"))
    return client


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_listings_in_the_admin_does_not_grow_in_queries(staff, town, django_assert_max_num_queries, count):
    for listing in ListingFactory.create_batch(count):
        PhoneFactory(listing=listing)

    with django_assert_max_num_queries(9):
        response = staff.get("/admin/resources/serviceatlocation/?checked=never&q=Place")

    assert response.context["cl"].result_count == count


@pytest.mark.parametrize(
    "model", ["organization", "service", "location", "serviceatlocation", "taxonomyterm", "place", "calltomake"]
)
def test_every_list_and_form_of_the_admin_opens_in_spanish(staff, town, model):
    ListingFactory()

    assert staff.get(f"/admin/resources/{model}/?q=a").status_code == 200
    assert staff.get(f"/admin/resources/{model}/add/").status_code == 200


def save(client, listing, **changes):
    """Post the form of a listing, changed so."""
    inlines = ("phones", "schedules", "closures", "verifications", "changes", "quality_facts", "provenances")
    form = {
        "service": listing.service_id,
        "location": listing.location_id,
        "slug": listing.slug,
        "codes": ["HH"],
        "status": "open",
        **dict.fromkeys(("takes_new_patients", "same_day_start", "walk_in", "id_needed"), "unknown"),
        **dict.fromkeys(("asks_immigration", "takes_pregnant", "with_children", "has_beds", "spanish"), "unknown"),
        **{f"{inline}-{count}_FORMS": "0" for inline in inlines for count in ("TOTAL", "INITIAL")},
    }
    return client.post(f"/admin/resources/serviceatlocation/{listing.pk}/change/", form | changes)


def found(client, need):
    return [card.title for card in client.get("/en/find/", {"q": need}).context["cards"]]


def test_search_finds_what_was_saved_at_once(staff, town):
    listing = ListingFactory(name="Casa", codes=["OTP", "METH"])
    rebuild_search()

    response = save(staff, listing)

    assert response.status_code == 302, response.context["errors"]
    assert found(staff, "recovery housing") == ["Casa"]
    assert found(staff, "methadone") == []


def test_a_check_is_recorded_on_the_page_of_the_call_and_nowhere_else(staff, town):
    listing = ListingFactory()
    VerificationFactory(listing=listing)

    response = save(
        staff,
        listing,
        **{
            "verifications-TOTAL_FORMS": "1",
            "verifications-0-method": "phone",
            "verifications-0-outcome": "reached",
            "verifications-0-at_0": "2026-11-30",
            "verifications-0-at_1": "10:00",
            "verifications-0-fields": ["phone", "address"],
        },
    )

    page = staff.get(f"/admin/resources/serviceatlocation/{listing.pk}/change/").content.decode()
    assert response.status_code == 302
    assert listing.verifications.count() == 1
    assert f'href="/admin/resources/calltomake/queue/listing/{listing.pk}/"' in page


@pytest.mark.parametrize(
    ("action", "expected"), [("take_off_the_list", (TODAY, False)), ("keep_on_the_list", (None, True))]
)
def test_a_publisher_decides_what_leaves_the_list(staff, town, action, expected):
    listing = ListingFactory(withdrawal_held_on=TODAY)
    rebuild_search()
    address = "/admin/resources/serviceatlocation/?withdrawal=waits"
    waits = [row.pk for row in staff.get(address).context["cl"].result_list]

    staff.post(address, {"action": action, "_selected_action": [listing.pk]})

    listing.refresh_from_db()
    assert waits == [listing.pk]
    assert (listing.withdrawn_on, SearchDocument.objects.filter(listing=listing).exists()) == expected
    assert staff.get(address).context["cl"].result_count == 0


def test_only_a_publisher_decides_what_leaves_the_list(client, town, fixed_day):
    roles.sync()
    caller, listing = UserFactory(language="en"), ListingFactory(withdrawal_held_on=TODAY)
    caller.groups.add(Group.objects.get(name="directory caller"))
    client.force_login(caller)

    client.post(
        "/admin/resources/serviceatlocation/", {"action": "take_off_the_list", "_selected_action": [listing.pk]}
    )

    listing.refresh_from_db()
    assert (listing.withdrawn_on, listing.withdrawal_held_on) == (None, TODAY)


def test_the_address_of_a_listing_is_typed_once_and_never_changes(staff, town):
    listing, service = ListingFactory(), ServiceFactory()

    save(staff, listing, slug="another", service=service.pk)

    assert ServiceAtLocation.objects.values_list("slug", "service").get() == (listing.slug, service.pk)
    assert 'name="slug"' in staff.get("/admin/resources/serviceatlocation/add/").content.decode()


def test_who_may_not_change_services_does_not_change_what_a_listing_is(client, town, fixed_day):
    caller, listing = UserFactory(language="en"), ListingFactory()
    may = ["change_serviceatlocation", "view_service"]
    caller.user_permissions.set(Permission.objects.filter(codename__in=may))
    client.force_login(caller)

    response = save(client, listing, service=ServiceFactory().pk, location=LocationFactory().pk)

    assert response.status_code == 302, response.context["errors"]
    saved = ServiceAtLocation.objects.values_list("service", "location", "codes").get()
    assert saved == (listing.service_id, listing.location_id, ["HH"])


def test_a_form_that_was_open_while_somebody_called_does_not_undo_what_the_call_corrected(staff, town, fixed_day):
    listing = ListingFactory()
    address = f"/admin/resources/serviceatlocation/{listing.pk}/change/"
    form = filled_in(staff.get(address))
    fixed_day.shift(datetime.timedelta(minutes=5))
    answers = {"changes": {"takes_new_patients": "no"}, "fields": ["intake"]}
    called = {"method": "phone", "outcome": "reached", "by": UserFactory(), "at": datetime.datetime.now(datetime.UTC)}
    record_verification(listing=listing, **called, **answers)

    refused = staff.post(address, form | {"walk_in": "yes"})
    saved = staff.post(address, filled_in(staff.get(address)) | {"walk_in": "yes"})

    assert (refused.status_code, saved.status_code) == (200, 302)
    assert refused.context["adminform"].form.has_error("__all__", code="changed")
    listing.refresh_from_db()
    assert (listing.takes_new_patients, listing.walk_in) == ("no", "yes")
