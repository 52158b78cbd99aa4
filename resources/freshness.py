"""Say how far a listing can be trusted on a day, from the day staff last reached it.

The limits are those of the acceptance cases: whole days in the site's time zone. An import is no check.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

FRESH_DAYS = 30
AGEING_DAYS = 60
DUE_DAYS = 90
STALE_DAYS = 180


class Freshness(StrEnum):
    """How recently staff reached a listing."""

    UNCHECKED = "unchecked"
    FRESH = "fresh"
    AGEING = "ageing"
    DUE = "due"
    STALE = "stale"
    WITHDRAWN = "withdrawn"


_LIMITS = [
    (FRESH_DAYS, Freshness.FRESH),
    (AGEING_DAYS, Freshness.AGEING),
    (DUE_DAYS, Freshness.DUE),
    (STALE_DAYS, Freshness.STALE),
]


def freshness(checked_on: datetime.date | None, today: datetime.date) -> Freshness:
    """Return the state on that day of a listing last reached on `checked_on`; None means never."""
    if checked_on is None:
        return Freshness.UNCHECKED
    age = (today - checked_on).days
    return next((state for limit, state in _LIMITS if age <= limit), Freshness.WITHDRAWN)


def due_on(checked_on: datetime.date) -> datetime.date:
    """Return the first day on which the listing is due for another call."""
    return checked_on + datetime.timedelta(days=AGEING_DAYS + 1)


def trusted_since(today: datetime.date) -> datetime.date:
    """Return the oldest day of a check that still puts a listing before the unchecked and the stale ones."""
    return today - datetime.timedelta(days=DUE_DAYS)


def listed_since(today: datetime.date) -> datetime.date:
    """Return the oldest day of a check that still keeps a checked listing in the list."""
    return today - datetime.timedelta(days=STALE_DAYS)


@dataclass(frozen=True)
class Check:
    """What a page says of the last time staff reached a listing: when (None: never), how, the fields in words."""

    state: Freshness
    on: datetime.date | None = None
    method: str = ""
    fields: Sequence[str] = ()


def check(on: datetime.date | None, today: datetime.date, method: str = "", fields: Sequence[str] = ()) -> Check:
    """Return what can be said on that day of a check made then, by that method, of those fields."""
    return Check(freshness(on, today), on, method, fields)
