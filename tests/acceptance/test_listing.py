"""Test the acceptance cases of a listing's page by their ids, with their fixtures and their day."""

import datetime
import re
from html import unescape
from urllib.parse import unquote

import pytest

from tests.resources.factories import ClosureFactory, ListingFactory, LocationFactory

pytestmark = pytest.mark.django_db
DRUG_WORDS = re.compile(
    r"opioid|drug|methadon|metadon|bupren|naloxon|narcan|detox|otp|treatment|tratamiento|recovery|suboxone|droga", re.I
)


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split()).replace("\xa0", " ")


def test_a12_a_closed_place_says_when_it_opens_in_both_languages(client, listings):
    english, spanish = (text_of(client.get(listings["R2"].url(language))) for language in ("en", "es"))

    assert "Opens Wed 6:00 AM" in english
    assert "Abre el miércoles a las 6:00 a. m." in spanish


def test_a13_a_holiday_closure_is_said_on_its_day(client, listings, fixed_day):
    ClosureFactory(listing=listings["R1"], reason="holiday")
    fixed_day.move_to(datetime.datetime(2026, 12, 25, 15, tzinfo=datetime.UTC))

    response = client.get(listings["R1"].url("en"))

    assert "Closed today (holiday)" in text_of(response)
    assert response.context["is_open_now"] is False


@pytest.mark.parametrize(
    ("name", "state"),
    [("R1", "Staff speak Spanish"), ("R3", "Interpreter"), ("R8", "No Spanish"), ("", "Not known, ask")],
)
def test_a20_the_language_row_is_one_of_four_states(client, listings, name, state):
    listing = listings[name] if name else ListingFactory()

    response = client.get(listing.url("en"))

    assert response.context["spanish"] == state
    assert f"Spanish {state}" in text_of(response)


def test_a27_send_to_my_phone_is_only_a_link_and_the_discreet_one_has_no_drug_word(client, listings):
    listing = listings["R1"]

    response = client.get(listing.url("en"))

    html = response.content.decode()
    whole, discreet = (unquote(unescape(address)) for address in re.findall(r'href="(sms:[^"]+)"', html))
    short = f"http://testserver/h/{listing.short_code}-en"
    assert whole == f"sms:?&body=OTP North · (860) 555-0100 · 1 Main Street, Hartford, CT 06112 · {short}"
    assert discreet == f"sms:?&body={listing.short_code} · (860) 555-0100 · {short}"
    assert DRUG_WORDS.search(whole)
    assert not DRUG_WORDS.search(discreet)
    main = html[html.index("<main") : html.index("</main>")]
    assert "<form" not in main


@pytest.mark.parametrize(("codes", "has_beds"), [([], "yes"), (["RS"], "unknown"), (["DT"], "unknown")])
def test_a33_beds_lead_to_the_states_own_page_and_show_no_number_of_ours(client, town, fixed_day, codes, has_beds):
    listing = ListingFactory(codes=codes, has_beds=has_beds)

    response = client.get(listing.url("en"))

    html = response.content.decode()
    assert '<a href="https://ctaddictionservices.com/" rel="noreferrer noopener">' in html
    assert "Connecticut DMHAS" in html
    assert re.findall(r"\d+ (?:free )?beds?", html) == []


def test_a33_no_beds_and_another_state_lead_to_no_page_of_beds(client, town, fixed_day):
    without = ListingFactory(codes=["RS"], has_beds="no")
    elsewhere = ListingFactory(location=LocationFactory(state_province="MA"), has_beds="yes")

    pages = [client.get(listing.url("en")).content.decode() for listing in (without, elsewhere)]

    assert [page.count("ctaddictionservices") for page in pages] == [0, 0]
