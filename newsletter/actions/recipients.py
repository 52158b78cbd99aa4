"""Find who gets a campaign: by topic and by how often each reader wants mail."""

from collections import defaultdict
from collections.abc import Iterator

from .. import tokens
from ..models import Campaign, Frequency, Subscriber, Subscription


def recipients(campaign: Campaign) -> Iterator[tuple[int, str]]:
    """Yield the number of each reader who gets a campaign and the mix of topics of the text for this reader.

    An edition goes at once to those who want that; to the others its place is in their digest. An alert waits for
    nobody's day.
    """
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
