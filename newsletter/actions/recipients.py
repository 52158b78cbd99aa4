"""Find who gets a campaign: by topic, by single pages, and by how often each reader wants mail."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .. import tokens
from ..models import Campaign, DigestItem, Frequency, PageAlert, Subscriber, Subscription


def recipients(campaign: Campaign) -> Iterator[tuple[int, str]]:
    """Yield the number of each reader who gets a campaign and the mix of news of the text for this reader.

    An edition goes at once to those who want that; to the others its place is in their digest. An alert waits for
    nobody's day. Who asked for single pages alone gets neither.
    """
    if campaign.is_digest:
        return _digest_readers(campaign)
    readers = Subscriber.objects.filter(state=Subscriber.State.CONFIRMED, wants_news=True)
    if campaign.kind == Campaign.Kind.EDITION:
        readers = readers.filter(frequency=Frequency.AT_ONCE)
    numbers = readers.order_by("pk").values_list("pk", flat=True).iterator()
    if campaign.topic_id is None:
        return ((number, "") for number in numbers)
    keys = set(Subscription.objects.filter(topic=campaign.topic_id).values_list("reader_key", flat=True))
    return ((number, "") for number in numbers if tokens.reader_key(number) in keys)


def topics_by_reader(frequency: str) -> Iterator[tuple[int, frozenset[int]]]:
    """Yield the number of each reader of this frequency with the topics that reader wants."""
    wishes: dict[str, set[int]] = defaultdict(set)
    for key, topic in Subscription.objects.values_list("reader_key", "topic_id").iterator():
        wishes[key].add(topic)
    readers = Subscriber.objects.filter(state=Subscriber.State.CONFIRMED, frequency=frequency).order_by("pk")
    for number in readers.values_list("pk", flat=True).iterator():
        yield number, frozenset(wishes.get(tokens.reader_key(number), ()))


def is_watched(items: Iterable[DigestItem], frequency: str) -> bool:
    """Say whether a reader of this frequency wants to hear of one of the pages of these items."""
    keys = set().union(*_watchers(items).values())
    readers = Subscriber.objects.filter(state=Subscriber.State.CONFIRMED, frequency=frequency)
    return bool(keys) and any(tokens.reader_key(number) in keys for number in readers.values_list("pk", flat=True))


def _watchers(items: Iterable[DigestItem]) -> dict[str, set[str]]:
    """Return the keys of the readers who want to hear of the pages of these items, by page."""
    watchers: dict[str, set[str]] = defaultdict(set)
    wishes = PageAlert.objects.started().filter(page__in={item.page for item in items if item.page})
    for page, key in wishes.values_list("page", "reader_key").iterator():
        watchers[page].add(key)
    return watchers


def _digest_readers(campaign: Campaign) -> Iterator[tuple[int, str]]:
    """Yield the readers for whom the digest holds something, each with the mix of news it is written for."""
    run = campaign.digest_run
    items = list(run.items.all())
    watchers = _watchers(items)
    readers = Subscriber.objects.filter(frequency=run.frequency).values_list("pk", "language", "wants_news")
    of_reader = {number: (language, wants_news) for number, language, wants_news in readers.iterator()}
    for number, topics in topics_by_reader(run.frequency):
        language, wants_news = of_reader.get(number, ("", False))
        key = tokens.reader_key(number)
        mine = [
            item.position
            for item in items
            if item.language == language
            and ((wants_news and _is_news_for(item, topics)) or key in watchers.get(item.page, ()))
        ]
        if mine:
            yield number, mix(mine)


def _is_news_for(item: DigestItem, topics: frozenset[int]) -> bool:
    return not item.is_alert and (item.topic_id is None or item.topic_id in topics)


def mix(positions: Iterable[int]) -> str:
    """Return the name of a mix of news, such as "0-3-4"."""
    return "-".join(str(position) for position in sorted(positions))
