"""At every moment the page of a campaign says what comes next, and leads to the field that stands in the way."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from newsletter.models import Campaign
from portal.accounts import roles
from portal.accounts.models import User

from .factories import THEN, BlockFactory, CampaignFactory, DeliveryFactory, SubscriberFactory
from .test_admin import after_a_test, change, editor, staff, written  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]


def said(page):
    """Return the step that is on and the sentence of what comes next."""
    words = page.content.decode()
    now = re.search(r'<li aria-current="step">(.*?)</li>', words)
    following = re.search(r'<p class="newsletter__next">(.*?)</p>', words)
    return (now.group(1).strip() if now else "", unescape(following.group(1)).strip())


def obstacles(page):
    """Return the words of what stands against a start, by the place they lead to."""
    _before, _list, rest = page.content.decode().partition('<ul class="newsletter__problems">')
    links = re.findall(r'<a href="([^"]*)">([^<]*)</a>', rest.partition("</ul>")[0])
    return {unescape(words): url for url, words in links}


def test_a_new_campaign_begins_with_writing(staff):  # noqa: F811
    page = staff.get(reverse("admin:newsletter_campaign_add"))

    assert said(page) == (
        "Write",
        "Write the subject and the text in both languages, then press “Save” below. Nothing is sent yet.",
    )


def test_what_is_missing_leads_to_its_field(staff):  # noqa: F811
    campaign = CampaignFactory(subject_es="", body_es="", body_en='<p><a href="https://bit.ly/x">x</a></p>')
    BlockFactory(campaign=campaign)
    BlockFactory(campaign=campaign, body_en="")

    page = staff.get(change(campaign))

    assert said(page)[0] == "Write"
    assert obstacles(page) == {
        "The subject is missing in this language: Español.": "#id_subject_es",
        "The text is missing in this language: Español.": "#id_body_es",
        "Part 2 has no text in this language: English.": "#id_blocks-1-body_en",
        "This link tells somebody who followed it. Use the page's own address: https://bit.ly/x": "#id_body_en",
    }
    for place in obstacles(page).values():
        assert f'id="{place[1:]}"' in page.content.decode()


def test_without_a_department_only_who_may_enter_it_is_led_there(staff, editor, department):  # noqa: F811
    department.delete()
    campaign = CampaignFactory()
    words = "Enter the department first: every newsletter must show its postal address."

    page = staff.get(change(campaign)).content.decode()
    User.objects.filter(pk=editor.pk).update(is_superuser=True)
    led = obstacles(staff.get(change(campaign)))

    assert f"<li>{words}</li>" in page
    assert led == {words: reverse("admin:reference_department_changelist")}


def test_a_written_campaign_is_tested_next(staff):  # noqa: F811
    assert said(staff.get(change(CampaignFactory()))) == (
        "Read a test",
        "Press “Send a test to me”. It goes to editor@example.org, once in each language. Read both.",
    )


def test_who_has_no_address_learns_whom_to_ask(staff, editor):  # noqa: F811
    User.objects.filter(pk=editor.pk).update(email="")

    assert said(staff.get(change(CampaignFactory())))[1] == (
        "Your account has no e-mail address to send a test to. Ask whoever manages the accounts to enter it."
    )


def test_a_tested_campaign_is_started_next_and_says_when_and_to_how_many(staff):  # noqa: F811
    SubscriberFactory.create_batch(3)
    later = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)

    now, then = (said(staff.get(change(after_a_test(start_at=moment)))) for moment in (None, later))

    assert now == (
        "Start, or schedule",
        "Press “Start, or schedule”. It goes out at once, for no later day is filled in; readers who get it: 3.",
    )
    moment = date_format(timezone.localtime(later), "DATETIME_FORMAT")
    assert then[1] == f"Press “Start, or schedule”. It goes out on {moment}; today it would reach readers: 3."


def test_a_writer_is_told_to_ask_for_the_start(client):
    roles.sync()
    user = User.objects.create_user("writer", email="writer@example.org", is_staff=True)
    user.groups.set([Group.objects.get(name="newsletter writer")])
    client.force_login(user)

    assert said(client.get(change(after_a_test())))[1] == (
        "Ask somebody who may send, such as a newsletter editor, to start it."
    )


@pytest.mark.parametrize(
    ("state", "step", "words"),
    [
        ("scheduled", "It goes out", "Nothing: it starts by itself. To change it first, press “Back to draft”."),
        ("preparing", "It goes out", "Wait a minute and load this page again: the sender is about to begin."),
        ("running", "It goes out", "Nothing: one copy leaves after the other. To stop for a while, press “Pause”."),
        ("paused", "It goes out", "Press “Go on” to send the rest, or “Cancel for good”."),
        ("held", "It goes out", "See why it is held back, then press “Go on” or “Cancel for good”."),
        ("finished", "Look at the report", "Look at the report: what was refused, and what is uncertain."),
        ("cancelled", "", "Nothing: nobody else gets it. To send it after all, write a new campaign."),
    ],
)
def test_every_state_says_what_comes_next_on_its_page_and_in_the_list(staff, state, step, words):  # noqa: F811
    campaign = CampaignFactory(state=state, start_at=THEN)

    page, listed = staff.get(change(campaign)), staff.get(reverse("admin:newsletter_campaign_changelist"))

    assert said(page) == (step, words)
    assert words in unescape(listed.content.decode())


def test_a_campaign_that_was_held_back_says_what_is_to_be_put_right(staff):  # noqa: F811
    campaign = CampaignFactory(state="held", body_es="")

    assert list(obstacles(staff.get(change(campaign)))) == ["The text is missing in this language: Español."]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("sent", "Nothing: it has gone out. What comes back later is counted here."),
        ("uncertain", "Decide about the copies that came to no good end: the buttons are below the counts."),
    ],
)
def test_the_report_says_what_is_left_to_decide(staff, state, words):  # noqa: F811
    ended = {"state": state, "attempt": 1, "marked_at": THEN, "dated_at": THEN, "done_at": THEN}
    copy = DeliveryFactory(campaign=CampaignFactory(state="finished"), **ended)

    page = staff.get(reverse("admin:newsletter_campaign_report", args=[copy.campaign_id])).content.decode()

    assert words in unescape(page)
    assert f'href="{change(copy.campaign)}"' in page


def test_saving_a_draft_stays_on_its_page_and_sends_nothing(staff):  # noqa: F811
    campaign = CampaignFactory()

    response = staff.post(change(campaign), written(campaign, _save="x"), follow=True)

    assert response.redirect_chain == [(change(campaign), 302)]
    assert [str(message) for message in response.context["messages"]] == ["Saved. Nothing was sent."]
    assert Campaign.objects.get().state == "draft"


@pytest.mark.parametrize(("make", "named"), [(CampaignFactory, "_test"), (after_a_test, "_start")])
def test_the_button_of_the_next_step_stands_out(staff, make, named):  # noqa: F811
    page = staff.get(change(make())).content.decode()

    quiet = re.findall(r'<input type="submit" name="(\w+)"[^>]* class="newsletter__other">', page)
    assert set(quiet) == {"_test", "_start"} - {named}
