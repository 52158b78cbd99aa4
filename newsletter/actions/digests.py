"""Gather what is new into digests: at once, each day, each week; nothing twice, nothing empty.

What is new comes from the features that the site joins (portal/digest.py); editions that went out are added here. What
happened to a single page is told only to readers who asked to hear of it, in the mail they get anyway. A period ends at
a fixed hour of the site's own day, so a day of 23 or 25 hours is one day. The unique row of a run says which of several
machines made it.
"""

import datetime
from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.lib import languages

from .. import render
from ..models import Campaign, DigestItem, DigestRun, Frequency, Topic
from .recipients import is_watched

DAY, WEEK = datetime.timedelta(days=1), datetime.timedelta(days=7)
LATEST = DAY  # a run that was missed for longer is left out; its news are in the next
OLDEST = 5 * WEEK  # news that no run has met by then is news no more
MOST_ITEMS = 30  # of one digest; the rest waits for the next


class News(NamedTuple):
    """One new thing in one language: `key` is the same in every language, `at` when it became public there.

    Who asked to hear of `page` gets it, whatever the topic; with `is_alert` nobody else. Readers of a language in
    `not_for` are not told in another one.
    """

    key: str
    language: str
    title: str
    summary: str
    url: str
    at: datetime.datetime
    topic: str = ""
    page: str = ""
    is_alert: bool = False
    not_for: tuple[str, ...] = ()


Source = Callable[[datetime.datetime, datetime.datetime], Iterable[News]]


def make_due(*, source: Source, at: datetime.datetime) -> int:
    """Make each digest that is due; return how many will be sent.

    `source` returns what became public from one moment to before another.
    """
    made = sum(
        _make(frequency, *_period(frequency, at), source, at) for frequency in (Frequency.DAILY, Frequency.WEEKLY)
    )
    return made + _make_at_once(source, at)


def _period(frequency: str, at: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
    """Return the last period that has ended: from one sending hour to the next, of the site's own days."""
    end = timezone.localtime(at).date()
    if timezone.localtime(at).hour < settings.DIGEST_HOUR:
        end -= DAY
    if frequency == Frequency.WEEKLY:
        end -= DAY * ((end.weekday() - settings.DIGEST_WEEKDAY) % 7)
    return _hour_of(end - (WEEK if frequency == Frequency.WEEKLY else DAY)), _hour_of(end)


def _hour_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(settings.DIGEST_HOUR)))


def _make(frequency: str, start, end, source: Source, at) -> int:
    """Make the digest of one period unless it is made or too late; say whether there is something to send."""
    if at - end > LATEST or DigestRun.objects.filter(frequency=frequency, period_start=start).exists():
        return 0
    last = DigestRun.objects.filter(frequency=frequency).order_by("-period_end").first()
    # From before the last run's end: what it had no room for is still to come.
    since = max(last.period_start if last else start, end - OLDEST)
    return _run(frequency, start, end, _unseen(frequency, [*source(since, end), *_editions(since, end)]), at)


def _make_at_once(source: Source, at) -> int:
    """Make a digest of its own for each new thing since the last look."""
    last = DigestRun.objects.filter(frequency=Frequency.AT_ONCE).order_by("-period_end").first()
    since = max(last.period_end - DAY if last else at - DAY, at - OLDEST)
    made = 0
    for news in _by_key(_unseen(Frequency.AT_ONCE, source(since, at))):
        start = _free(max(each.at for each in news))
        made += _run(Frequency.AT_ONCE, start, max(at, start + datetime.timedelta(microseconds=1)), news, at)
    return made


def _free(start: datetime.datetime) -> datetime.datetime:
    """Return the moment, or the next that no run has: several things may become public at the same one."""
    while DigestRun.objects.filter(frequency=Frequency.AT_ONCE, period_start=start).exists():
        start += datetime.timedelta(microseconds=1)
    return start


def _by_key(news: Iterable[News]) -> list[list[News]]:
    groups: dict[str, list[News]] = {}
    for each in sorted(news, key=lambda each: each.at):
        groups.setdefault(each.key, []).append(each)
    return list(groups.values())


def _unseen(frequency: str, news: Iterable[News]) -> list[News]:
    """Leave out what readers of this frequency were told in this language."""
    all_news = list(news)
    told = DigestItem.objects.filter(frequency=frequency, key__in={each.key for each in all_news})
    seen = set(told.values_list("key", "text_language"))
    unseen = [each for each in all_news if (each.key, each.language) not in seen]
    return sorted(unseen, key=lambda each: each.at)[:MOST_ITEMS]


def _editions(since, end) -> Iterable[News]:
    """Yield the editions that went out at once, for readers who wait for their day."""
    rows = Campaign.objects.in_archive().filter(kind=Campaign.Kind.EDITION, started_at__gte=since, started_at__lt=end)
    for campaign in rows.select_related("topic"):
        for code in languages.codes():
            subject = getattr(campaign, languages.column("subject", code))
            address = render.absolute("edition", code, campaign.pk)
            topic = campaign.topic.key if campaign.topic else ""
            if subject:
                yield News(f"edition:{campaign.pk}", code, subject, "", address, campaign.started_at, topic)


def _run(frequency: str, start, end, news: list[News], at) -> int:
    """Write down one run with its items and, where there are any, the campaign that carries them."""
    try:
        with transaction.atomic():
            run = DigestRun.objects.create(frequency=frequency, period_start=start, period_end=end, made_at=at)
            items = DigestItem.objects.bulk_create(_items(run, news))
            has_readers = not all(item.is_alert for item in items) or is_watched(items, frequency)
            if items and has_readers:
                run.campaign = Campaign.objects.create(kind=Campaign.Kind.DIGEST, state="preparing", **_subjects(at))
                run.save(update_fields=["campaign"])
            return 1 if items and has_readers else 0
    except IntegrityError:
        return 0  # another machine was first


def _items(run: DigestRun, news: list[News]) -> list[DigestItem]:
    """Return one item for each new thing and each language of readers: in it, else in one that it has."""
    topics = {topic.key: topic for topic in Topic.objects.all()}
    items: list[DigestItem] = []
    for position, group in enumerate(_by_key(news)):
        written = {each.language: each for each in group}
        told = set(
            DigestItem.objects.filter(frequency=run.frequency, key=group[0].key).values_list("language", flat=True)
        )
        for code in languages.codes():
            each = written.get(code) or (None if code in {*told, *group[0].not_for} else group[0])
            if each:
                items.append(_item(run, each, code, topics.get(each.topic), position))
    return items


def _item(run: DigestRun, news: News, language: str, topic: Topic | None, position: int) -> DigestItem:
    return DigestItem(
        run=run,
        frequency=run.frequency,
        key=news.key,
        language=language,
        text_language=news.language,
        topic=topic,
        page=news.page,
        is_alert=news.is_alert,
        title=news.title[:160],
        summary=news.summary,
        url=news.url,
        position=position,
    )


def _subjects(at: datetime.datetime) -> dict[str, str]:
    """Return the subject in each language: a day and nothing about the matter, for others may see the screen."""
    subjects = {}
    for code in languages.codes():
        with override(code):
            day = languages.long_date(timezone.localdate(at), code)
            subjects[languages.column("subject", code)] = _("News of %(day)s") % {"day": day}
    return subjects
