"""Test that people are sent to numbers that a person answers, never to a fax."""

import re

import pytest

from resources.actions import rebuild_search

from .factories import ListingFactory, PhoneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(town):
    """A listing whose first number is a fax, with one number of each other type after it."""
    made = ListingFactory(name="OTP", codes=["OTP", "METH"])
    for position, kind in enumerate(["fax", "textphone", "text", "voice"]):
        PhoneFactory(listing=made, number=f"860-555-010{position}", type=kind, position=position)
    rebuild_search()
    return made


def card(client):
    (only,) = client.get("/en/find/", {"q": "methadone"}).context["cards"]
    return only


def test_a_result_calls_a_number_that_a_person_answers(client, listing):
    assert card(client).phone == ("tel:+1-860-555-0103", "(860) 555-0103", "")


def test_a_listing_calls_voice_numbers_and_names_the_kind_of_the_others(client, listing):
    html = " ".join(client.get(listing.url("en")).content.decode().split())

    assert re.findall(r'<a (?:class="([^"]+)" )?href="(tel:[^"]+555[^"]+)"', html) == [
        ("call", "tel:+1-860-555-0103"),
        ("", "tel:+1-860-555-0101"),
    ]
    assert 'TTY: <a href="tel:+1-860-555-0101">(860) 555-0101</a>' in html
    assert "Text messages: (860) 555-0102" in html
    assert "Fax: (860) 555-0100" in html


def test_the_text_of_a_listing_has_voice_numbers_first_and_names_the_kind_of_the_others(client, listing):
    lines = client.get(f"/h/{listing.short_code}-en.txt").content.decode().split("\n")

    assert lines[2:6] == [
        "Phone: (860) 555-0103",
        "Fax: (860) 555-0100",
        "TTY: (860) 555-0101",
        "Text messages: (860) 555-0102",
    ]


def test_a_listing_with_a_fax_only_has_no_number_to_call(client, town):
    listing = ListingFactory(codes=["OTP", "METH"])
    PhoneFactory(listing=listing, type="fax")
    rebuild_search()

    assert card(client).phone is None
    assert "No phone number is known." in client.get(listing.url("en")).content.decode()
