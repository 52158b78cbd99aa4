import datetime
import json

import pytest
from django.conf import settings
from django.utils.translation import override

from resources.hsds import dump, rows
from resources.hsds.fields import TABLES
from resources.models import Answer, Closure, Import, Schedule, Service, ServiceAtLocation
from resources.samhsa.load import sync_terms
from tests.resources.factories import (
    ListingFactory,
    LocationFactory,
    PhoneFactory,
    ProvenanceFactory,
    ServiceFactory,
    VerificationFactory,
    VirtualLocationFactory,
)

pytestmark = pytest.mark.django_db

CHECKED = datetime.datetime(2026, 11, 21, 15, 0, tzinfo=datetime.UTC)


def dumped(service, language="en"):
    loaded = rows.with_listings(Service.objects.filter(pk=service.pk), is_full=True).get()
    with override(language):
        return dump.service_full(loaded, dump.Words())


def without_ids(given):
    """Drop what differs from run to run, and the words of terms."""
    if isinstance(given, dict):
        dropped = ("last_modified", "taxonomy_term", "link_entity")
        kept = {name: part for name, part in given.items() if name not in dropped}
        return {name: without_ids(part) for name, part in kept.items() if not (name == "id" or name.endswith("_id"))}
    return [without_ids(part) for part in given] if isinstance(given, list) else given


def statuses_at(*changes):
    service = ServiceFactory()
    for change in changes:
        ListingFactory(service=service, location=LocationFactory(), **change)
    return dumped(service)["status"]


def test_a_service_says_all_that_is_known_of_it(fixed_day):
    sync_terms()
    listing = ListingFactory(
        name="OTP North",
        codes=["MD", "CARF", "naloxone"],
        spanish="interpreter",
        walk_in=Answer.YES,
        id_needed=Answer.NO,
        gender="women",
        least_age=18,
        they_ask_en="Your name.",
        to_bring_en="A card.",
        up_front_en="Nothing.",
        location__transit_en="Bus 50",
        location__wheelchair=Answer.YES,
    )
    PhoneFactory(listing=listing, extension="12", use="intake", note_en="Press 2", languages=["es"])
    ProvenanceFactory(listing=listing)
    VerificationFactory(listing=listing, at=CHECKED)
    Schedule.objects.create(
        listing=listing, byday="MO,TU", opens_at="05:30", closes_at="11:00", purpose="dosing", interval=2,
        valid_from=datetime.date(2026, 1, 5),
    )  # fmt: skip

    given = dumped(listing.service)

    assert without_ids(given) == {
        "name": "OTP North",
        "status": "active",
        "interpretation_services": "Spanish: Interpreter",
        "application_process": "Your name.",
        "fees_description": "Nothing.",
        "accreditations": "Accredited by CARF",
        "eligibility_description": "Women",
        "minimum_age": 18,
        "assured_date": "2026-11-21",
        "organization": {"name": "OTP North", "description": ""},
        "service_at_locations": [
            {
                "location": {
                    "location_type": "physical",
                    "transportation": "Bus 50",
                    "latitude": 41.79,
                    "longitude": -72.696,
                    "addresses": [
                        {
                            "address_1": "1 Main Street",
                            "city": "Hartford",
                            "state_province": "CT",
                            "postal_code": "06112",
                            "country": "US",
                            "address_type": "physical",
                        }
                    ],
                    "accessibility": [{"description": "Wheelchair access: yes"}],
                },
                "phones": [
                    {
                        "number": "860-555-0100",
                        "extension": 12,
                        "type": "voice",
                        "description": "For new patients. Press 2",
                        "languages": [{"name": "Spanish", "code": "es"}],
                        "attributes": [{"link_type": "use", "value": "intake"}],
                    }
                ],
                "schedules": [
                    {
                        "valid_from": "2026-01-05",
                        "dtstart": "2026-01-05",
                        "freq": "WEEKLY",
                        "interval": 2,
                        "byday": "MO,TU",
                        "opens_at": "05:30",
                        "closes_at": "11:00",
                        "notes": "America/New_York",
                        "attributes": [{"link_type": "purpose", "value": "dosing"}],
                    }
                ],
                "attributes": [
                    {"link_type": "status", "value": "open"},
                    {"link_type": "checked_on", "value": "2026-11-21"},
                    {"link_type": "source", "value": "samhsa 2022"},
                    {"link_type": "walk_in", "value": "yes"},
                    {"link_type": "id_needed", "value": "no"},
                    {"link_type": "gender", "value": "women"},
                    {"link_type": "spanish", "value": "interpreter"},
                    {"link_type": "short_code", "value": str(listing.short_code)},
                ],
            }
        ],
        "languages": [{"name": "Spanish", "code": "es", "note": "Interpreter"}],
        "cost_options": [{"option": "Medicaid (HUSKY in Connecticut)"}],
        "required_documents": [{"document": "A card."}],
        "attributes": [
            {"link_type": "offers", "value": "MD"},
            {"link_type": "offers", "value": "CARF"},
            {"link_type": "offers", "value": "naloxone"},
        ],
    }


