"""Hold a listing's hours as plain rows, and say what each row means by the calendar.

The rows are HSDS's schedules, which are iCalendar's words, and the closures. What cannot be read whole claims nothing:
half a rule would be a guess.
"""

import datetime
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple
from zoneinfo import available_timezones

from django.conf import settings

from ..models import Schedule, ServiceAtLocation

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST = 40  # rules of a listing: more is a mistake or an attack, and the rest is left out
DAY = datetime.timedelta(days=1)
LATEST = "9999-12-31"
_EVERY_DAY = re.compile(r"(-?[1-5])?([A-Z]{2})")


class Rule(NamedTuple):
    """A schedule in plain words: times "05:30", days "2026-12-01", "" for none."""

    purpose: str = ""
    freq: str = "WEEKLY"
    byday: str = ""
    interval: int = 1
    bymonthday: str = ""
    opens_at: str = ""
    closes_at: str = ""
    valid_from: str = ""
    valid_to: str = ""

    @property
    def crosses_midnight(self) -> bool:
        """It ends on the day after it begins."""
        return "00:00" < self.closes_at <= self.opens_at


class Shut(NamedTuple):
    """Days, both included, on which the rules do not hold; with times: open then only."""

    starts_on: str
    ends_on: str
    reason: str = "holiday"
    opens_at: str = ""
    closes_at: str = ""


class Hours(NamedTuple):
    """All that is known of a listing's hours; a time zone of "" is the site's."""

    rules: tuple[Rule, ...] = ()
    closures: tuple[Shut, ...] = ()
    zone: str = ""


def hours_of(listing: ServiceAtLocation) -> Hours:
    """Return the hours of a listing; needs its location, its schedules and, or else `with_closures`, its closures."""
    if not _is_zone(listing.location.time_zone or settings.TIME_ZONE):
        return Hours()
    rules = tuple(_rule(row) for row in listing.schedules.all()[:MOST])
    if hasattr(listing, "closure_rows"):
        closures = [_shut(**row) for row in listing.closure_rows]
    else:
        closures = [_shut(**{name: getattr(row, name) for name in Shut._fields}) for row in listing.closures.all()]
    return Hours(rules, tuple(closures), listing.location.time_zone)


def as_rows(hours: Hours) -> list | None:
    """Return the hours as JSON for search's documents, or None where nothing is known; `read` is its inverse."""
    return [hours.rules, hours.closures, hours.zone] if hours.rules else None


def read(rows: list | None) -> Hours:
    """Return the hours that `as_rows` wrote."""
    if not rows:
        return Hours()
    rules, closures, zone = rows
    return Hours(tuple(Rule(*row) for row in rules), tuple(Shut(*row) for row in closures), zone)


def monday(day: datetime.date) -> datetime.date:
    """Return the Monday of a day's week."""
    return day - DAY * day.weekday()


@lru_cache(maxsize=4096)
def can_be_read(rule: Rule) -> bool:
    """Say whether the rule tells days and times that we understand whole; half a rule would be a guess."""
    named = days_of(rule)
    if not (rule.opens_at and rule.closes_at) or rule.interval < 1 or None in named or None in month_days_of(rule):
        return False
    if rule.freq == "MONTHLY":
        return bool(named or month_days_of(rule)) and bool(rule.valid_from or rule.interval == 1)
    counts = rule.interval == 1 or (rule.valid_from and named)  # without a start, "every second week" says nothing
    return rule.freq == "WEEKLY" and bool(counts) and all(day and not day[0] for day in named)


def days_of(rule: Rule) -> list[tuple[int, str] | None]:
    """Return the days of `byday` as (which in the month, 0 for each; weekday), None for what is none."""
    parts = [part.strip().upper() for part in rule.byday.split(",") if part.strip()]
    matches = [_EVERY_DAY.fullmatch(part) for part in parts]
    return [(int(found[1] or 0), found[2]) if found and found[2] in WEEKDAYS else None for found in matches]


def weekdays_of(rule: Rule) -> list[str]:
    """Return the weekdays of `byday`, whichever in the month they are."""
    return [day for _which, day in filter(None, days_of(rule))]


def month_days_of(rule: Rule) -> list[int | None]:
    """Return the days of `bymonthday`, those below zero counted from the month's end; None for what is none."""
    parts = [part.strip() for part in rule.bymonthday.split(",") if part.strip()]
    numbers = [int(part) if re.fullmatch(r"-?\d{1,2}", part) else 0 for part in parts]
    return [number if 1 <= abs(number) <= 31 else None for number in numbers]


def falls_on(rule: Rule, day: datetime.date) -> bool:
    """Say whether a day is one of the rule's, by RFC 5545: weeks begin on Monday and are counted from `valid_from`."""
    if not rule.valid_from <= day.isoformat() <= (rule.valid_to or LATEST):
        return False
    if rule.interval > 1 and _steps(rule, day) % rule.interval:
        return False
    last = (day.replace(day=28) + DAY * 4).replace(day=1) - DAY
    in_month = {day.day, day.day - last.day - 1}
    if rule.bymonthday and not in_month & set(month_days_of(rule)):
        return False
    which = {0, (day.day - 1) // 7 + 1, -((last.day - day.day) // 7 + 1)}
    named = [each for each in days_of(rule) if each]
    return not named or any(weekday == WEEKDAYS[day.weekday()] and each in which for each, weekday in named)


def _steps(rule: Rule, day: datetime.date) -> int:
    """Return how many weeks or months of the calendar lie between the rule's beginning and the day."""
    start = datetime.date.fromisoformat(rule.valid_from)
    if rule.freq == "MONTHLY":
        return (day.year - start.year) * 12 + day.month - start.month
    return (monday(day) - monday(start)).days // 7


def closed_for(closures: Iterable[Shut], day: datetime.date) -> str:
    """Return why the usual hours do not hold on a day, or ""."""
    return next((shut.reason for shut in closures if shut.starts_on <= day.isoformat() <= shut.ends_on), "")


@cache
def _is_zone(name: str) -> bool:
    return name in available_timezones()


def _rule(row: Schedule) -> Rule:
    return Rule(
        row.purpose,
        row.freq,
        row.byday,
        row.interval,
        row.bymonthday,
        _clock(row.opens_at),
        _clock(row.closes_at),
        _iso(row.valid_from),
        _iso(row.valid_to),
    )


def _shut(starts_on, ends_on, reason, opens_at, closes_at) -> Shut:
    return Shut(str(starts_on), str(ends_on), reason, _clock(opens_at), _clock(closes_at))


def _clock(time: datetime.time | str | None) -> str:
    """Return "05:30"; a minute before midnight is how other lists write midnight."""
    clock = str(time)[:5] if time is not None else ""
    return "00:00" if clock == "23:59" else clock


def _iso(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""
