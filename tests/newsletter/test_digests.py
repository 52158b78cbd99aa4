"""Test that what is new reaches each reader once, as often as the reader wants, and nothing empty leaves."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from newsletter import actions
from newsletter.actions import digests
from newsletter.actions.digests import News
from newsletter.models import Campaign, CampaignText, Delivery, DigestItem, DigestRun

from .factories import CampaignFactory, SubscriberFactory, TopicFactory

HERE = ZoneInfo("America/New_York")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]


def here(day, hour=12, minute=0):
    return datetime.datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=HERE)


def piece(key, at, language="en", topic="", **words):
    words = {"title": f"{key} in {language}", "summary": "What it says.", **words}
    return News(key=key, language=language, url=f"https://faro.example/{language}/{key}/", at=at, topic=topic, **words)


def make(*news, at):
    """Make what is due when these are new, and start it."""
    made = digests.make_due(source=lambda since, until: [each for each in news if since <= each.at < until], at=at)
    for campaign in Campaign.objects.filter(state="preparing"):
        actions.start(campaign=campaign, at=at)
    return made


def mails(reader):
    return Delivery.objects.filter(subscriber=reader).count()


@pytest.fixture
def readers():
    return [SubscriberFactory(frequency=frequency) for frequency in ("at once", "daily", "weekly")]


def test_three_news_are_three_mails_or_one_a_day_or_one_a_week(readers):
    news = [piece(f"article:{number}", here("2026-11-17", 10 + number)) for number in range(3)]
    for moment in (here("2026-11-17", 13), here("2026-11-18", 9), here("2026-11-19", 9), here("2026-11-24", 9)):
        make(*news, at=moment)

    assert [mails(reader) for reader in readers] == [3, 1, 1]
    weekly = Delivery.objects.get(subscriber=readers[2]).campaign
    assert (weekly.digest_run.period_end, weekly.digest_run.items.filter(language="en").count()) == (
        here("2026-11-24", 9),
        3,
    )


def test_a_day_without_news_is_a_run_without_a_mail(readers):
    assert make(at=here("2026-11-18", 9)) == 0
    assert (Campaign.objects.count(), Delivery.objects.count()) == (0, 0)
    assert list(DigestRun.objects.filter(frequency="daily").values_list("campaign", flat=True)) == [None]


def test_a_second_look_makes_nothing_again(readers):
    new = piece("article:a", here("2026-11-17", 10))

    counts = [make(new, at=here("2026-11-18", 9, minute)) for minute in (0, 1, 2)]

    assert (counts, Campaign.objects.count()) == ([2, 0, 0], 2)


def test_the_database_keeps_one_run_a_period_and_each_text_once():
    start, end = here("2026-11-17", 9), here("2026-11-18", 9)
    run = DigestRun.objects.create(frequency="daily", period_start=start, period_end=end, made_at=end)
    words = {"run": run, "frequency": "daily", "key": "a", "language": "en", "text_language": "en", "title": "A"}
    DigestItem.objects.create(**words)

    with pytest.raises(IntegrityError, match="digestrun_once_a_period"), transaction.atomic():
        DigestRun.objects.create(frequency="daily", period_start=start, period_end=end, made_at=end)
    with pytest.raises(IntegrityError, match="digestitem_once_a_frequency"), transaction.atomic():
        DigestItem.objects.create(**words)
    with pytest.raises(IntegrityError, match="digestrun_ends_after_start"), transaction.atomic():
        DigestRun.objects.create(frequency="daily", period_start=end, period_end=end, made_at=end)


def test_a_missed_run_is_made_up_within_a_day_and_later_its_news_are_in_the_next(readers):
    first, second = piece("article:a", here("2026-11-10", 10)), piece("article:b", here("2026-11-13", 10))
    make(first, second, at=here("2026-11-10", 9))  # the machine was then off until the 14th, 8:00
    at_once = Delivery.objects.filter(subscriber=readers[1]).count()
    make(first, second, at=here("2026-11-14", 8))

    run = DigestRun.objects.get(frequency="daily", period_start=here("2026-11-12", 9))
    assert (at_once, mails(readers[1])) == (0, 1)
    assert list(run.items.filter(language="en").values_list("key", flat=True)) == ["article:a"]
    make(first, second, at=here("2026-11-14", 9))
    assert mails(readers[1]) == 2


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 23), ("2026-11-01", 25)])
def test_the_day_on_which_clocks_change_is_one_day(day, hours):
    end = here(day, 9)

    make(at=end)

    run = DigestRun.objects.get(frequency="daily")
    assert (run.period_end, (run.period_end - run.period_start) / datetime.timedelta(hours=1)) == (end, hours)


def test_news_without_a_translation_say_so_and_come_again_when_there_is_one():
    reader = SubscriberFactory(language="es")
    english, spanish = piece("article:a", here("2026-11-17", 10)), piece("article:a", here("2026-11-19", 10), "es")
    make(english, at=here("2026-11-17", 11))
    make(english, spanish, at=here("2026-11-19", 11))

    texts = [
        CampaignText.objects.get(campaign=copy.campaign_id, language="es").text
        for copy in Delivery.objects.filter(subscriber=reader).order_by("created_at")
    ]

    assert ["article:a in en (en inglés)" in texts[0], "article:a in es\n" in texts[1]] == [True, True]
    assert mails(reader) == 2


def test_a_later_translation_is_no_news_to_who_read_the_original():
    reader = SubscriberFactory()
    english, spanish = piece("article:a", here("2026-11-17", 10)), piece("article:a", here("2026-11-19", 10), "es")
    make(english, at=here("2026-11-17", 11))
    make(english, spanish, at=here("2026-11-19", 11))

    assert mails(reader) == 1


def test_each_reader_gets_the_topics_chosen_and_what_has_no_topic():
    places, pages = TopicFactory(key="places"), TopicFactory(key="new-pages")
    both, one, none = (SubscriberFactory(frequency="daily") for _reader in range(3))
    for reader, topics in ((both, [places, pages]), (one, [places])):
        actions.choose(subscriber_id=reader.pk, language="en", frequency="daily", topics=topics, at=timezone.now())
    at = here("2026-11-17", 10)
    make(piece("a", at, topic="places"), piece("b", at, topic="new-pages"), at=here("2026-11-18", 9))

    said = {
        copy.subscriber_id: CampaignText.objects.get(
            campaign=copy.campaign_id, language="en", variant=copy.variant
        ).text
        for copy in Delivery.objects.all()
    }

    assert {number: ["a in en" in text, "b in en" in text] for number, text in said.items()} == {
        both.pk: [True, True],
        one.pk: [True, False],
    }
    assert none.pk not in said


def test_an_edition_that_went_out_at_once_is_in_the_digest_of_the_others():
    reader = SubscriberFactory(frequency="daily")
    CampaignFactory(state="finished", started_at=here("2026-11-17", 10), finished_at=here("2026-11-17", 11))
    make(at=here("2026-11-18", 9))

    copy = Delivery.objects.get(subscriber=reader)

    assert "News of December" in CampaignText.objects.get(campaign=copy.campaign_id, language="en").text


def test_nobody_is_told_in_the_subject_what_it_is_about(readers):
    make(piece("article:a", here("2026-11-17", 10)), at=here("2026-11-17", 11))

    assert list(Campaign.objects.values_list("subject_en", "subject_es")) == [
        ("News of November 17, 2026", "Novedades del 17 de noviembre de 2026")
    ]
