"""What visitors come for, in a real browser."""

import re
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import expect

from newsletter import actions, forms
from newsletter.models import Campaign, Subscriber
from portal.articles.models import Article
from portal.lib import languages
from tests.e2e.accessibility import violations
from tests.e2e.keyboard import tab_until

SEARCH = {"en": "methadone near 06112", "es": "metadona cerca de 06112"}


def names_of_places(page):
    """Return the names of the listings on a page of results, in order."""
    return page.locator("main section[aria-labelledby=places] h3").all_inner_texts()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a71_the_first_phone_number_is_five_presses_of_tab_away(site, page, language):
    page.goto(f"/{language}/")

    focused, presses = tab_until(page, lambda focused: focused["href"].startswith("tel:"))

    assert (focused["href"], presses <= 5) == ("tel:911", True)
    assert violations(page) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_a71_from_home_to_the_phone_number_of_a_place_by_keyboard(site, page, language):
    page.goto(f"/{language}/")

    tab_until(page, lambda focused: focused["id"] == "home-q")
    page.keyboard.type(SEARCH[language])
    page.keyboard.press("Enter")
    page.wait_for_url("**?q=*")
    nearest = names_of_places(page)[0]
    tab_until(page, lambda focused: focused["inMain"] and focused["words"] == nearest)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(nearest)
    number, _presses = tab_until(page, lambda focused: focused["inMain"] and focused["href"].startswith("tel:"))

    assert number["href"].startswith("tel:+1")
    assert violations(page) == []


def test_a42_a_reader_of_spanish_switches_to_english_at_the_same_place(site, page):
    article = Article.objects.get(key="what-is-oud")
    page.goto(article.url("es"))

    page.locator("nav.toc a").nth(1).click()
    anchor = page.url.partition("#")[2]
    in_spanish = violations(page)
    page.locator(".head__languages a[hreflang=en]").click()
    page.wait_for_url("**/en/**")

    assert page.url == f"{site}{article.url('en')}#{anchor}"
    assert (page.locator("html").get_attribute("lang"), page.locator("h1").inner_text()) == ("en", article.title_en)
    assert (in_spanish, violations(page)) == ([], [])


def test_a42_the_link_beside_a_heading_leads_to_the_same_heading_without_a_script(site, browser):
    article = Article.objects.get(key="what-is-oud")
    page = browser.new_context(base_url=site, java_script_enabled=False).new_page()
    page.goto(article.url("es"))
    heading = page.locator("section.prose h2").nth(1)
    anchor = heading.get_attribute("id")

    page.locator(f"section[aria-labelledby={anchor}] a[hreflang=en]").click()

    assert page.url == f"{site}{article.url('en')}#{anchor}"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a22_a_search_without_a_script_finds_the_same_places(site, page, browser, language):
    without = browser.new_context(base_url=site, java_script_enabled=False).new_page()

    without.goto(f"/{language}/")
    without.locator("#home-q").fill(SEARCH[language])
    without.locator("main form[role=search] button").click()
    page.goto(without.url.removeprefix(site))

    assert len(names_of_places(without)) > 0
    assert names_of_places(without) == names_of_places(page)
    assert violations(page) == []


def test_a61_a62_somebody_subscribes_in_spanish_confirms_gets_news_and_leaves(site, page, monkeypatch):
    monkeypatch.setattr(forms, "FASTEST_PERSON", 0)  # seconds; nobody else types this fast
    checked = []

    def press_the_button():
        page.locator("main form button").first.click()
        checked.append(violations(page))

    page.goto("/es/")
    page.locator("footer a[href='/es/boletin/']").click()
    page.locator("#id_email").fill("lectora@example.org")
    press_the_button()
    expect(page.locator("#id_consent")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_consent")).not_to_be_checked()
    page.locator("#id_consent").check()
    page.locator("[name=frequency][value='at once']").check()
    press_the_button()
    assert readers() == [("lectora@example.org", "es", "pending")]

    page.goto(linked(newest_mail(), "newsletter:confirm"))
    press_the_button()
    assert readers() == [("lectora@example.org", "es", "confirmed")]

    send_news("Un lugar nuevo")
    page.goto(linked(newest_mail(), "newsletter:leave"))
    press_the_button()
    assert [state for _address, _language, state in readers()] == ["left"]
    assert checked == [[], [], [], []]


def readers():
    """Return who reads the newsletter, in which language, and how far each has come."""
    return list(Subscriber.objects.values_list("email", "language", "state"))


def send_news(subject):
    """Start a campaign that everybody gets."""
    at = timezone.now()
    texts = dict.fromkeys(languages.columns("subject"), subject)
    bodies = dict.fromkeys(languages.columns("body"), f"<p>{subject}</p>")
    actions.start(campaign=Campaign.objects.create(state="preparing", **texts, **bodies), at=at)


def newest_mail():
    """Send what is due and return the newest message that went out."""
    call_command("send_newsletter", verbosity=0)
    newest = max((settings.VAR_DIR / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return message_from_bytes(newest.read_bytes(), policy=policy.default)


def linked(message, name):
    """Return the link to a page that a message to a reader of Spanish has in its plain text."""
    text = message.get_body(("plain",)).get_content()
    with override("es"):
        return re.search(rf"\S+{re.escape(reverse(name))}\S+", text).group()
