"""A newsletter from the first word to the report, by somebody who knows only what the pages say, in a real browser."""

import re
import threading
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from newsletter import tokens
from newsletter.delivery import worker
from newsletter.models import Campaign, Delivery, Subscriber
from portal.accounts.models import User
from tests.e2e.accessibility import OF_DJANGO, violations
from tests.e2e.test_staff import sign_in  # noqa: F401
from tests.newsletter.sink import Sink

WORDS = {
    "en": ("News of December", "A new place has opened."),
    "es": ("Noticias de diciembre", "Abrió un lugar nuevo."),
}
ADDRESS = "nurse@example.org"


@pytest.fixture
def mailbox(monkeypatch):
    """Run the mail server that everything is handed to."""
    with Sink() as server:
        monkeypatch.setattr(settings, "EMAIL_URL", server.url)
        yield server


def readers(count):
    """Add confirmed readers, every second one of Spanish, each of a domain of their own."""
    moment, rows = timezone.now(), []
    for number in range(count):
        email = f"reader@d{number}.example.org"
        row = Subscriber(email=email, email_norm=email, email_hash=tokens.address_hash(email), state="confirmed")
        row.language, row.requested_at, row.confirmed_at = ("en", "es")[number % 2], moment, moment
        rows.append(row)
    Subscriber.objects.bulk_create(rows)


def send():
    """Let the sender do what is due."""
    Delivery.objects.filter(state="retry").update(next_at=timezone.now())
    return worker.run(workers=1, forever=False, stop=threading.Event())


def following(page):
    """Return the sentence that says what comes next."""
    return page.locator(".newsletter__next").first.inner_text()


def press_what_is_named(page):
    """Press the first button whose words stand in quotation marks in the sentence of what comes next."""
    named = re.findall("“([^”]+)”", following(page))
    buttons = page.locator("input[type=submit]:visible, button.button:visible")
    labels = [button.get_attribute("value") if button.evaluate("e => e.tagName") == "INPUT" else button.inner_text()
              for button in buttons.all()]  # fmt: skip
    assert named and named[0] in labels, (following(page), labels)
    buttons.nth(labels.index(named[0])).click()
    expect(page.locator(".messagelist li")).to_be_visible()
    return page.locator(".messagelist li").first.get_attribute("class")


def write_what_is_missing(page):
    """Follow each sentence about something missing to its field, and write there."""
    places = [link.get_attribute("href") for link in page.locator(".newsletter__problems a").all()]
    for place in places:
        page.locator(f'.newsletter__problems a[href="{place}"]').click()
        column, language = re.fullmatch(r"#id_(subject|body)_(\w+)", place).groups()
        page.wait_for_function("document.activeElement.matches('input, textarea, [role=textbox]')")
        page.keyboard.type(WORDS[language][column == "body"])
    return places


def wrong(page, complaints):
    """Return what axe finds and what the browser has complained of until now; axe's own doing is no complaint."""
    before = list(complaints)
    found = violations(page, but=[*OF_DJANGO, "iframe"])
    complaints.clear()
    return found + before


def write(page):
    """Write in both languages and pick a page; return what the page is called."""
    page.locator(".model-campaign .addlink").click()
    page.locator("#id_subject_en").fill(WORDS["en"][0])
    assert press_what_is_named(page) == "success"
    assert write_what_is_missing(page) == ["#id_subject_es", "#id_body_en", "#id_body_es"]
    page.locator("#blocks-group .add-row a").click()
    picked = page.locator("#id_blocks-0-page option[value]:not([value=''])").first
    title, key = picked.inner_text(), picked.get_attribute("value")
    page.locator("#id_blocks-0-page").select_option(key)
    return title


def look(page):
    """See that the preview follows what is typed, in each language."""
    shown = page.frame_locator("iframe[name=preview]")
    expect(shown.locator("body")).to_contain_text(WORDS["en"][1])
    page.locator('[name="preview_language"][value="es"]').check()
    expect(shown.locator("h1")).to_have_text(WORDS["es"][0])
    assert page.locator("iframe[name=preview]").bounding_box()["height"] > 500


def schedule_and_think_again(page):
    """Schedule for next year, take that back, and start at once."""
    page.locator("#id_start_at_0").fill(f"{timezone.localdate().year + 1}-01-05")
    page.locator("#id_start_at_1").fill("09:00")
    assert press_what_is_named(page) == "success"
    assert Campaign.objects.get().state == "scheduled"
    assert press_what_is_named(page) == "success"
    page.locator("#id_start_at_0").fill("")
    page.locator("#id_start_at_1").fill("")
    assert press_what_is_named(page) == "success"


def pause_and_go_on(page, mailbox):
    """Pause after four copies, when the mail server puts the rest off, and go on when it takes them again."""
    mailbox.answer = lambda verb, recipient: "451 later" if verb == "RCPT" and len(mailbox.messages) >= 6 else None
    assert send() == 4
    page.reload()
    assert press_what_is_named(page) == "success"
    mailbox.answer = lambda verb, recipient: None
    assert send() == 0
    assert press_what_is_named(page) == "success"
    assert send() == 6


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_nurse_who_has_never_seen_it_writes_tests_starts_pauses_and_reads_the_report(sign_in, mailbox, language):  # noqa: F811
    readers(10)
    page, complaints = sign_in("newsletter editor", language), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    User.objects.update(email=ADDRESS)

    title = write(page)
    look(page)
    assert wrong(page, complaints) == []
    assert press_what_is_named(page) == "success"

    assert ADDRESS in following(page)
    assert press_what_is_named(page) == "success"
    tests = [message_from_bytes(message.data, policy=policy.default) for message in mailbox.messages]
    assert [message["To"] for message in tests] == [ADDRESS] * 2
    assert sorted(message["Subject"] for message in tests) == sorted(f"[Test] {WORDS[code][0]}" for code in WORDS)
    assert any(title in message.get_body(("plain",)).get_content() for message in tests)
    assert "10" in following(page)

    schedule_and_think_again(page)
    pause_and_go_on(page, mailbox)

    page.reload()
    page.locator("a[href$='/report/']").first.click()
    expect(page.locator(".newsletter__next")).to_be_visible()
    assert page.locator("tbody").last.locator("tr").count() == 10
    assert wrong(page, complaints) == []
    copies = [message_from_bytes(message.data, policy=policy.default) for message in mailbox.messages[2:]]
    assert sorted((copy["To"], copy["Subject"]) for copy in copies) == sorted(
        (reader.email, WORDS[reader.language][0]) for reader in Subscriber.objects.all()
    )
    assert Campaign.objects.get().state == "finished"
