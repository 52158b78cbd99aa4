"""Test the directory's acceptance cases by their ids, with their fixtures and their day."""

import datetime
import re
from html import unescape

import pytest

from portal.lib import languages
from resources import freshness
from resources.models import SearchDocument
from tests.resources.factories import ListingFactory, LocationFactory, ServiceFactory, rebuild_search

pytestmark = pytest.mark.django_db


def names(response):
    return [card.title for card in response.context["cards"]]


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_a17_a_checked_listing_says_by_whom_how_when_and_what(client, listings):
    response = client.get(listings["R1"].url("en"))

    html = response.content.decode()
    assert 'class="call" href="tel:+1-860-555-0100"' in html
    assert "Checked by the department by phone on November 21, 2026: phone, hours." in text_of(response)


def test_a17_a_listing_turns_due_on_the_61st_day(listings):
    checked_on = datetime.date(2026, 11, 21)

    assert freshness.due_on(checked_on) == datetime.date(2027, 1, 21)
    assert freshness.freshness(checked_on, datetime.date(2027, 1, 20)) == freshness.Freshness.AGEING
    assert freshness.freshness(checked_on, datetime.date(2027, 1, 21)) == freshness.Freshness.DUE


def test_a21_one_service_at_two_sites_is_two_rows_each_with_its_distance(client, listings):
    service = ServiceFactory(organization__name="Twice")
    for number, latitude in enumerate((41.80, 41.82)):
        ListingFactory(
            service=service, location=LocationFactory(latitude=latitude), slug=f"twice-{number}", codes=["HH"]
        )
    rebuild_search()

    response = client.get("/en/find/", {"q": "recovery housing near 06112"})

    rows = [(card.title, round(card.miles, 1)) for card in response.context["cards"]]
    assert rows == [("Recovery House", 1.1), ("Twice", 0.7), ("Twice", 2.1)]


def test_a26_the_short_address_leads_to_the_listing_in_the_language_asked_for(client, listings):
    listing = listings["R1"]

    plain = client.get(f"/h/{listing.short_code}", headers={"Accept-Language": "es-PR,es;q=0.9"})
    spanish = client.get(f"/h/{listing.short_code}-es", headers={"Accept-Language": "en"})

    assert (plain.status_code, plain["Location"]) == (302, listing.url("es"))
    assert "Accept-Language" in plain["Vary"]
    assert (spanish.status_code, spanish["Location"]) == (302, listing.url("es"))


def test_a26_the_text_has_name_phone_hours_and_date_in_one_language_or_in_both(client, listings):
    code = listings["R1"].short_code

    spanish = client.get(f"/h/{code}-es.txt")
    both = client.get(f"/h/{code}.txt")

    assert spanish["Content-Type"] == "text/plain; charset=utf-8"
    assert spanish.content.decode().split("\n")[:5] == [
        f"Lugar número {code}",
        "OTP North",
        "Teléfono: (860) 555-0100",
        "Dirección: 1 Main Street, Hartford, CT 06112",
        "Horario: Pacientes nuevos: lunes a viernes: 5:30\xa0a.\xa0m. a 11:00\xa0a.\xa0m.",
    ]
    assert "21 de noviembre de 2026" in spanish.content.decode()
    assert "November 21, 2026" in both.content.decode()
    assert spanish.content.decode() in both.content.decode()


def test_a48_dates_are_spanish_and_digits_are_not_touched(client, listings):
    response = client.get(listings["R1"].url("es"))

    assert languages.long_date(datetime.date(2026, 11, 21), "es") == "21 de noviembre de 2026"
    assert "21 de noviembre de 2026" in text_of(response)
    assert "(860) 555-0100" in text_of(response)


def test_closed_listings_are_never_in_the_list(listings):
    assert not SearchDocument.objects.filter(listing=listings["R7"]).exists()
