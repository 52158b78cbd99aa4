"""Say how far a listing can be trusted on a day, from the calls and visits of staff alone.

Days are whole days in the site's time zone; the limits are settings. An import is no check, and neither is a call that
did not reach anybody: it moves no date and only makes a listing due.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from .models import ServiceAtLocation, Verification


class Freshness(StrEnum):
    """How recently staff reached a listing."""

    UNCHECKED = "unchecked"
    FRESH = "fresh"
    AGEING = "ageing"
    DUE = "due"
    STALE = "stale"
    WITHDRAWN = "withdrawn"


def freshness(
    checked_on: datetime.date | None,
    today: datetime.date,
    *,
    is_unanswered: bool = False,
    withdrawn_on: datetime.date | None = None,
    stays_listed: bool = False,
) -> Freshness:
    """Return the state on that day of a listing last reached on `checked_on`; None means never.

    `is_unanswered`: staff have tried since and not reached it. `stays_listed`: no age takes it off the list.
    """
    if withdrawn_on is not None:
        return Freshness.WITHDRAWN
    if checked_on is None:
        return Freshness.UNCHECKED
    state = _by_age((today - checked_on).days)
    if state == Freshness.WITHDRAWN and stays_listed:
        return Freshness.STALE
    return Freshness.DUE if is_unanswered and state in (Freshness.FRESH, Freshness.AGEING) else state


def _by_age(days: int) -> Freshness:
    limits = [
        (settings.FRESH_DAYS, Freshness.FRESH),
        (settings.AGEING_DAYS, Freshness.AGEING),
        (settings.DUE_DAYS, Freshness.DUE),
        (settings.STALE_DAYS, Freshness.STALE),
    ]
    return next((state for limit, state in limits if days <= limit), Freshness.WITHDRAWN)


def due_on(checked_on: datetime.date) -> datetime.date:
    """Return the first day on which the listing is due for another call."""
    return checked_on + datetime.timedelta(days=settings.AGEING_DAYS + 1)


def fresh_since(today: datetime.date) -> datetime.date:
    """Return the oldest day of a check that is still fresh."""
    return today - datetime.timedelta(days=settings.FRESH_DAYS)


def ageing_since(today: datetime.date) -> datetime.date:
    """Return the oldest day of a check after which a listing need not be called yet."""
    return today - datetime.timedelta(days=settings.AGEING_DAYS)


def trusted_since(today: datetime.date) -> datetime.date:
    """Return the oldest day of a check that still puts a listing before the unchecked and the stale ones."""
    return today - datetime.timedelta(days=settings.DUE_DAYS)


def listed_since(today: datetime.date) -> datetime.date:
    """Return the oldest day of a check that still keeps a checked listing in the list."""
    return today - datetime.timedelta(days=settings.STALE_DAYS)


@dataclass(frozen=True)
class Check:
    """What a page says of the last time staff reached a listing: when (None: never), how, the fields in words."""

    state: Freshness
    on: datetime.date | None = None
    method: str = ""
    fields: Sequence[str] = ()
    is_unanswered: bool = False
    withdrawn_on: datetime.date | None = None


def check(
    on: datetime.date | None,
    today: datetime.date,
    method: str = "",
    fields: Sequence[str] = (),
    *,
    is_unanswered: bool = False,
    withdrawn_on: datetime.date | None = None,
    stays_listed: bool = False,
) -> Check:
    """Return what can be said on that day of a check made then, by that method, of those fields."""
    state = freshness(on, today, is_unanswered=is_unanswered, withdrawn_on=withdrawn_on, stays_listed=stays_listed)
    return Check(state, on, method, fields, is_unanswered, withdrawn_on)


def check_of(listing: ServiceAtLocation, today: datetime.date) -> Check:
    """Return what can be said of a listing on that day; needs its verifications loaded, newest first."""
    reached = listing.last_check
    return check(
        timezone.localdate(reached.at) if reached else None,
        today,
        reached.method if reached else "",
        fields_in_words(listing.read_back),
        is_unanswered=listing.is_unanswered,
        withdrawn_on=listing.withdrawn_on,
        stays_listed=listing.stays_listed,
    )


def fields_in_words(fields: Sequence[str]) -> list[str]:
    """Return the fields read back as the active language names them, in their usual order."""
    return [str(field.label) for field in Verification.Field if field in fields]
