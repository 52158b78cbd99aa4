"""A clerk with a telephone and a keyboard, in a real browser."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from portal.accounts.models import User
from resources.models import ServiceAtLocation, Verification
from tests.e2e.accessibility import OF_DJANGO, violations
from tests.e2e.keyboard import tab_until

PASSWORD = "a long enough password"
OUTCOMES = [outcome.value for outcome in Verification.Outcome]
CALLS = ["reached", "no answer", "reached", "left message", "reached", "wrong number", "refused", "closed", "moved"]


@pytest.fixture
def clerk(site, page):
    """Sign a directory caller in, by keyboard."""
    user = User.objects.create_user("ana", password=PASSWORD, is_staff=True, language="es")
    user.groups.add(Group.objects.get(name="directory caller"))
    page.goto("/admin/")
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#user-tools")).to_be_visible()
    return user


def record(page, outcome):
    """Choose how the call ended with the arrow keys, tick the phone when somebody was reached, and press Enter."""
    tab_until(page, lambda focused: focused["id"] == "id_outcome_0")
    page.keyboard.press("Space")
    for _step in range(OUTCOMES.index(outcome)):
        page.keyboard.press("ArrowDown")
    if outcome == "reached":
        tab_until(page, lambda focused: focused["id"] == "id_read_back_0")
        page.keyboard.press("Space")
    before = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)


def test_a_clerk_records_ten_calls_in_a_row_with_the_keyboard_alone(clerk, page):
    complaints, checked = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    refused = "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
    tab_until(page, lambda focused: focused["href"].endswith("/queue/"))
    page.keyboard.press("Enter")
    expect(page.locator(".calls__next")).to_be_focused()
    checked += violations(page, but=OF_DJANGO)
    page.keyboard.press("Enter")

    for outcome in CALLS:
        expect(page.locator(".calls__phone").first).to_be_focused()
        record(page, outcome)
    checked += violations(page, but=OF_DJANGO)
    tab_until(page, lambda focused: focused["id"] == "id_outcome_0")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    checked += violations(page, but=OF_DJANGO)
    record(page, "reached")

    made = list(Verification.objects.order_by("pk").values_list("outcome", "by", "fields"))
    assert made == [(outcome, clerk.pk, ["phone"] if outcome == "reached" else []) for outcome in [*CALLS, "reached"]]
    assert Verification.objects.values("listing").distinct().count() == 10
    assert ServiceAtLocation.objects.filter(claimed_by=clerk).count() == 1  # the eleventh, on the screen
    assert (checked, complaints) == ([], [refused])
