"""Test the search cases of the directory by their ids, with their fixtures and their day."""

import datetime
import json
import re
from html import unescape

import pytest

from portal.articles.actions import load_starter as load_articles
from resources.models import Closure, ServiceAtLocation, UnmetSearch
from tests.resources.factories import (
    ListingFactory,
    ListingTypeFactory,
    LocationFactory,
    VerificationFactory,
    VirtualLocationFactory,
    rebuild_search,
)

pytestmark = pytest.mark.django_db
FIND, BUSCAR = "/en/find/", "/es/buscar/"


def find(client, text, path=FIND, **params):
    return client.get(path, {"q": text, **params})


def names(response):
    return [card.title for card in response.context["cards"]]


def remote(response):
    return [card.title for card in response.context["remote"]]


def miles(response):
    return [card.miles for card in response.context["cards"]]


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def boxes(response):
    return re.findall(r'name="claim" value="([\w-]+)"', response.content.decode())


def test_a01_narcan_finds_who_gives_it_and_apart_from_them_something_to_read(client, listings):
    load_articles()

    response = find(client, "narcan")

    assert sorted(names(response)) == ["Naloxone Box", "Pharmacy"]
    assert (remote(response), response.context["peers"], response.context["emergency"]) == ([], [], [])
    assert response.context["articles"][0].title.startswith("Naloxone")


def test_a02_spanish_search_near_a_zip_lists_the_methadone_programs_by_distance(client, listings):
    response = find(client, "metadona cerca de 06112", BUSCAR)

    assert names(response) == ["OTP North", "OTP South", "OTP East"]
    assert miles(response) == [0.2, 3.6, 8.9]
    assert '<html lang="es">' in response.content.decode()
    assert re.findall(r"<strong>(\d[.,]\d) millas", response.content.decode()) == ["0.2", "3.6", "8.9"]


def test_a03_english_search_gives_the_same_as_the_spanish_one(client, listings):
    spanish = find(client, "metadona cerca de 06112", BUSCAR)

    english = find(client, "methadone near 06112")

    assert names(english) == names(spanish) == ["OTP North", "OTP South", "OTP East"]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("nalaxone", "naloxone"),
        ("narcam", "narcan"),
        ("suboxon", "suboxone"),
        ("methodone", "methadone"),
        ("bupenorfina", "buprenorfina"),
    ],
)
def test_a04_a_typo_finds_the_same_says_so_and_links_to_the_literal_search(client, listings, typed, right):
    meant = find(client, right)

    response = find(client, typed)
    literal = client.get(f"{FIND}?q={typed}&exact=1")

    assert names(response)[:1] == names(meant)[:1] != []
    assert f"Showing results for {right} ." in text_of(response)
    assert f'href="{FIND}?q={typed}&amp;exact=1"' in response.content.decode()
    assert "Showing results for" not in text_of(literal)
    assert names(literal) == []


@pytest.mark.parametrize(
    ("typed", "places", "by_video", "asks"),
    [
        ("suboxone", ["Office Bup"], ["Tele Bup"], ""),
        ("subutex", ["Office Bup"], ["Tele Bup"], "Offers buprenorphine; ask about this form."),
        ("sublocade", ["Office Bup"], ["Tele Bup"], "Offers buprenorphine; ask about this form."),
        ("brixadi", ["Office Bup"], ["Tele Bup"], "Offers buprenorphine; ask about this form."),
        ("methadose", ["OTP North", "OTP South", "OTP East"], [], "Offers methadone; ask about this form."),
        ("kloxxado", ["Pharmacy", "Naloxone Box"], [], "Offers naloxone; ask about this form."),
        ("rivive", ["Pharmacy", "Naloxone Box"], [], "Offers naloxone; ask about this form."),
    ],
)
def test_a05_brands_find_the_medication_and_say_what_no_code_confirms(client, listings, typed, places, by_video, asks):
    response = find(client, typed)

    assert (names(response), remote(response)) == (places, by_video)
    assert text_of(response).count("ask about this form") == (len(places) + len(by_video) if asks else 0)
    assert asks in text_of(response)


def test_a05_a_form_that_a_code_confirms_needs_no_question(client, listings):
    ServiceAtLocation.objects.filter(pk=listings["R3"].pk).update(codes=["UB", "BERI"])
    rebuild_search()

    response = find(client, "sublocade")

    assert text_of(response).count("ask about this form") == 1  # of the telehealth listing


