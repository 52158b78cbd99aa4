"""Test what leaves the screen: the sheet to print, the comparison, and the QR code of a short address."""

import datetime
import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from portal.overdose import actions as overdose
from resources.forms.paper import MOST_COMPARED, MOST_PRINTED, chosen
from resources.models import Import, QualityFact, ServiceAtLocation

from .factories import ListingFactory, PhoneFactory, ProvenanceFactory, VerificationFactory

PRINT = {"en": "/en/print/", "es": "/es/imprimir/"}
COMPARE = {"en": "/en/compare/", "es": "/es/comparar/"}


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def sheet_of(response):
    """Return the sheet alone, which is all that comes out on paper."""
    return re.search(r'<article class="sheet".*</article>', response.content.decode(), re.S).group()


@pytest.mark.parametrize(
    ("query", "codes", "left_out"),
    [
        ("", [], 0),
        ("ids=7&ids=12", [7, 12], 0),
        ("ids=7,12", [7, 12], 0),
        ("ids= 7 ,,12,7&ids=7", [7, 12], 0),
        ("ids=1,2,3,4,5", [1, 2, 3, 4], 1),
        ("ids=x&ids=-1&ids=1e3&ids=%D9%A1&ids=%00&ids=1.0", [], 0),
        ("ids=" + "9" * 10, [], 0),
        ("ids=" + "9" * 5000, [], 0),
        ("ids=007", [7], 0),
    ],
)
def test_codes_are_read_in_their_order_and_the_rest_is_ignored(query, codes, left_out):
    assert chosen(QueryDict(query), MOST_COMPARED) == (codes, left_out)


@pytest.fixture
def place(listings):
    """R1 with everything that a call can bring."""
    listing = listings["R1"]
    listing.to_bring_en, listing.to_bring_es = "A photo of your card", "Una foto de su tarjeta"
    listing.they_ask_en, listing.they_ask_es = "Your name and birthday", "Su nombre y su cumpleaños"
    listing.walk_in = "yes"
    listing.save()
    return listing


