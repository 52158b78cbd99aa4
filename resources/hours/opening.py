"""Say whether a place can be used at a moment, and when next.

`opening-hours-py` reckons with midnight, summer time and closures; what its language cannot say (every second week, the
first Monday) is given to it day by day, two months ahead.
"""

import datetime
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from opening_hours import OpeningHours, State

from ..freshness import Freshness
from ..models import Schedule
from .rules import DAY, LATEST, Hours, Rule, Shut, can_be_read, closed_for, falls_on, monday, weekdays_of

AHEAD = datetime.timedelta(days=62)  # how far a next opening is looked for: monthly hours are found
BEFORE = datetime.timedelta(days=7)
EARLIEST = "2000-01-01"
FIXED_HOLIDAYS = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))  # 5 U.S.C. 6103
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# What a visitor can do who searched nothing in particular: be seen as a new patient, get the medication, anything.
FOR_VISITORS = (Schedule.Purpose.NEW_PATIENTS.value, Schedule.Purpose.DOSING.value, Schedule.Purpose.GENERAL.value)

# Of a place that nobody has checked, or not for long, nobody can say that it is open now.
SAYS_OPEN = frozenset({Freshness.FRESH, Freshness.AGEING, Freshness.DUE})


class OpenState(NamedTuple):
    """What can be said of a moment. `until` None while open: always; `opens_at` None while closed: not known when.

    `reason` tells why it is closed that day ("holiday", "other"); `is_office_only`: somebody is there, but not for
    what was searched; `purpose` is what the hours are for.
    """

    is_known: bool = False
    is_open: bool = False
    until: datetime.datetime | None = None
    opens_at: datetime.datetime | None = None
    reason: str = ""
    is_office_only: bool = False
    purpose: str = ""


class Day(NamedTuple):
    """One day of a week: its spans in order, each from and to, and why it is not as usual."""

    on: datetime.date
    spans: tuple[tuple[datetime.time, datetime.time], ...]
    reason: str = ""


def state(hours: Hours, at: datetime.datetime, purpose: str = "") -> OpenState:
    """Return whether what was searched can be done at that moment, and until or from when; to the minute.

    Without a purpose: new patients or dosing, if such hours are known, else the general ones. A purpose whose hours
    are not known is answered by the general ones.
    """
    if not hours.rules:
        return OpenState()
    return _state(hours, at.replace(second=0, microsecond=0), purpose)


def zone_of(hours: Hours) -> ZoneInfo:
    """Return the listing's time zone, or the site's."""
    return ZoneInfo(hours.zone or settings.TIME_ZONE)


def week(hours: Hours, first: datetime.date, purpose: str) -> list[Day]:
    """Return seven days from the first with the spans for this purpose; a night belongs to its evening."""
    zone, calendar = zone_of(hours), _calendar(hours, purpose, monday(first))
    days = [first + DAY * number for number in range(7)]
    start, end = (datetime.datetime.combine(day, datetime.time(), zone) for day in (first - DAY, days[-1] + DAY * 2))
    spans: dict[datetime.date, list[tuple[datetime.time, datetime.time]]] = {day: [] for day in days}
    for opens, closes, each, _comment in calendar.intervals(start, end):
        for on, span in _by_day(opens, closes) if each == State.OPEN else ():
            spans.setdefault(on, []).append(span)
    return [Day(day, tuple(spans[day]), closed_for(hours.closures, day)) for day in days]


def is_federal_holiday(day: datetime.date) -> bool:
    """Say whether a day is one of the United States' public holidays, when many places keep other hours."""
    return day in _holidays(day.year)


def purposes(hours: Hours) -> list[str]:
    """Return what there are hours for, in the order in which a visitor asks."""
    known = {rule.purpose for rule in hours.rules if can_be_read(rule)}
    order = (*FOR_VISITORS, Schedule.Purpose.OFFICE.value, Schedule.Purpose.PHONE.value)
    return [purpose for purpose in order if purpose in known]


@lru_cache(maxsize=8192)
def _state(hours: Hours, at: datetime.datetime, purpose: str) -> OpenState:
    at = at.astimezone(zone_of(hours))
    known = purposes(hours)
    wanted = (purpose, "") if purpose else FOR_VISITORS
    asked = next((each for each in wanted if each in known), None)
    if asked is None:
        return OpenState(bool(known), is_office_only=_is_somebody_there(hours, at, known))
    now, later = _next(_calendar(hours, asked, monday(at.date())), at)
    if now:
        return OpenState(True, True, until=later, purpose=asked)
    others = [each for each in known if each != asked]
    reason = closed_for(hours.closures, at.date())
    return OpenState(True, False, None, later, reason, _is_somebody_there(hours, at, others), asked)


