"""Count readers and copies: numbers alone, kept by the database and never by a picture in a mail."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils import timezone

from portal.lib import languages

from .actions.recipients import recipients
from .models import Bounce, Campaign, Delivery, Subscriber

WEEKS = 26
EDITIONS = 12
WEEK = datetime.timedelta(days=7)


class Week(NamedTuple):
    """How many readers there were at the end of a week, in the order of the site's languages."""

    monday: datetime.date
    counts: list[int]


class Edition(NamedTuple):
    """What became of the copies of one edition; what the mail server took either stayed or came back."""

    campaign: Campaign
    arrived: int
    came_back: int
    failed: int
    uncertain: int


def waiting_readers(campaign: Campaign) -> list[tuple[str, int]]:
    """Return (language, how many would get a campaign that starts now)."""
    numbers = {number for number, _variant in recipients(campaign)}
    confirmed = Subscriber.objects.filter(state=Subscriber.State.CONFIRMED).values_list("pk", "language")
    counted = Counter(code for number, code in confirmed.iterator() if number in numbers)
    return [(languages.name(code), counted[code]) for code in languages.codes()]


def by_language(rows) -> list[tuple[str, int]]:
    """Return (language's own name, how many rows) for each language of the site."""
    counted = dict(rows.order_by().values_list("language").annotate(Count("pk")))
    return [(languages.name(code), counted.get(code, 0)) for code in languages.codes()]


def copies(campaign: Campaign) -> dict:
    """Return how many copies of each language are in each state, as rows of a table."""
    counted = campaign.deliveries.values("language", "state").annotate(count=Count("pk")).order_by()
    found = {(row["language"], row["state"]): row["count"] for row in counted}
    states = [(state, label) for state, label in Delivery.State.choices if any(key[1] == state for key in found)]
    rows = [
        (languages.name(code), [found.get((code, state), 0) for state, _label in states]) for code in languages.codes()
    ]
    return {"report_states": [label for _state, label in states], "report_rows": rows}


def bounces(campaign: Campaign) -> dict:
    """Return how many copies of each language came back, by kind, as rows of a table."""
    rows = Bounce.objects.filter(delivery__campaign=campaign)
    counted = rows.values("delivery__language", "kind").annotate(count=Count("delivery", distinct=True)).order_by()
    found = {(row["delivery__language"], row["kind"]): row["count"] for row in counted}
    kinds = [(kind, label) for kind, label in Bounce.Kind.choices if any(key[1] == kind for key in found)]
    table = [(languages.name(code), [found.get((code, kind), 0) for kind, _l in kinds]) for code in languages.codes()]
    return {"bounce_kinds": [label for _kind, label in kinds], "bounce_rows": table}


def growth(at: datetime.datetime) -> list[Week]:
    """Return the readers at the end of each of the last weeks, the running one included."""
    day = timezone.localdate(at)
    monday = day - datetime.timedelta(days=day.weekday())
    confirmed = Subscriber.objects.filter(confirmed_at__isnull=False)
    came = _by_week(confirmed, "confirmed_at")
    went = _by_week(confirmed.filter(left_at__isnull=False), "left_at")
    weeks = [monday - WEEK * turn for turn in range(WEEKS - 1, -1, -1)]
    return [
        Week(each, [_until(each, came[code]) - _until(each, went[code]) for code in languages.codes()])
        for each in weeks
    ]


def _by_week(rows, field: str) -> dict[str, Counter]:
    counted = rows.order_by().values_list("language", TruncWeek(field)).annotate(Count("pk"))
    weeks: dict[str, Counter] = defaultdict(Counter)
    for code, start, count in counted:
        weeks[code][timezone.localdate(start)] += count
    return weeks


def _until(monday: datetime.date, weeks: Counter) -> int:
    return sum(count for start, count in weeks.items() if start <= monday)


def editions() -> list[Edition]:
    """Return what became of the last editions, the oldest first."""
    rows = list(reversed(Campaign.objects.in_archive().with_counts()[:EDITIONS]))
    back = _came_back(rows)
    return [
        Edition(row, row.sent_count - back[row.pk], back[row.pk], row.failed_count, row.uncertain_count) for row in rows
    ]


def _came_back(campaigns: Iterable[Campaign]) -> Counter:
    """Return how many copies of each campaign came back after they were taken; a complaint means one arrived."""
    kinds = [Bounce.Kind.HARD, Bounce.Kind.SOFT, Bounce.Kind.BLOCKED]
    rows = Bounce.objects.filter(delivery__campaign__in=campaigns, delivery__state="sent", kind__in=kinds).order_by()
    return Counter(dict(rows.values_list("delivery__campaign").annotate(Count("delivery", distinct=True))))
