"""Test the admin of the directory: what staff record, and what nobody changes by a slip."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from resources.actions import rebuild_search
from resources.models import ServiceAtLocation

from .factories import ListingFactory, LocationFactory, PhoneFactory, ServiceFactory, UserFactory

pytestmark = pytest.mark.django_db


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
    """Post the form of a listing with one check, changed so."""
    inlines = ("phones", "schedules", "provenances", "verifications")
    form = {
        "service": listing.service_id,
        "location": listing.location_id,
        "slug": listing.slug,
        "codes": ["HH"],
        "status": "open",
        **{f"{inline}-{count}_FORMS": "0" for inline in inlines for count in ("TOTAL", "INITIAL")},
        "verifications-TOTAL_FORMS": "1",
        "verifications-0-method": "phone",
        "verifications-0-outcome": "reached",
        "verifications-0-at_0": "2026-11-21",
        "verifications-0-at_1": "10:00",
        "verifications-0-fields": ["phone", "address"],
    }
    return client.post(f"/admin/resources/serviceatlocation/{listing.pk}/change/", form | changes)


def found(client, need):
    return [card.title for card in client.get("/en/find/", {"q": need}).context["cards"]]


def test_saving_a_listing_records_who_checked_it_and_search_finds_it_at_once(staff, town):
    listing = ListingFactory(name="Casa", codes=["OTP", "METH"])
    rebuild_search()

    response = save(staff, listing)

    assert response.status_code == 302, response.context["errors"]
    check = listing.verifications.get()
    assert (check.by.username, check.fields) == ("admin", ["phone", "address"])
    assert found(staff, "recovery housing") == ["Casa"]
    assert found(staff, "methadone") == []


def test_a_check_in_the_future_is_refused_by_its_field(staff, town):
    listing = ListingFactory()

    response = save(staff, listing, **{"verifications-0-at_0": "2026-12-02"})

    errors = [inline.formset.errors for inline in response.context["inline_admin_formsets"]]
    assert [each for each in errors if any(each)] == [[{"at": ["Este momento está en el futuro."]}]]
    assert not listing.verifications.exists()


def test_the_address_of_a_listing_is_typed_once_and_never_changes(staff, town):
    listing, service = ListingFactory(), ServiceFactory()

    save(staff, listing, slug="another", service=service.pk)

    assert ServiceAtLocation.objects.values_list("slug", "service").get() == (listing.slug, service.pk)
    assert 'name="slug"' in staff.get("/admin/resources/serviceatlocation/add/").content.decode()


def test_who_may_not_change_services_does_not_change_what_a_listing_is(client, town, fixed_day):
    caller, listing = UserFactory(language="en"), ListingFactory()
    may = ["change_serviceatlocation", "view_service", "add_verification"]
    caller.user_permissions.set(Permission.objects.filter(codename__in=may))
    client.force_login(caller)

    response = save(client, listing, service=ServiceFactory().pk, location=LocationFactory().pk)

    assert response.status_code == 302, response.context["errors"]
    saved = ServiceAtLocation.objects.values_list("service", "location", "codes").get()
    assert saved == (listing.service_id, listing.location_id, ["HH"])
    assert listing.verifications.get().by == caller
