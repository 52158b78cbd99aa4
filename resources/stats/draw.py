"""Draw each month's random sample so that nobody can choose it, and anybody can repeat the draw.

How to repeat it: take the numbers of all listings that could be drawn (their short codes). For each, write the seed, a
colon and the number, such as `4f1c:17`, and reckon the SHA-256 of that text in hexadecimal digits. Sort the listings
by these digits: the first ones are the sample, in this order. Seed and numbers are stored before the first call.
"""

import datetime
import secrets
from collections.abc import Iterable
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..actions.withdrawal import still_listed
from ..models import AccuracySample, SampledListing, ServiceAtLocation
from .shown import in_every_language

SIZE = 40  # calls a month; at 90 % right the interval is then about 20 points wide


def chosen(seed: str, numbers: Iterable[int], size: int) -> list[int]:
    """Return the `size` numbers that this seed draws, in the order of the draw."""
    return sorted(numbers, key=lambda number: sha256(f"{seed}:{number}".encode()).hexdigest())[:size]


def drawable(at: datetime.datetime) -> list[int]:
    """Return the short codes, in order, of every listing that a visitor can be shown: unchecked and stale ones too."""
    listings = ServiceAtLocation.objects.open().with_checks().filter(still_listed(timezone.localdate(at)))
    return list(listings.order_by("short_code").values_list("short_code", flat=True))


@transaction.atomic
def draw(*, month: datetime.date, size: int, at: datetime.datetime) -> AccuracySample:
    """Draw a month's sample and keep what each page in it says at this moment.

    `month` is its first day. A second draw of the same month raises `IntegrityError`: no draw can be thrown away.
    """
    numbers, seed = drawable(at), secrets.token_hex(16)
    sample = AccuracySample.objects.create(
        month=month, seed=seed, drawn_at=at, population=len(numbers), drawn_from=numbers
    )
    drawn = chosen(seed, numbers, size)
    listings = ServiceAtLocation.objects.for_page().filter(short_code__in=drawn).in_bulk(field_name="short_code")
    SampledListing.objects.bulk_create(
        SampledListing(
            sample=sample, listing=listings[number], position=position, shown=in_every_language(listings[number], at)
        )
        for position, number in enumerate(drawn, start=1)
    )
    return sample


def draw_monthly(at: datetime.datetime) -> int:
    """Draw this month's sample unless there is one already; return how many listings were drawn now."""
    month = timezone.localdate(at).replace(day=1)
    if AccuracySample.objects.filter(month=month).exists() or not drawable(at):
        return 0
    try:
        return draw(month=month, size=SIZE, at=at).listings.count()
    except IntegrityError:  # another machine was quicker
        return 0