def test_ids_are_the_same_each_time():
    listing = ListingFactory()
    PhoneFactory(listing=listing)

    assert dumped(listing.service) == dumped(listing.service)


def test_text_is_in_the_language_asked_for_and_in_no_other_instead(fixed_day):
    service = ServiceFactory(name_en="Clinic", name_es="Clínica", description_en="Open to all")
    listing = ListingFactory(service=service, they_ask_es="Su nombre.", they_ask_en="Your name.")
    Closure.objects.create(listing=listing, starts_on="2026-12-25", ends_on="2026-12-25")

    english, spanish = dumped(service), dumped(service, "es")

    assert [english["name"], english.get("description"), english["application_process"]] == [
        "Clinic",
        "Open to all",
        "Your name.",
    ]
    assert [spanish["name"], spanish.get("description"), spanish["application_process"]] == [
        "Clínica",
        None,
        "Su nombre.",
    ]
    assert english["service_at_locations"][0]["description"] == "Closed December 25, 2026 (Holiday)."


def test_the_assured_date_is_the_oldest_of_the_last_checks():
    service = ServiceFactory()
    for day in (21, 11):
        listing = ListingFactory(service=service, location=LocationFactory())
        VerificationFactory(listing=listing, at=CHECKED.replace(day=1))
        VerificationFactory(listing=listing, at=CHECKED.replace(day=day))

    assert dumped(service)["assured_date"] == "2026-11-11"


@pytest.mark.parametrize(
    "attempt",
    [None, {"outcome": "no answer", "fields": []}, {"method": "provider link", "fields": ["phone"]}],
    ids=["none", "no answer", "provider"],
)
def test_a_service_has_no_assured_date_while_a_public_place_of_it_was_never_reached_by_staff(attempt):
    service = ServiceFactory()
    VerificationFactory(listing=ListingFactory(service=service))
    other = ListingFactory(service=service, location=LocationFactory())
    if attempt:
        VerificationFactory(listing=other, **attempt)

    assert "assured_date" not in dumped(service)


def test_a_place_that_is_not_public_does_not_take_the_assured_date_away():
    service = ServiceFactory()
    kept = ListingFactory(service=service)
    VerificationFactory(listing=kept, at=CHECKED)
    ListingFactory(service=service, location=LocationFactory(), merged_into=kept)

    assert dumped(service)["assured_date"] == "2026-11-21"


@pytest.mark.parametrize(
    ("listings", "status"),
    [
        ([{}], "active"),
        ([{"status": "temporarily closed"}, {"status": "defunct"}], "temporarily closed"),
        ([{"status": "moved"}, {"status": "defunct"}], "inactive"),
        ([{"status": "defunct"}], "defunct"),
        ([{"withdrawn_on": datetime.date(2026, 11, 1)}], "inactive"),
        ([{"withdrawn_on": datetime.date(2026, 11, 1)}, {}], "active"),
    ],
)
def test_the_status_is_the_best_among_the_places(fixed_day, listings, status):
    since = datetime.date(2026, 11, 1)
    dated = [row | ({"status_since": since} if "status" in row else {}) for row in listings]

    assert statuses_at(*dated) == status


def test_a_place_checked_too_long_ago_is_inactive_and_says_so(fixed_day):
    listing = ListingFactory()
    VerificationFactory(listing=listing, at=CHECKED - datetime.timedelta(days=200))

    given = dumped(listing.service)

    (place,) = given["service_at_locations"]
    assert given["status"] == "inactive"
    assert place["description"] == "No longer on our list: it was not possible to check it."
    assert {"link_type": "status", "value": "withdrawn"} in without_ids(place["attributes"])


