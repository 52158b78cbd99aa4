"""Find who gets a campaign: by topic and by how often each reader wants mail."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .. import tokens
from ..models import Campaign, Frequency, Subscriber, Subscription

EVERYBODY = 0  # stands in a mix for what has no topic


def recipients(campaign: Campaign) -> Iterator[tuple[int, str]]:
    """Yield the number of each reader who gets a campaign and the mix of topics of the text for this reader.

    An edition goes at once to those who want that; to the others its place is in their digest. An alert waits for
    nobody's day.
    """
    if campaign.is_digest:
        return _digest_readers(campaign)
    readers = Subscriber.objects.filter(state=Subscriber.State.CONFIRMED)
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


def _digest_readers(campaign: Campaign) -> Iterator[tuple[int, str]]:
    """Yield the readers for whom the digest holds something, each with the mix of topics it is written for."""
    run = campaign.digest_run
    held: dict[str, set[int]] = defaultdict(set)
    for language, topic in run.items.values_list("language", "topic_id"):
        held[language].add(topic or EVERYBODY)
    of_reader = dict(Subscriber.objects.filter(frequency=run.frequency).values_list("pk", "language").iterator())
    for number, topics in topics_by_reader(run.frequency):
        mine = held[of_reader.get(number, "")] & {*topics, EVERYBODY}
        if mine:
            yield number, mix(mine)


def mix(topics: Iterable[int]) -> str:
    """Return the name of a mix of topics, such as "0-3-4"."""
    return "-".join(str(topic) for topic in sorted(topics))
