"""What leaves the screen, in a real browser: four places ticked by keyboard, on two Letter pages, side by side."""

import datetime
import re
import time

import pytest
from playwright.sync_api import expect

from portal.accounts.models import User
from resources.models import Schedule, ServiceAtLocation, Verification
from tests.e2e.accessibility import dark_violations, violations
from tests.e2e.keyboard import tab_until

# A person's time, by the keystroke-level model (Card, Moran and Newell, 1980): a key for an average typist, and a
# decision before each thing done.
KEY, DECISION = 0.28, 1.35  # seconds
PRINT = {"en": "/en/print/", "es": "/es/imprimir/"}
COMPARE = {"en": "/en/compare/", "es": "/es/comparar/"}
LONG = {
    "to_bring": {
        "en": "A photo ID if you have one, your insurance card, a list of your medicines and proof of address.",
        "es": "Una identificación con foto si la tiene, la tarjeta del seguro, sus medicinas y prueba de dirección.",
    },
    "they_ask": {
        "en": "Your name, your birthday, what you use, when you last used it and whether you have insurance.",
        "es": "Su nombre, su fecha de nacimiento, qué consume, cuándo consumió por última vez y si tiene seguro.",
    },
    "up_front": {"en": "$20 on the first day if you have no insurance", "es": "$20 el primer día si no tiene seguro"},
}
TRANSIT = {
    "en": "Bus 50 or 54 to Albany Avenue and Woodland Street; the door is behind the pharmacy.",
    "es": "Guagua 50 o 54 hasta Albany Avenue y Woodland Street; la puerta queda detrás de la farmacia.",
}
HOURS = [
    ("new patients", "MO,TU,WE,TH,FR", (5, 30), (9, 0)),
    ("dosing", "MO,TU,WE,TH,FR", (5, 30), (11, 0)),
    ("dosing", "SA", (6, 0), (9, 0)),
    ("office", "MO,TU,WE,TH,FR", (5, 30), (14, 30)),
]


def codes(many):
    """Return the short codes of so many listings."""
    return list(ServiceAtLocation.objects.open().order_by("pk").values_list("short_code", flat=True)[:many])


def fill(listing, by):
    """Write down as much of a listing as a long call can bring."""
    for field, words in LONG.items():
        for language, text in words.items():
            setattr(listing, f"{field}_{language}", text)
    listing.walk_in = listing.id_needed = "yes"
    listing.save()
    location, organization = listing.location, listing.service.organization
    organization.name = "InterCommunity Healthcare and Behavioral Health Services"
    organization.save()
    location.address_1, location.address_2 = "1234 North Albany Turnpike Road", "Building B, Second Floor, Suite 210"
    location.transit_en, location.transit_es = TRANSIT["en"], TRANSIT["es"]
    location.save()
    for purpose, days, opens, closes in HOURS:
        span = {"opens_at": datetime.time(*opens), "closes_at": datetime.time(*closes)}
        Schedule.objects.create(listing=listing, purpose=purpose, byday=days, **span)
    read_back = ["phone", "address", "hours", "services", "languages", "payment", "intake"]
    at = datetime.datetime.now(datetime.UTC)
    Verification.objects.create(listing=listing, method="phone", outcome="reached", at=at, by=by, fields=read_back)


def pages_of(pdf):
    """Count the pages of a PDF that Chromium wrote."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_a25_a_nurse_takes_four_places_in_spanish_by_keyboard_within_a_minute_without_a_script(site, browser):
    page = browser.new_context(base_url=site, java_script_enabled=False).new_page()
    search, started, keys, decisions = "methadone near 06112", time.monotonic(), 0, 0
    page.goto("/en/")

    _box, presses = tab_until(page, lambda focused: focused["id"] == "home-q")
    page.keyboard.type(search)
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=*")
    keys, decisions = keys + presses + len(search) + 1, decisions + 2
    for _place in range(4):
        _tick, presses = tab_until(page, lambda focused: focused["name"] == "ids")
        page.keyboard.press("Space")
        keys, decisions = keys + presses + 1, decisions + 1
    _button, presses = tab_until(page, lambda focused: "Hoja en español" in focused["words"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/print/**")
    keys, decisions = keys + presses + 1, decisions + 1

    took = time.monotonic() - started
    expect(page.locator("article.sheet[lang=es] .sheet__place")).to_have_count(4)
    assert page.locator("html").get_attribute("lang") == "en"
    assert keys * KEY + decisions * DECISION + took <= 60, f"{keys} keys, {decisions} decisions, {took:.0f} s"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a25_four_long_listings_fit_on_two_letter_pages_in_letters_of_twelve_points(site, page, language):
    by = User.objects.create(username="caller", is_staff=True)
    for code in codes(4):
        fill(ServiceAtLocation.objects.get(short_code=code), by)
    page.goto(f"{PRINT[language]}?ids={','.join(map(str, codes(4)))}")

    pdf = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")
    smallest = page.locator("article.sheet").evaluate(
        "sheet => Math.min(...[...sheet.querySelectorAll('*')].filter(e => e.innerText && e.children.length == 0)"
        ".map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    split = page.locator(".sheet__phone").evaluate_all("numbers => numbers.map(n => n.getClientRects().length)")
    seen = page.locator("header.head, .strip, nav, form, footer, h1").evaluate_all(
        "parts => parts.filter(p => p.getClientRects().length).map(p => p.tagName)"
    )

    assert page.locator(".sheet__place").count() == 4
    assert 0 < pages_of(pdf) <= 2
    assert smallest >= 16  # pixels: 12 points
    assert set(split) == {1}
    assert seen == []


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("path", [PRINT, COMPARE], ids=["print", "compare"])
def test_a71_the_pages_for_paper_keep_nobody_out_and_stay_within_a_phone(site, page, path, language):
    page.set_viewport_size({"width": 320, "height": 640})

    page.goto(f"{path[language]}?ids={','.join(map(str, codes(5)))}")

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert violations(page) == []
    assert dark_violations(page) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_a24_four_columns_stay_on_the_paper_and_what_is_for_a_screen_stays_off_it(site, page, language):
    page.goto(f"{COMPARE[language]}?ids={','.join(map(str, codes(4)))}")

    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 960})  # the width of a Letter page between its margins
    right = page.locator(".compare td").evaluate_all(
        "cells => Math.max(...cells.map(c => c.getBoundingClientRect().right))"
    )
    away = page.locator(".compare__away").evaluate_all("links => links.filter(l => l.getClientRects().length).length")

    assert 0 < right <= 720
    assert away == 0


@pytest.mark.parametrize("language", ["en", "es"])
def test_a23_the_picture_of_where_keeps_nobody_out(site, page, language):
    search = {"en": "/en/find/?q=methadone+near+06112", "es": "/es/buscar/?q=metadona+cerca+de+06112"}

    page.goto(search[language])

    drawing = page.locator(".where svg")
    numbers = drawing.locator(".where__numbers text").all_text_contents()
    assert numbers == page.locator(".where__words strong").all_inner_texts()
    assert len(numbers) >= 2
    assert violations(page) == []
    assert dark_violations(page) == []