def test_a_code_that_every_place_has_is_the_services_and_another_the_places_own():
    sync_terms()
    service = ServiceFactory()
    for codes in (["MD", "OTP"], ["OTP"]):
        ListingFactory(service=service, location=LocationFactory(), codes=codes)

    given = dumped(service)

    offers = [
        [row["value"] for row in part.get("attributes", []) if row["link_type"] == "offers"]
        for part in (given, *given["service_at_locations"])
    ]
    assert offers == [["OTP"], ["MD"], []]


@pytest.mark.parametrize(
    ("extension", "number", "given"),
    [("", "860-555-0100", None), ("12", "860-555-0100", 12), ("0123", "860-555-0100 x0123", None)],
)
def test_an_extension_is_a_number_unless_it_would_lose_its_zero(extension, number, given):
    listing = ListingFactory()
    PhoneFactory(listing=listing, extension=extension)

    (phone,) = dumped(listing.service)["service_at_locations"][0]["phones"]

    assert (phone["number"], phone.get("extension")) == (number, given)


def test_a_place_by_phone_or_video_has_no_address_and_says_which_state_it_serves():
    listing = ListingFactory(location=VirtualLocationFactory(state_province="CT"))

    given = dumped(listing.service)

    assert without_ids(given["service_at_locations"][0]["location"]) == {"location_type": "virtual"}
    assert without_ids(given["service_areas"]) == [{"name": "Connecticut"}]


def test_the_middle_of_a_zip_code_is_not_given_as_the_place_itself():
    listing = ListingFactory(location__point_source="zip-centroid")

    location = dumped(listing.service)["service_at_locations"][0]["location"]

    assert location["description"] == "The middle of the ZIP code"


def test_nothing_that_is_for_staff_leaves():
    secret = "SECRET"
    listing = ListingFactory(contact_email=f"{secret}@example.org")
    ProvenanceFactory(listing=listing, row={"note": secret}, source_id=secret)
    VerificationFactory(listing=listing, note=secret, by__username=secret)
    ServiceAtLocation.objects.filter(pk=listing.pk).update(
        claimed_by=listing.verifications.get().by, claimed_at=CHECKED
    )

    assert secret not in json.dumps(dumped(listing.service))


def test_only_public_places_are_given():
    service = ServiceFactory()
    kept = ListingFactory(service=service)
    ListingFactory(service=service, location=LocationFactory(), merged_into=kept)
    hidden = ListingFactory(merged_into=kept)

    assert [row["id"] for row in dumped(service)["service_at_locations"]] == [str(kept.uuid)]
    assert list(rows.public_services()) == [service]
    assert list(rows.public_organizations()) == [service.organization]
    assert hidden.service not in rows.public_services()


def test_what_an_import_brings_is_not_given_before_it_is_applied():
    run = Import.objects.create(
        name="a.json", format=Import.Format.HSDS_JSON, source="x", as_of="2026-11-01", state=Import.State.CHECKED
    )
    ListingFactory(arrives_with=run)
    public = ListingFactory()

    assert list(rows.public_services()) == [public.service]


@pytest.mark.parametrize("count", [1, 3])
def test_loading_takes_as_many_queries_for_one_service_as_for_three(count, django_assert_num_queries):
    for listing in ListingFactory.create_batch(count):
        PhoneFactory(listing=listing)
        VerificationFactory(listing=listing)
    words = dump.Words()

    with django_assert_num_queries(7):
        given = [dump.service_full(row, words) for row in rows.with_listings(rows.public_services(), is_full=True)]

    assert len(given) == count


def test_the_moment_of_the_last_change_is_the_same_in_sql_and_in_python():
    listing = ListingFactory()
    later = listing.updated_at + datetime.timedelta(days=1)
    VerificationFactory(listing=listing, at=later)

    (service,) = rows.with_changed_at(rows.public_services())

    assert service.changed_at == later
    assert dumped(service)["last_modified"] == dump.in_json(later)


def test_the_document_names_every_column():
    text = (settings.BASE_DIR / "docs" / "hsds.md").read_text(encoding="utf-8")

    columns = {column.name for table in TABLES.values() for column in table.columns}
    assert {name for name in columns if f"`{name}`" not in text} == {"phone_id"}