@pytest.mark.parametrize("page", ["en", "es"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sheet_speaks_its_own_language_whatever_the_page_speaks(client, place, page, language):
    response = client.get(PRINT[page], {"ids": place.short_code, "sheet": language})

    sheet = sheet_of(response)
    brings = {"en": "A photo of your card", "es": "Una foto de su tarjeta"}
    assert f'<html lang="{page}">' in response.content.decode()
    assert f'<article class="sheet" lang="{language}"' in sheet
    checked = {"en": "Checked by the department by phone on November 21, 2026", "es": "21 de noviembre de 2026"}
    for said in (brings, checked):
        assert [words for words in said.values() if words in sheet] == [said[language]]
    assert f"/h/{place.short_code}-{language}<" in sheet
    assert f'<img src="/h/{place.short_code}-{language}.svg"' in sheet


def test_without_a_choice_or_with_an_unknown_one_the_sheet_speaks_the_pages_language(client, place):
    without = client.get(PRINT["es"], {"ids": place.short_code})
    unknown = client.get(PRINT["es"], {"ids": place.short_code, "sheet": "xx"})

    assert [response.context["sheet_language"] for response in (without, unknown)] == ["es", "es"]


def test_the_places_stand_in_the_order_in_which_they_were_ticked(client, listings):
    codes = [listings[name].short_code for name in ("R8", "R1", "R3")]

    response = client.get(PRINT["en"], {"ids": codes})

    assert re.findall(r"<h3 id=\"place-\d+\">([^<]+)</h3>", sheet_of(response)) == [
        "OTP East",
        "OTP North",
        "Office Bup",
    ]


def test_what_nobody_told_us_is_said_as_not_known(client, listings):
    response = client.get(PRINT["en"], {"ids": listings["R9"].short_code})

    answers = re.findall(r"<dt>([^<]+)</dt>\s*<dd>\s*([^<]+?)\s*</dd>", sheet_of(response))
    assert dict(answers).items() >= {
        ("Hours", "Not known, ask."),
        ("Walk in without appointment", "Not known, ask."),
        ("What to bring", "Not known, ask."),
    }


def test_a_closed_place_says_so_on_paper(client, listings):
    response = client.get(PRINT["en"], {"ids": listings["R7"].short_code})

    assert "Temporarily closed. Since November 1, 2026." in text_of(response)


def test_english_stands_beside_the_words_to_say_in_another_language_only(client, place):
    spanish = sheet_of(client.get(PRINT["en"], {"ids": place.short_code, "sheet": "es"}))
    english = sheet_of(client.get(PRINT["es"], {"ids": place.short_code, "sheet": "en"}))

    hello = '<span lang="en">Hello. I am looking for treatment for opioid use.</span>'
    assert (hello in spanish, '<span lang="en">' in english) == (True, False)
    assert "Hello. I am looking for treatment for opioid use." in english


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sheet_has_the_steps_of_the_guide_the_warning_and_the_lines(client, place, language):
    overdose.load_starter()

    response = client.get(PRINT[language], {"ids": place.short_code})

    context = response.context
    assert [len(context["steps"]), len(context["tolerance"])] == [5, 1]
    assert [line.slug for line in context["lines"]] == ["access-line", "988"]
    sheet = sheet_of(response)
    assert all(said.heading in sheet for said in [*context["steps"], *context["tolerance"]])
    assert re.findall(r"\[[A-Z]", sheet) == []


def test_more_than_a_sheet_holds_is_refused_with_a_message(client, listings):
    known = [listing.short_code for listing in listings.values()]
    more = [ListingFactory().short_code for _place in range(MOST_PRINTED + 2 - len(known))]

    response = client.get(PRINT["en"], {"ids": ",".join(map(str, known + more))})

    assert len(response.context["places"]) == MOST_PRINTED
    assert "There is room for 12 places. 2 more were left out." in text_of(response)


@pytest.mark.parametrize("query", ["", "ids=", "ids=x", "ids=999999999"])
@pytest.mark.parametrize("path", [*PRINT.values(), *COMPARE.values()])
def test_a_page_without_a_place_leads_to_the_search(client, vocabulary, path, query):
    response = client.get(path, query_params=QueryDict(query))

    find = {"en": "/en/find/", "es": "/es/buscar/"}[path.split("/")[1]]
    assert response.status_code == 200
    assert f'<a class="btn" href="{find}">' in response.content.decode()


@pytest.mark.parametrize("path", [PRINT["en"], COMPARE["en"]])
def test_a_listing_that_is_not_public_is_not_shown(client, listings, path):
    shown, hidden = listings["R1"], listings["R2"]
    coming = Import.objects.create(name="a.csv", format="table", source="a", as_of="2026-11-01", state="checked")
    ServiceAtLocation.objects.filter(pk=hidden.pk).update(arrives_with=coming)

    response = client.get(path, {"ids": [shown.short_code, hidden.short_code]})

    text = text_of(response)
    assert ("OTP North" in text, "OTP South" in text) == (True, False)
    assert "1 place is not in the directory." in text


@pytest.mark.parametrize("path", [PRINT["en"], COMPARE["en"]])
def test_the_pages_are_kept_by_nobody_and_set_no_cookie(client, listings, path):
    response = client.get(path, {"ids": listings["R1"].short_code})

    assert (response.cookies.output(), response["Cache-Control"]) == ("", "private, no-store")
    assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize("path", [PRINT["en"], COMPARE["en"]])
def test_three_places_cost_as_many_queries_as_one(client, vocabulary, fixed_day, path):
    places = [ListingFactory() for _place in range(3)]
    for listing in places:
        PhoneFactory(listing=listing)
        ProvenanceFactory(listing=listing)
        VerificationFactory(listing=listing)
        fact = {"text_en": "Accredited", "text_es": "Acreditado", "source": "CARF", "as_of": datetime.date(2026, 1, 2)}
        QualityFact.objects.create(listing=listing, **fact)
    client.get(path)  # reads the department and the lines, which are kept

    with CaptureQueriesContext(connection) as one:
        client.get(path, {"ids": places[0].short_code})
    with CaptureQueriesContext(connection) as three:
        client.get(path, {"ids": [listing.short_code for listing in places]})

    assert 0 < len(one) == len(three) <= 12


def rows(response):
    """Return the table of the comparison as text: the question, then the answer of each place."""
    table = re.search(r"<tbody>.*</tbody>", response.content.decode(), re.S).group()
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in re.findall(r"<tr>.*?</tr>", table, re.S)]
    return {row[0]: [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in row[1:]] for row in cells}


def test_two_places_stand_side_by_side_with_what_is_not_known(client, listings):
    first, second = listings["R1"], listings["R3"]
    first.takes_new_patients, first.id_needed, first.least_age, first.gender = "yes", "no", 18, "women"
    first.save()
    QualityFact.objects.create(
        listing=first, text_en="Accredited", text_es="Acreditado", source="CARF", as_of=datetime.date(2026, 1, 2)
    )

    compared = rows(client.get(COMPARE["en"], {"ids": [first.short_code, second.short_code]}))

    assert compared["Takes new patients"] == ["Yes.", "Not known, ask."]
    assert compared["Asks for ID"] == ["No.", "Not known, ask."]
    assert compared["Medications for opioid use disorder"] == ["Methadone", "Buprenorphine"]
    assert compared["Who they serve"] == [
        "Age 18 years and older Only for Women Not known, ask: pregnancy, children.",
        "Not known, ask: age, pregnancy, children.",
    ]
    assert compared["Quality"] == ["Accredited CARF, January 2, 2026", "We do not know this yet."]


@pytest.mark.parametrize(
    ("checked_on", "fields", "said"),
    [
        ((2026, 11, 21), ["phone", "intake"], "Yes."),
        ((2026, 11, 21), ["phone"], "Yes when last asked. Ask again."),
        ((2026, 10, 1), ["phone", "intake"], "Yes when last asked. Ask again."),
        (None, [], "Yes when last asked. Ask again."),
    ],
    ids=["fresh", "not read back", "too long ago", "never"],
)
def test_a_start_on_the_same_day_is_a_yes_only_where_a_fresh_check_recorded_it(
    client, vocabulary, fixed_day, checked_on, fields, said
):
    listing = ListingFactory(same_day_start="yes")
    if checked_on:
        at = datetime.datetime(*checked_on, 15, 0, tzinfo=datetime.UTC)
        VerificationFactory(listing=listing, at=at, fields=fields)

    compared = rows(client.get(COMPARE["en"], {"ids": listing.short_code}))

    assert compared["Starts the same day"] == [said]


def test_a_place_is_taken_away_by_a_link_that_keeps_the_others(client, listings):
    codes = [listings[name].short_code for name in ("R1", "R2", "R3")]

    response = client.get(COMPARE["en"], {"ids": codes})

    links = re.findall(r'compare__away no-print" href="([^"]+)"', response.content.decode())
    left = [chosen(QueryDict(unescape(link).partition("?")[2]), MOST_COMPARED).codes for link in links]
    assert left == [codes[1:], [codes[0], codes[2]], codes[:2]]


def test_the_qr_code_is_drawn_here_without_styles_or_scripts(client, listings):
    response = client.get(f"/h/{listings['R1'].short_code}-es.svg")

    drawing = ElementTree.fromstring(response.content)
    attributes = {name for element in drawing.iter() for name in element.attrib}
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert attributes & {"style", "onload"} == set()


@pytest.mark.parametrize("name", ["999999999-es.svg", "1-xx.svg", "0-en.svg"])
def test_there_is_no_qr_code_of_nothing(client, listings, name):
    assert client.get(f"/h/{name}").status_code == 404


@pytest.mark.parametrize("address", [PRINT["en"], COMPARE["en"]])
def test_paper_follows_a_place_that_was_merged_into_another(client, listings, address):
    gone, kept, other = (listings[name] for name in ("R2", "R1", "R3"))
    ServiceAtLocation.objects.filter(pk=gone.pk).update(merged_into=kept)

    response = client.get(address, {"ids": [gone.short_code, other.short_code, kept.short_code]})

    assert response.context["codes"] == [kept.short_code, other.short_code]
    assert len(response.context["places"]) == 2
    assert response.context["gone"] == 0
