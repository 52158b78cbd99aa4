import csv
import io

import pytest

from resources import exchange
from resources.models import Answer, Schedule
from tests.resources.factories import ListingFactory, PhoneFactory, ProvenanceFactory, VerificationFactory

pytestmark = pytest.mark.django_db


def table(listings, language="en"):
    text = b"".join(exchange.csv_rows([listing.pk for listing in listings], language)).decode()
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_row_says_what_the_page_says(fixed_day, settings):
    settings.SITE_URL = "https://faro.example.org"
    listing = ListingFactory(
        name="OTP North", codes=["OTP", "METH", "MD", "SP"], spanish="staff", walk_in=Answer.YES, least_age=18
    )
    PhoneFactory(listing=listing, extension="12")
    PhoneFactory(listing=listing, number="860-555-0101", type="fax", position=1)
    ProvenanceFactory(listing=listing)
    VerificationFactory(listing=listing)
    Schedule.objects.create(listing=listing, byday="MO,TU", opens_at="05:30", closes_at="11:00", purpose="dosing")

    (row,) = table([listing])

    assert {name: cell for name, cell in row.items() if cell and cell != "unknown"} == {
        "code": str(listing.short_code),
        "organization": "OTP North",
        "service": "OTP North",
        "status": "open",
        "checked_on": "2026-11-21",
        "source": "SAMHSA 2022",
        "address": "1 Main Street",
        "city": "Hartford",
        "state": "CT",
        "zip": "06112",
        "latitude": "41.79",
        "longitude": "-72.696",
        "phone": "(860) 555-0100 x12",
        "other_phones": "(860) 555-0101",
        "hours": "dosing MO,TU 05:30–11:00",
        "offers": "Methadone; Opioid treatment program (methadone clinic)",
        "payment": "Medicaid (HUSKY in Connecticut)",
        "languages": "Spanish-speaking counselors",
        "spanish": "staff",
        "walk_in": "yes",
        "least_age": "18",
        "page": f"https://faro.example.org/h/{listing.short_code}",
        "id": str(listing.uuid),
    }


def test_the_header_is_the_same_in_every_language_and_text_is_not():
    listing = ListingFactory(service__name_en="Clinic", service__name_es="Clínica")

    english, spanish = table([listing]), table([listing], "es")

    assert list(english[0]) == list(spanish[0]) == list(exchange.HEADER)
    assert [english[0]["service"], spanish[0]["service"]] == ["Clinic", "Clínica"]


def test_rows_keep_the_order_of_the_search_across_batches_and_the_hidden_are_left_out(monkeypatch):
    monkeypatch.setattr(exchange, "BATCH", 2)
    first, second, third = ListingFactory.create_batch(3)
    hidden = ListingFactory(merged_into=first)

    rows = table([third, hidden, first, second])

    assert [row["code"] for row in rows] == [str(row.short_code) for row in (third, first, second)]


def test_a_table_is_bounded(monkeypatch):
    monkeypatch.setattr(exchange, "MOST_ROWS", 2)

    assert len(table(ListingFactory.create_batch(3))) == 2


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "|", "\t", "\r", "\n"])
def test_a_cell_that_could_run_begins_with_an_apostrophe(start):
    assert exchange.safe_cell(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("text", ["", "Clinic", "a=b", "'=1", "1-2"])
def test_a_cell_that_cannot_run_stays_as_it_is(text):
    assert exchange.safe_cell(text) == text


def test_the_text_of_a_row_is_safe_and_its_numbers_stay_numbers():
    (row,) = table([ListingFactory(name="=cmd|' /C calc'!A0")])

    assert row["organization"] == "'=cmd|' /C calc'!A0"
    assert row["longitude"] == "-72.696"


@pytest.mark.parametrize("count", [1, 3])
def test_a_table_takes_as_many_queries_for_one_row_as_for_three(count, django_assert_num_queries):
    listings = ListingFactory.create_batch(count)

    with django_assert_num_queries(7):
        assert len(table(listings)) == count
