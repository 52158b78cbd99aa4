"""The acceptance cases about every public page at once that only a browser can answer."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils.translation import override

from portal.lib import languages
from tests import databases
from tests.acceptance.test_site import visit_all
from tests.e2e.accessibility import dark_violations, violations

pytestmark = pytest.mark.crawl

QUESTIONS = ["metadona cerca de 06112", "methadone near 06112", "methadone near 00000", "zzqx", "naloxone"]
MOST_SIBLINGS = 6
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
SIDEWAYS = "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
DOUBLE_TEXT = "size => { document.documentElement.style.fontSize = size }"
CUT_OFF = """
[...document.querySelectorAll('body *')].filter(element => {
    const style = getComputedStyle(element)
    const hides = [style.overflowX, style.overflowY].some(value => value === 'hidden' || value === 'clip')
    const isTooLarge = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1
    return hides && isTooLarge && element.clientWidth > 1 && element.innerText && !element.closest('svg')
}).map(element => element.outerHTML.slice(0, 160))
"""


@dataclass
class Seen:
    """What a browser made of one address."""

    status: int
    title: str
    language: str
    hosts: set
    cookies: list
    stored: int
    errors: list
    violations: list
    too_wide: dict
    cut_off: list


@pytest.fixture(
    scope="session",
    params=[pytest.param(code, marks=pytest.mark.xdist_group(f"crawl-{code}")) for code in languages.codes()],
)
def seen(request, starter, base_url, browser, django_db_blocker):
    """Look at every page of one language, wide, narrow, in the dark and with letters twice the size."""
    code = request.param
    with django_db_blocker.unblock(), databases.made(f"{starter}_{code}", starter) as name, databases.used(name):
        found = visit_all()
        addresses = [address for address, page in found.items() if page.is_page and address.startswith(f"/{code}/")]
        addresses = list(few_of_a_kind(addresses))
        with override(code):
            addresses += [f"{reverse('find')}?q={question}" for question in QUESTIONS]
        looked = {address: look(browser, base_url, address) for address in [*addresses, f"/{code}/nowhere/"]}
    return code, looked


def few_of_a_kind(addresses):
    """Leave out what is one more of many, such as the thirtieth listing: it has the template of the others."""
    siblings = Counter()
    for address in addresses:
        parent = address.rstrip("/").rpartition("/")[0]
        siblings[parent] += 1
        if siblings[parent] <= MOST_SIBLINGS:
            yield address


def look(browser, base_url, address):
    """Open one page as a new visitor and note everything that the cases ask about."""
    context = browser.new_context(base_url=base_url, viewport=WIDE)
    page, hosts, errors = context.new_page(), set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type in {"error", "warning"} else None)
    response = page.goto(address)
    seen = Seen(
        status=response.status,
        title=page.title(),
        language=page.locator("html").get_attribute("lang"),
        hosts=hosts,
        cookies=context.cookies(),
        stored=page.evaluate("localStorage.length + sessionStorage.length"),
        errors=errors,
        violations=violations(page) + dark_violations(page),
        too_wide={},
        cut_off=[],
    )
    for name, viewport, size in [("320 px", NARROW, "100%"), ("200 %", WIDE, "200%")]:
        page.set_viewport_size(viewport)
        page.evaluate(DOUBLE_TEXT, size)
        too_wide = page.evaluate(SIDEWAYS)
        if too_wide > 0:
            seen.too_wide[name] = too_wide
        seen.cut_off += page.evaluate(CUT_OFF)
    context.close()
    return seen


def test_the_browser_saw_every_page(seen):
    code, pages = seen

    statuses = Counter(page.status for page in pages.values())
    assert statuses == {200: len(pages) - 1, 404: 1}
    assert {page.language for page in pages.values()} == {code}


def test_every_page_has_a_title_of_its_own(seen):
    _code, pages = seen

    titles = Counter(page.title for address, page in pages.items() if "?" not in address)
    assert [title for title, count in titles.items() if count > 1] == []


def test_a66_the_browser_asks_no_other_host(seen):
    _code, pages = seen

    assert {host for page in pages.values() for host in page.hosts} == {"127.0.0.1"}


def test_a66_the_browser_has_nothing_to_complain_about(seen):
    _code, pages = seen

    assert {address: page.errors for address, page in pages.items() if page.errors and page.status == 200} == {}


def test_a67_nothing_is_kept_in_the_browser(seen):
    _code, pages = seen

    assert {address for address, page in pages.items() if page.cookies or page.stored} == set()


def test_a71_axe_finds_nothing_in_the_light_or_in_the_dark(seen):
    _code, pages = seen

    assert {address: page.violations for address, page in pages.items() if page.violations} == {}


def test_a71_no_page_scrolls_sideways_at_320_pixels_or_with_letters_twice_the_size(seen):
    _code, pages = seen

    assert {address: page.too_wide for address, page in pages.items() if page.too_wide} == {}


def test_a71_nothing_is_cut_off_at_320_pixels_or_with_letters_twice_the_size(seen):
    _code, pages = seen

    assert {address: page.cut_off for address, page in pages.items() if page.cut_off} == {}
