"""The acceptance cases about every public page at once: the starter content, both languages, without a browser."""

import re
from collections import Counter, deque
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils.translation import to_locale

from portal.lib import extraction, languages
from tests.acceptance.reading import Reading, read

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("site")]

HOST = "testserver"
STAFF = "/admin/"
ENOUGH = 1000  # addresses: more means that links breed links
SPEAKS = {
    "en": "the and of to is are you your for with or that this it on from by we our they can will have",
    "es": "el la los las de del que y en un una para con por su sus se es al lo si usted le como más",
}
NAMES_OF_LANGUAGES = {languages.name(code) for code in languages.codes()}


@dataclass
class Page:
    """What came back from one address."""

    status: int
    headers: dict
    cookies: list
    links: list
    reading: Reading | None

    @property
    def is_page(self):
        return self.status == 200 and self.reading is not None


@pytest.fixture(scope="session")
def pages(django_db_setup, django_db_blocker):
    """Visit every address that a visitor can reach by links; nothing stays in the database."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_starter", verbosity=0)
        visited = visit_all()
        transaction.set_rollback(True)
    return visited


def visit_all():
    """Follow links from page to page and the sitemap; questions (`?q=`) are asked in the tests of search."""
    waiting, visited = deque(["/", "/sitemap.xml"]), {}
    while waiting:
        address = waiting.popleft()
        if address in visited:
            continue
        assert len(visited) < ENOUGH
        visited[address] = page = visit(address)
        waiting += [inner for inner in map(inside, page.links) if inner]
    return visited


def visit(address):
    """Ask for one address, as a new visitor would."""
    response = Client().get(address)
    kind = response.headers.get("Content-Type", "")
    body = (b"".join(response) if response.streaming else response.content).decode(errors="replace")
    reading = read(body) if kind.startswith("text/html") and body else None
    links = reading.anchors if reading else re.findall("<loc>(.*?)</loc>", body)
    links = [*links, response.headers.get("Location", "")]
    return Page(response.status_code, dict(response.headers), list(response.cookies), links, reading)


def inside(link):
    """Return the path of a link to a public page of the site, or None."""
    parts = urlsplit(urldefrag(link).url)
    is_ours = parts.scheme in {"", "http", "https"} and parts.netloc in {"", HOST}
    is_public = parts.path.startswith("/") and not parts.path.startswith((STAFF, settings.STATIC_URL))
    return parts.path if is_ours and is_public and not parts.query else None


def in_each(pages):
    """Yield address, language of the address, and what the page holds."""
    for address, page in pages.items():
        if page.is_page:
            yield address, address.split("/")[1], page.reading


def test_the_walk_reaches_every_kind_of_page_in_every_language(pages):
    reached = Counter(language for _address, language, _reading in in_each(pages))

    assert reached["en"] == reached["es"]
    assert reached["en"] > 40  # 6 articles and their topics, 26 listings, and the pages of the site


def test_every_link_inside_the_site_leads_somewhere(pages):
    assert {address: page.status for address, page in pages.items() if page.status >= 400} == {}


def test_every_link_to_a_place_on_a_page_finds_it(pages):
    lost = set()
    for address, _language, reading in in_each(pages):
        for link in reading.anchors:
            page, _hash, place = link.partition("#")
            target = pages.get(page or address)
            if place and target and target.is_page and place not in target.reading.ids:
                lost.add((address, link))

    assert lost == set()


def test_a36_overdose_help_and_911_are_among_the_first_ten_things_to_focus(pages):
    without = [
        address
        for address, _language, reading in in_each(pages)
        if "tel:911" not in reading.focusable[:10]
        or not any(link.endswith(("/overdose/", "/sobredosis/")) for link in reading.focusable[:10])
    ]

    assert without == []


def test_a46_the_languages_of_a_page_point_at_each_other(pages):
    wrong = []
    for address, language, reading in in_each(pages):
        twins = alternates(reading)
        others = {code: url for code, url in twins.items() if code != "x-default"}
        if "noindex" in reading.robots:
            continue  # says itself that it stands in for something else
        is_itself = others.get(language) == canonical(reading) == address and "x-default" in twins
        if not is_itself or any(alternates(pages[url].reading) != twins for url in others.values()):
            wrong.append(address)

    assert wrong == []


def alternates(reading):
    """Return the address that a page gives for each language."""
    return {
        link["hreflang"]: urlsplit(link["href"]).path
        for link in reading.links
        if link.get("rel") == "alternate" and "hreflang" in link and "type" not in link
    }


def canonical(reading):
    """Return the address that a page calls its own."""
    return next((urlsplit(link["href"]).path for link in reading.links if link.get("rel") == "canonical"), None)


def test_a48_both_languages_of_a_page_dial_the_same_numbers(pages):
    different = []
    for address, _language, reading in in_each(pages):
        for twin in alternates(reading).values():
            if numbers(pages[twin].reading) != numbers(reading):
                different.append((address, twin))

    assert different == []


def numbers(reading):
    """Return what the links of a page dial."""
    return Counter(link for link in reading.anchors if link.startswith("tel:"))


def test_a49_nothing_is_said_in_another_language_than_it_is_marked_as(pages):
    assert [
        (address, said.words)
        for address, _language, reading in in_each(pages)
        for said in reading.said
        if speaks_another(said, names_of_places(pages))
    ] == []


def names_of_places(pages):
    """Return what the listings are called: the same in every language, as the signs at their doors are."""
    pages_of_places = [page for address, page in pages.items() if re.match("/(en/find|es/buscar)/.", address)]
    return {page.reading.said[0].words.partition(" | ")[0] for page in pages_of_places if page.is_page}


def speaks_another(said, names=()):
    """Tell whether clearly more of the small words belong to another language than to the one it is marked as."""
    words = said.words
    for name in names:
        words = words.replace(name, "")
    tokens = re.findall(r"[^\W\d_]+", words.lower())
    votes = {code: sum(token in small.split() for token in tokens) for code, small in SPEAKS.items()}
    own = votes.pop(said.language, 0)
    return max(votes.values()) >= own + 2  # one small word may be part of a name


def test_a49_no_string_of_the_interface_stays_english(pages):
    untranslated = {code: english_of(code) for code in languages.others(settings.LANGUAGE_CODE)}

    assert {
        (said.words, address)
        for address, _language, reading in in_each(pages)
        for said in reading.said
        if said.words in untranslated.get(said.language, ()) and said.words not in NAMES_OF_LANGUAGES
    } == set()


def english_of(code):
    """Return the strings of the interface that read differently in this language."""
    locale = to_locale(code)
    catalogue = extraction.read(settings.LOCALE_PATHS[0] / locale / "LC_MESSAGES" / "django.po", locale)
    return {message.id for message in catalogue if isinstance(message.id, str) and message.string != message.id}


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("es", "This page is for you and your family", True),
        ("es", "Esta página es para usted y su familia", False),
        ("en", "Esta página es para usted y su familia", True),
        ("en", "This page is for you and your family", False),
        ("es", "Hartford Health and Human Services", False),
        ("es", "Llamar a Help for the Young and Their Families", True),
        ("", "This page is for you and your family", True),
    ],
)
def test_small_words_give_a_language_away(language, words, expected):
    assert speaks_another(read(f'<p lang="{language}">{words}</p>').said[0]) is expected


def test_the_name_of_a_place_is_in_no_language():
    said = read('<p lang="es">Llamar a Help for the Young and Their Families</p>').said[0]

    assert speaks_another(said, {"Help for the Young and Their Families"}) is False


def test_a66_no_page_may_load_anything_from_elsewhere(pages):
    policies = {page.headers["Content-Security-Policy"] for page in pages.values() if page.is_page}

    sources = [source for policy in policies for directive in policy.split(";") for source in directive.split()[1:]]
    assert all("default-src 'self'" in policy for policy in policies)
    kinds = {re.sub("'(nonce|sha256)-.*'", r"'\1'", source) for source in sources}
    assert kinds <= {"'self'", "'none'", "'nonce'", "'sha256'", "data:"}


def test_a67_no_page_sets_a_cookie(pages):
    assert [address for address, page in pages.items() if page.cookies] == []


def test_every_page_keeps_its_address_from_the_sites_it_links_to(pages):
    assert {page.headers["Referrer-Policy"] for page in pages.values()} == {"no-referrer"}


def test_every_page_has_one_heading_of_its_own(pages):
    titles = Counter((language, reading.said[0].words) for _address, language, reading in in_each(pages))

    assert [title for title, count in titles.items() if count > 1] == []
