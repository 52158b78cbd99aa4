"""Test the acceptance cases of the open data by their ids, with their fixtures and their day."""

import csv
import io
import json
import zipfile

import pytest

from resources.exchange import HEADER
from resources.models import Import, ServiceAtLocation
from tests.resources.factories import ListingFactory, VerificationFactory

pytestmark = pytest.mark.django_db

NOTE = "Ask for Ana, she hates mornings"


@pytest.fixture
def hidden(listings):
    """Leave a note of staff on R1, and make a place that an import has not published yet and one merged into R1."""
    shown = listings["R1"]
    attempt = shown.verifications.get()
    attempt.note = NOTE
    attempt.save()
    ServiceAtLocation.objects.filter(pk=shown.pk).update(contact_email="ana@example.org")
    run = Import.objects.create(
        name="a.json", format=Import.Format.HSDS_JSON, source="x", as_of="2026-11-30", state=Import.State.CHECKED
    )
    ListingFactory(name="Arriving Clinic", arrives_with=run)
    return ListingFactory(name="Merged Clinic", merged_into=shown)


def asked(client, address):
    response = client.get(f"/api/hsds/{address}")
    assert response.status_code == 200
    return response.json()


def test_a30_the_api_tells_its_version_pages_its_services_and_dates_r1(client, listings):
    service = listings["R1"].service

    root, page, one = asked(client, ""), asked(client, "services?per_page=4"), asked(client, f"services/{service.uuid}")

    assert root == {
        "version": "3.0",
        "profile": "http://testserver/en/data/",
        "openapi_url": "http://testserver/api/hsds/openapi.json",
    }
    contents = page.pop("contents")
    assert page == {
        "total_items": 10,
        "total_pages": 3,
        "page_number": 1,
        "size": 4,
        "first_page": True,
        "last_page": False,
        "empty": False,
    }
    assert [row["name"] for row in contents] == ["OTP North", "OTP South", "Office Bup", "Detox"]
    assert one["assured_date"] == "2026-11-21"
    assert [row["id"] for row in one["service_at_locations"]] == [str(listings["R1"].uuid)]


def test_a30_the_addresses_that_the_api_names_answer(client, listings):
    root = asked(client, "")

    assert client.get(root["profile"].removeprefix("http://testserver")).status_code == 200
    assert client.get(root["openapi_url"].removeprefix("http://testserver")).json()["openapi"] == "3.1.0"


def test_a31_only_newer_services_are_given_and_nothing_twice_and_nothing_is_taken(client, listings, fixed_day):
    fixed_day.shift(60)
    listings["R3"].service.save()
    address = "/api/hsds/services?modified_after=2026-12-01T15:00:30Z"

    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    written = client.post(address, {"name": "x"}, content_type="application/json")

    assert [row["name"] for row in first.json()["contents"]] == ["Office Bup"]
    assert (again.status_code, again.content) == (304, b"")
    assert written.status_code == 405


def test_a31_a_check_makes_the_answer_another_one(client, listings):
    etag = client.get("/api/hsds/services").headers["ETag"]

    VerificationFactory(listing=listings["R7"])

    assert client.get("/api/hsds/services", headers={"If-None-Match": etag}).status_code == 200


def test_a32_a_search_can_be_taken_as_a_table(client, listings, hidden):
    english = client.get("/en/find/places.csv", {"q": "methadone near 06112"})

    text = b"".join(english).decode()
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert english.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert text.startswith("\ufeff")
    assert tuple(rows[0]) == HEADER
    assert [row[HEADER.index("organization")] for row in rows[1:]] == ["OTP North", "OTP South", "OTP East"]


def test_a32_no_note_of_staff_and_no_unpublished_place_is_in_any_file(client, listings, hidden):
    addresses = ["/en/find/places.csv?q=", "/en/data/hsds.json", "/en/data/hsds.zip", "/api/hsds/services?full=true"]

    texts = [_text(client.get(address)) for address in addresses]

    for text in texts:
        assert "OTP North" in text
        for secret in (NOTE, "ana@example.org", "Arriving Clinic", "Merged Clinic", "caller-"):
            assert secret not in text


def _text(response):
    body = b"".join(response) if response.streaming else response.content
    if not zipfile.is_zipfile(io.BytesIO(body)):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return json.dumps({name: archive.read(name).decode() for name in archive.namelist()})
