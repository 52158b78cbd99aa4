"""Test that the figures are counts, and that drawing and table say the same."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from newsletter import picture, stats
from newsletter.models import Bounce

from .factories import CampaignFactory, DeliveryFactory, SubscriberFactory
from .test_admin import editor, staff  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]
NOW = datetime.datetime(2026, 12, 1, 15, 0, tzinfo=datetime.UTC)
WEEK = datetime.timedelta(days=7)
DONE = {"attempt": 1, "marked_at": NOW, "dated_at": NOW, "done_at": NOW}


def test_readers_are_counted_at_the_end_of_each_week_in_each_language():
    SubscriberFactory(confirmed_at=NOW - 3 * WEEK)
    SubscriberFactory(confirmed_at=NOW - 3 * WEEK, language="es")
    SubscriberFactory(confirmed_at=NOW - 2 * WEEK, state="left", left_at=NOW - WEEK)
    SubscriberFactory(state="pending")

    weeks = stats.growth(NOW)

    assert len(weeks) == stats.WEEKS
    assert [week.counts for week in weeks[-5:]] == [[0, 0], [1, 1], [2, 1], [1, 1], [1, 1]]
    assert weeks[-1].monday == datetime.date(2026, 11, 30)


def test_a_reader_of_long_ago_counts_in_every_week():
    SubscriberFactory(confirmed_at=NOW - 100 * WEEK)

    assert {tuple(week.counts) for week in stats.growth(NOW)} == {(1, 0)}


def test_a_copy_that_came_back_did_not_arrive():
    campaign = CampaignFactory(state="finished")
    for kind in ("soft", "complaint", None):
        copy = DeliveryFactory(campaign=campaign, state="sent", **DONE)
        if kind:
            Bounce.objects.create(event_id=kind, delivery=copy, kind=kind, source="mailbox", at=NOW)
    DeliveryFactory(campaign=campaign, state="failed", done_at=NOW)
    DeliveryFactory(campaign=campaign, state="uncertain", **DONE)

    assert [tuple(edition) for edition in stats.editions()] == [(campaign, 2, 1, 1, 1)]


def test_bars_are_as_high_as_what_they_count():
    chart = picture.bars([("a", [10, 30]), ("b", [0, 20])])

    heights = [(bar.tone, bar.height) for bar in chart.bars]
    unit = chart.bars[0].height / 10
    assert heights == [(1, 10 * unit), (2, 30 * unit), (2, 20 * unit)]
    assert chart.bars[0].y == chart.bars[1].y + chart.bars[1].height
    assert [word.text for word in chart.aside] == ["0", "20", "40"]


@pytest.mark.parametrize(("value", "top"), [(0, 2), (1, 2), (9, 10), (11, 20), (54, 60), (81, 100), (1000, 2000)])
def test_the_axis_ends_at_a_number_that_reads_well(value, top):
    assert picture.bars([("a", [value])]).aside[-1].text == f"{top:,}"


def test_so_few_words_stand_below_that_they_can_be_read():
    chart = picture.bars([(str(number), [1]) for number in range(26)])

    assert [word.text for word in chart.below] == ["1", "5", "9", "13", "17", "21", "25"]


def test_nothing_inside_the_drawing_is_cut():
    chart = picture.bars([(str(number), [number]) for number in range(26)])

    assert all(bar.x >= 0 and bar.x + bar.width <= chart.width and bar.y >= 0 for bar in chart.bars)


def test_the_page_says_in_words_what_it_draws_and_loads_nothing(staff):  # noqa: F811
    SubscriberFactory.create_batch(3, confirmed_at=timezone.now())
    SubscriberFactory(language="es", confirmed_at=timezone.now())
    campaign = CampaignFactory(state="finished")
    DeliveryFactory(campaign=campaign, state="sent", **DONE)

    page = staff.get(reverse("admin:newsletter_figures")).content.decode()

    assert re.search(r"English <strong>4</strong> · Español <strong>1</strong>", page)
    assert page.count("<svg viewBox") >= 2 and page.count("<table>") >= 2
    assert "<img" not in page and " style=" not in page


def test_before_anything_happened_the_page_says_so(staff):  # noqa: F811
    page = staff.get(reverse("admin:newsletter_figures")).content.decode()

    assert "No newsletter has gone out yet." in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_figures_need_as_many_queries_for_one_edition_as_for_three(staff, django_assert_max_num_queries, count):  # noqa: F811
    CampaignFactory.create_batch(count, state="finished")
    staff.get(reverse("admin:newsletter_figures"))

    with django_assert_max_num_queries(12):
        staff.get(reverse("admin:newsletter_figures"))