def test_a06_accents_make_no_difference(client, listings):
    plain = find(client, "desintoxicacion", BUSCAR)

    accented = find(client, "desintoxicación", BUSCAR)

    assert names(plain) == names(accented) == ["Detox"]


def test_a07_spanish_words_on_the_english_page_with_a_link_to_the_same_search_in_spanish(client, listings):
    response = find(client, "metadona 06112")

    assert names(response) == ["OTP North", "OTP South", "OTP East"]
    assert '<html lang="en">' in response.content.decode()
    assert (
        f'href="{BUSCAR}?q=metadona+06112" lang="es" hreflang="es">Buscar en español</a>' in response.content.decode()
    )


def test_a08_a_stale_detox_says_so_and_that_detox_alone_is_not_recommended(client, listings):
    load_articles()

    response = find(client, "detox")

    assert names(response) == ["Detox"]
    assert "Not checked since August 23, 2026. Call first." in text_of(response)
    assert "Detox alone is not recommended for opioid use disorder" in text_of(response)
    assert '#detox">Read about medication</a>' in response.content.decode()
    assert response.context["detox"]["source"].code == "CDC-OUD"


def test_a09_either_medication_each_once_and_telehealth_in_a_block_of_its_own(client, listings):
    response = client.get(FIND, {"q": "near 06106", "claim": ["methadone", "buprenorphine"]})

    assert names(response) == ["Office Bup", "OTP South", "OTP North", "OTP East"]
    assert remote(response) == ["Tele Bup"]
    assert "By phone or video" in text_of(response)


def test_a10_filters_of_two_facets_must_both_hold(client, listings):
    response = client.get(FIND, {"q": "06112", "claim": ["methadone", "spanish-speaking-counselors"]})

    assert names(response) == ["OTP North", "OTP South"]


def test_a11_only_languages_that_a_listing_has_are_offered(client, listings):
    ListingFactory(codes=["OTP", "METH", "F66"], status="temporarily closed", status_since=datetime.date(2026, 11, 1))
    rebuild_search()

    response = client.get(FIND)

    offered = [box for box in boxes(response) if "speaking" in box or "interpreter" in box]
    assert offered == ["spanish-speaking-counselors", "spanish-interpreter"]


def test_a12_open_now_lists_only_those_where_it_can_be_done(client, listings):
    response = client.get(FIND, {"q": "methadone 06112", "open": "1"})

    assert names(response) == ["OTP North", "OTP East"]
    assert "Open now, until 11:00 AM" in text_of(response)
    assert "Opens Wed 6:00 AM" in text_of(find(client, "methadone 06112"))


def test_a13_a_holiday_closes(client, listings, fixed_day):
    Closure.objects.create(
        listing=listings["R1"], starts_on=datetime.date(2026, 12, 25), ends_on=datetime.date(2026, 12, 25)
    )
    rebuild_search()
    fixed_day.move_to(datetime.datetime(2026, 12, 25, 15, 0, tzinfo=datetime.UTC))

    asked, everything = find(client, "methadone open now 06112"), find(client, "methadone 06112")

    assert "OTP North" not in names(asked)
    assert "Closed today (holiday)." in text_of(everything)


def test_a14_the_radius_widens_and_says_so(client, listings):
    response = find(client, "recovery housing near 06320")

    assert names(response) == ["Recovery House"]
    assert "None closer, so we looked within 50 miles." in text_of(response)


def test_a15_nothing_found_leads_to_people_and_telehealth_and_is_counted_for_nobody(client, listings):
    response = find(client, "vivitrol near 06112")

    text = text_of(response)
    assert response.status_code == 200
    assert "There is no place we have verified for this." in text
    main = text[text.index("Places") :]
    assert [name in main for name in ("Connecticut Access Line", "National Helpline", "988 Lifeline")] == [True] * 3
    assert remote(response) == ["Tele Bup"]
    assert [card.title for card in response.context["next_best"]] == ["OTP North", "Office Bup", "OTP South"]
    row = UnmetSearch.objects.get()
    assert (row.language, row.count) == ("en", 1)
    assert "06112" not in json.dumps(list(UnmetSearch.objects.values()), default=str)


def test_a15_where_nothing_checked_is_left_an_emergency_department_is_shown(client, listings):
    kind = ListingTypeFactory(code="emergency-department", block="emergency")
    ListingFactory(name="General Hospital", type=kind, codes=["emergency-department"])
    rebuild_search()

    stale, fresh = find(client, "detox near 06112"), find(client, "methadone near 06112")

    assert [card.title for card in stale.context["emergency"]] == ["General Hospital"]
    assert fresh.context["emergency"] == []


