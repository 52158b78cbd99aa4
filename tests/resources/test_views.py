"""Test the pages of the directory: the results, a listing, its short addresses, and what strangers send them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.lib import languages
from resources.actions import rebuild_search
from resources.models import ServiceAtLocation

from .factories import ListingFactory, PhoneFactory, ProvenanceFactory, VerificationFactory

pytestmark = pytest.mark.django_db
SCRIPT = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def find(client, language="en", **params):
    return client.get({"en": "/en/find/", "es": "/es/buscar/"}[language], params)


def names(response):
    return [card.title for card in response.context["cards"]]


HOSTILE = [
    "\x00",
    "a\x00b",
    "",
    " \t\u3000\u200b",
    "a" * 5000,
    " or ".join(["word"] * 2000),
    "(" * 5000,
    '"unbalanced',
    "a & | ! <->",
    "-zzz",
    "the and of",
    "de la el",
    "'; DROP TABLE article;--",
    "1' OR '1'='1",
    "%",
    "_",
    "\\",
    SCRIPT,
    "{{7*7}} {% debug %} ${7*7}",
    "\u202emethadone",
    "Z\u0300\u0301\u0302" * 100,
    "👩‍👩‍👧" * 50,
    "a" * 50_000 + "!",
    "İ ß naloxona informacio\u0301n",
    "methadone near 00000",
    "methadone near 2540",
    "25401-1234",
    "254011234",
    "06112\u00a0",
    "０６１１２",
    "٠٦١١٢",
    "-25401",
    "25401.0",
    "2.5e4",
    "0x6339",
    "near K1A 0B1",
    "96799",
    "09012",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("language", ["en", "es"])
def test_whatever_is_typed_gets_a_page(client, listings, text, language):
    response = find(client, language, q=text)

    assert response.status_code == 200
    assert SCRIPT not in response.content.decode()
    assert len(response.context["text"]) <= 200


@pytest.mark.parametrize(
    "query",
    [
        "q=%ED%A0%80",
        "q=%FF%FE",
        "q=a&q=b",
        "q[]=a",
        "page=0",
        "page=-1",
        "page=1e9",
        "page=NaN",
        "page=%D9%A1",
        "page=999999999999999999999",
        "sort=password",
        "claim=password",
        "claim=%00",
        "claim=user__password__startswith:p",
        "within=-1",
        "within=0",
        "within=1e9",
        "within=%00",
        "lat=NaN&lon=inf",
        "place=%00",
        "place=" + "x" * 5000,
    ],
)
def test_whatever_stands_in_the_address_gets_a_page(client, listings, query):
    assert client.get(f"/en/find/?{query}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["none", "..", "%2e%2e%2f", "%252e", "x" * 500, "a%00b", "🙂", "99999999999999999999", "con.", "page", "OTP North"],
)
def test_an_unknown_listing_is_missing(client, listings, path):
    assert client.get(f"/en/find/{path}/").status_code in {404, 400}


@pytest.mark.parametrize("code", ["999999", "9" * 30, "9" * 5000, "0", "-1", "1.0", "x", "1-xx", "1-es.pdf", "٣"])
def test_an_unknown_short_code_is_missing(client, listings, code):
    assert client.get(f"/h/{code}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "trace"])
def test_pages_are_only_read(client, listings, method):
    # A search may also come by POST, from a page of ours.
    assert getattr(client, method)("/en/find/").status_code == (403 if method == "post" else 405)
    assert getattr(client, method)(listings["R1"].url("en")).status_code == 405


def test_results_are_kept_by_nobody_and_set_no_cookie(client, listings):
    response = find(client, q="methadone near 06112")

    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies


def test_unchecked_listings_say_from_where_they_are_and_what_is_not_known(client, town):
    listing = ListingFactory(codes=["OTP", "METH"])
    ProvenanceFactory(listing=listing)
    rebuild_search()

    html = find(client, q="methadone").content.decode()

    assert "From SAMHSA’s 2022 list. We have not called. Call first." in html
    assert "Spanish: not known, ask" in html
    assert "Checked by the department" not in html


def test_what_a_list_said_of_spanish_is_quoted(client, town):
    ProvenanceFactory(listing=ListingFactory(codes=["OTP", "METH", "SP"]), row={"codes": ["SP"]})
    rebuild_search()

    assert "Spanish-speaking counselors, said SAMHSA in 2022" in find(client, q="methadone").content.decode()
    assert "Consejeros que hablan español, según SAMHSA en 2022" in find(client, "es", q="metadona").content.decode()


def test_what_staff_recorded_of_spanish_is_not_put_into_a_lists_mouth(client, town):
    listing = ListingFactory(codes=["OTP", "METH", "SP"])
    ProvenanceFactory(listing=listing, row={"codes": ["OTP", "METH"]})
    rebuild_search()

    for response in (find(client, q="methadone"), client.get(listing.url("en"))):
        html = response.content.decode()
        assert "Spanish-speaking counselors" in html
        assert "said SAMHSA" not in html


def test_pages_hold_twenty(client, town):
    ListingFactory.create_batch(21)
    rebuild_search()

    first, second = find(client, q="methadone"), find(client, q="methadone", page="2")

    assert (len(names(first)), len(names(second))) == (20, 1)
    assert not set(names(first)) & set(names(second))
    assert "?q=methadone&amp;page=2" in first.content.decode()


def test_chips_and_filters_are_links_and_boxes_that_keep_the_rest(client, listings):
    response = find(client, q="metadona cerca de 06112", claim="spanish-speaking-counselors")

    assert names(response) == ["OTP North", "OTP South"]
    assert response.context["chips"] == [
        ("Methadone", "?q=cerca+de+06112&claim=spanish-speaking-counselors"),
        ("06112", "?q=metadona&claim=spanish-speaking-counselors"),
        ("Spanish-speaking counselors", "?q=metadona+cerca+de+06112"),
    ]
    html = " ".join(response.content.decode().split())
    assert 'name="claim" value="spanish-speaking-counselors" checked>' in html
    assert 'Medicaid (HUSKY in Connecticut) <span class="meta">(2)</span>' in html


def test_a_form_with_two_boxes_gives_the_same(client, listings):
    response = find(client, "es", q="metadona", place="06112")

    assert names(response) == ["OTP North", "OTP South", "OTP East"]
    assert response.context["text"] == "metadona cerca de 06112"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("need", ["methadone " * 12, "x" * 100 + " " + "y" * 99], ids=["words", "letters"])
def test_a_long_need_never_pushes_out_the_place(client, listings, language, need):
    response = find(client, language, q=need, place="06112")

    assert response.context["text"].endswith({"en": " near 06112", "es": " cerca de 06112"}[language])
    assert response.context["found"].understood.spot.point == (41.79, -72.696)
    assert len(response.context["text"].split()) <= 12
    assert len(response.context["text"]) <= 200


def test_a_long_place_keeps_its_end_and_leaves_room_for_the_need(client, listings):
    response = find(client, q="methadone", place="the third floor of 345 Main Street in Hartford CT 06112")

    assert response.context["text"] == "methadone near of 345 Main Street in Hartford CT 06112"


def test_filters_keep_how_far_the_visitor_looks(client, listings):
    assert '<input type="hidden" name="within" value="25">' in find(client, q="methadone", within="25").content.decode()
    assert 'name="within"' not in find(client, q="methadone", within="7").content.decode()


@pytest.mark.parametrize(
    ("text", "guide"),
    [
        ("my son overdosed and is not breathing", "overdose:overdose"),
        ("dope sick near 06112", "overdose:withdrawal"),
        ("narcan in Hartford", "overdose:naloxone"),
    ],
)
def test_what_cannot_wait_stands_once_and_before_every_place(client, listings, text, guide):
    html = find(client, q=text).content.decode()

    before_places = html[html.index("<main") : html.index('id="places"')]
    assert before_places.count(f'href="{reverse(guide)}"') == 1
    assert "notice--alert" not in html or guide == "overdose:overdose"


def test_who_does_not_want_to_live_is_led_to_the_988_line_once(client, listings):
    html = find(client, q="suicidal i want to die").content.decode()

    main = html[html.index("<main") : html.index("</main>")]
    assert main.count('<a class="btn" href="tel:988">') == 1


def test_nothing_found_leads_on_to_people(client, listings):
    response = find(client, q="jeringas cerca de 06112")

    html = response.content.decode()
    assert names(response) == []
    assert "There is no place we have verified for this." in html
    assert html.count('class="call') >= 3


def test_help_by_phone_or_video_has_its_own_block(client, listings):
    response = find(client, q="suboxone near 06112")

    assert names(response) == ["Office Bup"]
    assert [card.title for card in response.context["remote"]] == ["Tele Bup"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_results_page_takes_the_same_queries_whatever_it_shows(client, town, django_assert_num_queries, count):
    for listing in ListingFactory.create_batch(count):
        PhoneFactory(listing=listing)
        ProvenanceFactory(listing=listing)
        VerificationFactory(listing=listing)
    rebuild_search()
    find(client, q="methadone hartford")  # what small tables hold is kept

    # Whether a small table has changed, places, whether it is a name, the answer, articles.
    with django_assert_num_queries(5):
        response = find(client, q="methadone hartford")

    assert len(names(response)) == count


def test_a_listing_shows_its_numbers_with_extensions_and_the_way_there(client, town):
    listing = ListingFactory(name="OTP", codes=["OTP", "METH", "MOA", "PAIN", "NOE", "MD", "WN"])
    PhoneFactory(listing=listing, number="860-555-0100", extension="12")
    PhoneFactory(listing=listing, number="860-555-0101", use="intake", position=1)

    html = client.get(listing.url("es")).content.decode()

    assert re.findall(r'href="(tel:[^"]+555[^"]+)"', html) == ["tel:+1-860-555-0100;ext=12", "tel:+1-860-555-0101"]
    assert '(860) 555-0100 <span class="call__extension">ext. 12</span>' in html
    assert 'href="https://www.openstreetmap.org/directions?to=41.79,-72.696" rel="noreferrer noopener"' in html
    assert "<li>Metadona</li>" in html
    assert "<li>Medicaid (HUSKY en Connecticut)</li>" in html
    assert "<li>Programa o grupo para mujeres</li>" in html
    assert "<li>Naloxona" not in html


def test_a_closed_listing_keeps_its_page_and_says_so(client, listings):
    html = client.get(listings["R7"].url("en")).content.decode()

    assert "Temporarily closed." in html
    assert "Since November 1, 2026." in html
    assert ">OTP North</a>" in html  # a place like it nearby


def test_a_listing_that_moved_leads_to_the_new_place(client, listings):
    listing = listings["R7"]
    ServiceAtLocation.objects.filter(pk=listing.pk).update(status="moved", moved_to=listings["R1"])

    assert (
        f'<a href="{listings["R1"].url("en")}">See the new place</a>' in client.get(listing.url("en")).content.decode()
    )


def test_a_virtual_listing_has_no_directions_and_no_neighbours(client, listings):
    response = client.get(listings["R10"].url("en"))

    assert "openstreetmap" not in response.content.decode()
    assert response.context["nearest"] == ()


def test_every_listing_page_names_its_twin(client, listings):
    for language in languages.codes():
        html = client.get(listings["R1"].url(language)).content.decode()
        for other in languages.codes():
            assert f'hreflang="{other}" href="http://testserver{listings["R1"].url(other)}"' in html


def test_short_codes_are_never_used_again(town):
    first = ListingFactory()
    code = first.short_code
    first.delete()

    assert ListingFactory().short_code == code + 1


def test_listings_are_in_the_sitemap_in_every_language_and_closed_ones_are_not(client, listings):
    files = {code: client.get(f"/sitemap-listings-{code}.xml").content.decode() for code in ("en", "es")}

    for code, xml in files.items():
        assert f"<loc>http://testserver{listings['R1'].url(code)}</loc>" in xml
        assert listings["R7"].slug not in xml


def test_the_index_of_sitemaps_reads_no_listing_though_there_are_many(client, listings):
    with CaptureQueriesContext(connection) as queries:
        index = client.get("/sitemap.xml").content.decode()

    assert "sitemap-listings-es.xml" in index
    read = [query["sql"] for query in queries if 'FROM "resources_serviceatlocation"' in query["sql"]]
    assert [sql for sql in read if not sql.startswith(("SELECT COUNT(", "SELECT MAX("))] == []
