"""Test the page of results where it answers odd questions: page numbers, blocks, files, nothing that is open."""

import csv

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils.translation import override

from resources.actions import rebuild_search
from resources.models import ServiceAtLocation
from resources.search import results
from tests.resources.factories import BUPRENORPHINE, ListingFactory, VirtualLocationFactory

pytestmark = pytest.mark.django_db


def ask(client, name="find", language="en", **params):
    with override(language):
        address = reverse(name)
    return client.get(address, params)


def words(response):
    return " ".join(response.content.decode().replace("\xa0", " ").split())


@pytest.mark.parametrize("page", ["0", "-1", "abc", "٣", str(10**12), "9" * 60])
@pytest.mark.parametrize("sort", ["", "opens"])
def test_a_page_number_that_is_none_shows_a_page(client, listings, page, sort):
    response = ask(client, q="methadone near 06112", page=page, sort=sort)

    assert response.status_code == 200
    assert len(response.context["cards"]) == 3


@pytest.mark.parametrize("page", ["0", "-1", str(10**12)])
def test_of_several_pages_the_first_or_the_last_is_shown(client, town, fixed_day, page):
    ListingFactory.create_batch(21)
    rebuild_search()

    response = ask(client, q="methadone", page=page)

    expected = (2, 1) if page == str(10**12) else (1, 20)
    assert (response.context["pages"]["number"], len(response.context["cards"])) == expected


def test_no_page_of_the_order_of_opening_is_empty_and_the_page_says_where_it_ends(client, town, fixed_day, monkeypatch):
    monkeypatch.setattr(results, "WINDOW", 20)
    ListingFactory.create_batch(23)
    rebuild_search()

    nearest, by_opening = ask(client, q="methadone"), ask(client, q="methadone", sort="opens")

    assert nearest.context["pages"]["count"] == 2
    assert by_opening.context["pages"] is None
    assert "We looked at the hours of the nearest 20 places only." in words(by_opening)
    assert "We looked at the hours" not in words(nearest)


def test_a_block_links_to_all_of_it_and_the_file_has_all(client, town, fixed_day):
    virtual = VirtualLocationFactory(state_province="CT")
    for number in range(7):
        ListingFactory(name=f"Tele {number}", codes=[*BUPRENORPHINE, "TELE"], location=virtual)
    rebuild_search()

    some, everything = (ask(client, q="suboxone", **more) for more in ({}, {"all": "1"}))

    assert "5 of 7." in words(some)
    assert f'href="{reverse("find")}?q=suboxone&amp;all=1#remote"' in words(some)
    assert (len(some.context["remote"]), len(everything.context["remote"])) == (5, 7)
    assert "5 of 7." not in words(everything)
    assert "Download this list (CSV)" in words(some)
    file = b"".join(ask(client, "find-csv", q="suboxone")).decode("utf-8-sig")
    assert len(list(csv.reader(file.splitlines()))) == 1 + 7


class CancelledError(Exception):
    """What the driver raises when the database has given up a statement."""

    pgcode = "57014"


def give_up(*arguments, **options):
    raise OperationalError from CancelledError


@pytest.mark.parametrize(("language", "said"), [("en", "This search takes too long."), ("es", "tarda demasiado")])
@pytest.mark.parametrize("too_dear", ["resources.views.exports.csv_rows", "portal.search.find"])
def test_a_file_too_dear_gets_a_page_in_the_readers_language(client, listings, monkeypatch, too_dear, language, said):
    monkeypatch.setattr(too_dear, give_up)

    response = ask(client, "find-csv", language, q="methadone")

    assert response.status_code == 503
    assert said in words(response)
    assert 'value="methadone"' in words(response)


@pytest.mark.parametrize("too_dear", ["portal.search.instead", "portal.search.matching"])
def test_what_is_asked_after_the_places_can_be_too_dear_as_well(client, listings, monkeypatch, too_dear):
    monkeypatch.setattr(too_dear, give_up)
    ServiceAtLocation.objects.all().delete()
    rebuild_search()

    response = ask(client, q="methadone")

    assert response.status_code == 503


def test_where_nothing_is_open_the_page_says_when_the_next_opens(client, listings):
    ServiceAtLocation.objects.filter(pk__in=[listings["R1"].pk, listings["R8"].pk]).delete()
    rebuild_search()

    english, spanish = (ask(client, language=code, q="methadone near 06112", open="1") for code in ("en", "es"))

    assert "The first to open: OTP South. Opens Wed 6:00 AM." in words(english)
    assert spanish.context["opens_next"].now.replace("\xa0", " ") == "Abre el miércoles a las 6:00 a. m."