@pytest.mark.parametrize("query", ["methadone near 00000", "methadone near abc"])
def test_a16_an_unknown_place_is_said_by_the_box_and_the_state_is_listed_without_distances(client, listings, query):
    response = find(client, query)

    html = response.content.decode()
    assert response.status_code == 200
    assert 'aria-describedby="find-q-hint find-q-error"' in html
    assert f"We do not know the place “{query.split()[-1]}”" in text_of(response)
    assert names(response) == ["OTP North", "OTP South", "OTP East"]
    assert re.findall(r"<strong>[\d.]+ miles", html) == []


def test_a18_a_stale_listing_next_door_comes_after_every_fresh_one_and_never_says_open_now(client, listings):
    listing = listings["R4"]
    listing.location.latitude, listing.location.longitude = 41.7901, -72.6961
    listing.location.save()
    listing.codes = ["OTP", "METH"]
    listing.save()
    rebuild_search()

    response = find(client, "methadone near 06112")

    assert names(response) == ["OTP North", "OTP South", "OTP East", "Detox"]
    assert response.context["cards"][-1].now == ""


def test_a22_the_list_needs_no_script(client, listings):
    html = find(client, "metadona cerca de 06112", BUSCAR).content.decode()

    main = html[html.index("<main") : html.index("</main>")]
    assert "<script" not in main
    assert re.findall(r"<h3><a href=[^>]+>([^<]+)</a>", main) == ["OTP North", "OTP South", "OTP East"]


def test_a23_the_list_comes_before_any_map_and_asks_for_no_tile(client, listings):
    html = find(client, "methadone near 06112").content.decode()

    assert re.findall(r'(?:src|srcset)="https?:[^"]*"', html) == []
    assert "<iframe" not in html
    assert html.index("OTP North") < html.index("where__land") if "where__land" in html else True


def test_the_results_page_is_small(client, listings):
    ListingFactory.create_batch(25)
    rebuild_search()

    response = client.get(FIND, {"q": "methadone near 06112"}, headers={"accept-encoding": "gzip"})

    assert len(response.context["cards"]) == 20
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= 20_000


def test_who_checked_how_many_is_said_and_that_nobody_checks_far_away(client, listings):
    ListingFactory(name="Unchecked")
    far = LocationFactory(city="Springfield", state_province="MA", latitude=42.1, longitude=-72.6)
    ListingFactory(name="Elsewhere", location=far)
    rebuild_search()

    here, there = find(client, "methadone near 06112"), find(client, "methadone massachusetts")

    assert "4 places. 3 of 4 checked in the last 90 days." in text_of(here)
    assert "We do not check places here." in text_of(there)
    assert "checked in the last" not in text_of(there)


def test_today_is_said_only_where_a_fresh_check_recorded_it(client, listings):
    ServiceAtLocation.objects.update(same_day_start="yes")
    VerificationFactory(
        listing=listings["R1"], fields=["intake"], at=datetime.datetime(2026, 11, 25, 15, tzinfo=datetime.UTC)
    )
    rebuild_search()

    response = find(client, "methadone near 06112")

    assert [card.starts_today for card in response.context["cards"]] == [True, False, False]
    assert text_of(response).count("start the same day") == 1


def test_a_page_without_a_place_says_from_where_it_is_ordered_and_shows_no_distance(client, listings):
    response = find(client, "methadone")

    assert miles(response) == [None, None, None]
    assert "You gave no place, so those nearest to 131 Coventry Street, Hartford come first." in text_of(response)


def test_a_virtual_listing_of_another_state_is_not_offered(client, listings):
    ListingFactory(name="Far Video", codes=["UB", "TELE"], location=VirtualLocationFactory(state_province="NY"))
    rebuild_search()

    assert remote(find(client, "suboxone near 06112")) == ["Tele Bup"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_results_page_takes_the_same_queries_however_many_places(
    client, town, fixed_day, django_assert_num_queries, count
):
    ListingFactory.create_batch(count)
    rebuild_search()
    client.get(FIND, {"q": "methadone 06112"})  # what small tables hold is kept

    with django_assert_num_queries(4):  # small tables, the place, the answer, articles
        response = client.get(FIND, {"q": "methadone 06112"})

    assert len(response.context["cards"]) == count