def _is_somebody_there(hours: Hours, at: datetime.datetime, others: Iterable[str]) -> bool:
    """Say whether the office is open for something else than what was asked; a telephone alone is no office."""
    there = [each for each in others if each != Schedule.Purpose.PHONE]
    return any(_calendar(hours, each, monday(at.date())).is_open(at) for each in there)


def _next(calendar: OpeningHours, at: datetime.datetime) -> tuple[bool, datetime.datetime | None]:
    """Return whether it is open, and when that changes within the days looked at; a comment alone changes nothing."""
    is_open, end = calendar.is_open(at), at + AHEAD
    for start, _end, each, _comment in calendar.intervals(at, end):
        if (each == State.OPEN) != is_open:
            return is_open, start
    return is_open, None


def _by_day(
    opens: datetime.datetime, closes: datetime.datetime
) -> Iterator[tuple[datetime.date, tuple[datetime.time, datetime.time]]]:
    """Yield a stretch under the day it begins on; a longer one than a day, such as day and night, under each day."""
    while closes - opens > DAY:
        midnight = datetime.datetime.combine(opens.date() + DAY, datetime.time(), opens.tzinfo)
        yield opens.date(), (opens.time(), midnight.time())
        opens = midnight
    if closes > opens:
        yield opens.date(), (opens.time(), closes.time())


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[datetime.date]:
    """Return the public holidays of the United States as the library has them, and those of a fixed date themselves.

    The library has only the day off where a holiday falls on a weekend, and not Columbus Day, the second Monday of
    October (5 U.S.C. 6103).
    """
    calendar, first = OpeningHours("PH", country="US", auto_timezone=False), datetime.date(year, 1, 1)
    noons = (datetime.datetime.combine(first, datetime.time(12)) + DAY * number for number in range(366))
    days_off = {noon.date() for noon in noons if calendar.is_open(noon)}
    october_8th = datetime.date(year, 10, 8)
    columbus_day = october_8th + DAY * (-october_8th.weekday() % 7)
    return frozenset(days_off | {columbus_day} | {datetime.date(year, month, day) for month, day in FIXED_HOLIDAYS})


@lru_cache(maxsize=4096)
def _calendar(hours: Hours, purpose: str, since: datetime.date) -> OpeningHours:
    """Return the hours for one purpose as the library reads them, right for the weeks from this Monday on."""
    first, last = since - BEFORE, since + BEFORE + AHEAD
    near = (first.isoformat(), last.isoformat())
    closures = [shut for shut in hours.closures if shut.ends_on >= near[0] and shut.starts_on <= near[1]]
    own = [rule for rule in hours.rules if rule.purpose == purpose and can_be_read(rule)]
    said = [text for rule in own for text in _say(rule, closures, first, last)]
    text = "; ".join([", ".join(said) or "off", *(_say_closure(shut) for shut in closures)])
    return OpeningHours(text, timezone=zone_of(hours), auto_country=False, auto_timezone=False)


def _say(rule: Rule, closures: list[Shut], first: datetime.date, last: datetime.date) -> Iterator[str]:
    """Yield the rule in the library's language: by weekday where it can be, else day by day.

    A night shift beside a closure goes day by day too: the library would let a night that is closed run on into the
    morning after.
    """
    span = _span(rule.opens_at, rule.closes_at)
    if _is_plain(rule) and not (rule.crosses_midnight and closures):
        days = ",".join(day.capitalize() for day in weekdays_of(rule)) or "Mo-Su"
        yield f"{_range(max(rule.valid_from, EARLIEST), rule.valid_to or LATEST)} {days} {span}"
        return
    day = first
    while day <= last:
        if falls_on(rule, day) and not closed_for(closures, day):
            yield f"{_date(day.isoformat())} {span}"
        day += DAY


def _say_closure(shut: Shut) -> str:
    hours = _span(shut.opens_at, shut.closes_at) if shut.opens_at else "off"
    return f"{_range(shut.starts_on, shut.ends_on)} {hours}"


def _span(opens_at: str, closes_at: str) -> str:
    """Return "22:00-30:00" for ten at night until six: past midnight the library counts on."""
    if closes_at > opens_at:
        return f"{opens_at}-{closes_at}"
    hour, minute = closes_at.split(":")
    return f"{opens_at}-{int(hour) + 24}:{minute}"


def _range(first: str, last: str) -> str:
    return f"{_date(first)}-{_date(last)}" if first != last else _date(first)


def _date(day: str) -> str:
    """Return "2026 Dec 25": the library's months are English in every language."""
    year, month, number = day.split("-")
    return f"{year} {_MONTHS[int(month) - 1]} {number}"


def _is_plain(rule: Rule) -> bool:
    return rule.freq == "WEEKLY" and rule.interval == 1 and not rule.bymonthday
