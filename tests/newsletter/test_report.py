"""Test the report of a campaign: its counts, its list, its table, and what staff decide about copies in doubt."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from newsletter.actions import copies
from newsletter.models import Bounce, Campaign, Delivery

from .factories import THEN, CampaignFactory, DeliveryFactory
from .test_admin import editor, staff, told  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]
DONE = {"attempt": 1, "marked_at": THEN, "dated_at": THEN, "done_at": THEN}


def address(name, campaign):
    return reverse(f"admin:newsletter_campaign_{name}", args=[campaign.pk])


def decide(staff, campaign, **data):  # noqa: F811 (the fixture)
    return told(staff.post(address("decide", campaign), data, follow=True))


def states(campaign):
    return sorted(campaign.deliveries.values_list("state", flat=True))


@pytest.fixture
def campaign():
    """Finish a campaign with a copy of each kind of end."""
    row = CampaignFactory(state="finished")
    sent = DeliveryFactory(campaign=row, state="sent", subscriber__email="Ana@example.org", **DONE)
    Bounce.objects.create(event_id="1", delivery=sent, kind="soft", status="4.2.2", source="mailbox", at=THEN)
    DeliveryFactory(campaign=row, state="failed", smtp_code=452, done_at=THEN, subscriber__language="es")
    DeliveryFactory(campaign=row, state="failed", smtp_code=550, done_at=THEN)
    DeliveryFactory(campaign=row, state="uncertain", **DONE)
    return row


def test_copies_are_counted_by_language_state_and_what_came_back(staff, campaign):  # noqa: F811
    page = staff.get(address("report", campaign)).context

    assert page["report_rows"] == [("English", [1, 1, 1]), ("Español", [0, 1, 0])]
    assert page["bounce_rows"] == [("English", [1]), ("Español", [0])]
    assert (page["to_retry"], page["in_doubt"]) == (1, 1)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 4),
        ({"state": "failed"}, 2),
        ({"state": "failed", "language": "es"}, 1),
        ({"bounce": "soft"}, 1),
        ({"q": "ANA@"}, 1),
        ({"q": "nobody"}, 0),
        ({"state": "x", "language": "x", "bounce": "x", "page": "x"}, 4),
        ({"q": "a\x00na"}, 1),
    ],
)
def test_the_list_is_filtered_and_searched(staff, campaign, query, count):  # noqa: F811
    DeliveryFactory()  # of another campaign

    assert staff.get(address("report", campaign), query).context["page"].paginator.count == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_report_needs_as_many_queries_for_one_copy_as_for_three(staff, django_assert_max_num_queries, count):  # noqa: F811
    campaign = CampaignFactory(state="running")
    DeliveryFactory.create_batch(count, campaign=campaign)
    staff.get(address("report", campaign))

    with django_assert_max_num_queries(14):
        staff.get(address("report", campaign))


def test_the_table_holds_what_the_filter_leaves_and_runs_nothing(staff, campaign):  # noqa: F811
    Delivery.objects.filter(smtp_code=550).update(smtp_reply="=cmd|'/c calc'!A1")

    answer = staff.get(address("export", campaign), {"state": "failed"})

    data = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(data)))
    assert sorted((row["code"], row["answer"]) for row in rows) == [("452", ""), ("550", "'=cmd|'/c calc'!A1")]
    assert "no-store" in answer["Cache-Control"]


def test_an_erased_address_stands_nowhere(staff, campaign):  # noqa: F811
    campaign.deliveries.filter(state="sent").update(subscriber=None, email_norm="0" * 64)

    page = staff.get(address("report", campaign), {"state": "sent"}).content.decode()

    assert "Address erased" in page
    assert "0" * 64 not in page
    assert staff.get(address("report", campaign), {"q": "0000"}).context["page"].paginator.count == 0


def test_what_was_refused_for_the_moment_is_tried_again(staff, campaign):  # noqa: F811
    said = decide(staff, campaign, decision="retry")

    campaign.refresh_from_db()
    assert said == ["1 copy is sent again."]
    assert (campaign.state, states(campaign)) == ("running", ["failed", "retry", "sent", "uncertain"])
    assert campaign.deliveries.get(state="retry").smtp_code == 452


def test_the_uncertain_are_left_and_asked_about_no_more(staff, campaign):  # noqa: F811
    said = [decide(staff, campaign, decision="leave") for _turn in range(2)]

    page = staff.get(address("report", campaign)).context
    assert said == [["1 copy is left as it is."], ["0 copies are left as they are."]]
    assert (states(campaign), page["in_doubt"]) == (["failed", "failed", "sent", "uncertain"], 0)


def test_the_uncertain_are_resent_only_by_somebody_who_knows(staff, campaign):  # noqa: F811
    refused = decide(staff, campaign, decision="resend")
    before = states(campaign)
    said = decide(staff, campaign, decision="resend", known="on")

    assert refused == ["Tick that you know that some people get it twice."]
    assert before == ["failed", "failed", "sent", "uncertain"]
    assert said == ["1 copy is sent again."]
    assert states(campaign) == ["failed", "failed", "retry", "sent"]


def test_the_copies_that_are_sent_again_leave(campaign, var_dir, site):
    from newsletter.delivery import outbox  # noqa: PLC0415

    copies.resend_uncertain(campaign=campaign, at=timezone.now())

    worker = outbox.enlist()
    claimed = outbox.claim(worker=worker, at=timezone.now())
    outbox.retire(worker)
    assert [row.campaign_id for row in claimed] == [campaign.pk]


@pytest.mark.parametrize("state", ["cancelled", "held"])
def test_nothing_leaves_of_a_campaign_that_was_stopped(campaign, state):
    Campaign.objects.filter(pk=campaign.pk).update(state=state)

    assert copies.retry_failed(campaign=campaign, at=timezone.now()) == 0
    assert copies.resend_uncertain(campaign=campaign, at=timezone.now()) == 0


def test_a_forgotten_reader_is_not_written_to_again(campaign):
    campaign.deliveries.update(subscriber=None)

    assert copies.retry_failed(campaign=campaign, at=timezone.now()) == 0


@pytest.mark.parametrize(
    ("right", "name", "status"),
    [("send_campaign", "decide", 403), ("view_delivery", "report", 403), ("view_delivery", "export", 403)],
)
def test_each_page_takes_its_right(staff, editor, campaign, right, name, status):  # noqa: F811
    editor.user_permissions.remove(Permission.objects.get(codename=right))

    answer = staff.post(address(name, campaign)) if name == "decide" else staff.get(address(name, campaign))

    assert answer.status_code == status


def test_who_looks_for_copies_in_doubt_finds_the_report(staff, campaign):  # noqa: F811
    query = {"state__exact": "uncertain", "settled_at__isnull": "True"}

    page = staff.get(reverse("admin:newsletter_delivery_changelist"), query)

    assert page.context["cl"].result_count == 1
    assert address("report", campaign) in page.content.decode()
