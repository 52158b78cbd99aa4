"""Check opening hours as files give them: HSDS's words are iCalendar's."""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.lib import languages

from ..models import Schedule
from . import checks
from .checks import SHOWN, Found, is_nothing
from .record import Problem

DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")  # Meeting Guide counts from Sunday
_BYDAY = re.compile(r"(-?[1-5])?(SU|MO|TU|WE|TH|FR|SA)")
_MONTH_DAY = re.compile(r"-?([1-9]|[12][0-9]|3[01])")
_INTERVAL = re.compile(r"[0-9]{1,4}")
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(:[0-5][0-9](\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
_OFTEN = {"WEEKLY": Schedule.Frequency.WEEKLY, "MONTHLY": Schedule.Frequency.MONTHLY}


def schedule(given: Mapping[str, Any], column: str, found: Found) -> dict[str, Any] | None:
    """Return a schedule of HSDS without what is not said, or None for one that cannot be kept."""
    freq, byday = str(given.get("freq") or "WEEKLY").upper(), _list(given.get("byday"))
    if freq == "DAILY":
        freq, byday = "WEEKLY", list(DAYS[1:] + DAYS[:1])
    hours = {name: clock(given.get(name), f"{column}: {name}", found) for name in ("opens_at", "closes_at")}
    dates = {name: day(given.get(name), f"{column}: {name}", found) for name in ("valid_from", "valid_to")}
    if freq not in _OFTEN or None in hours.values() or None in dates.values():
        if freq not in _OFTEN:
            _refused(column, given, found)
        return None
    monthdays, interval = _list(given.get("bymonthday")), str(given.get("interval") or 1)
    is_turned = dates["valid_from"] and dates["valid_to"] and dates["valid_from"] > dates["valid_to"]
    if is_turned or not _is_rule(byday, monthdays, interval):
        _refused(column, given, found)
        return None
    description = checks.text(given.get("description"), f"{column}: description", found)[:300]
    days = {"byday": ",".join(byday), "bymonthday": ",".join(monthdays)}
    kept: dict[str, object] = {"freq": freq, **days, **hours, **dates}
    kept |= {"interval": int(interval), "description": {languages.codes()[0]: description} if description else ""}
    return _said(kept)


def _is_rule(byday: list[str], monthdays: list[str], interval: str) -> bool:
    """Say whether these days can be repeated so; what no calendar needs, a file may still hold."""
    are_days = all(map(_BYDAY.fullmatch, byday)) and all(map(_MONTH_DAY.fullmatch, monthdays))
    is_often = _INTERVAL.fullmatch(interval) is not None and 1 <= int(interval) <= 52
    return are_days and is_often and max(len(byday), len(monthdays)) <= 14


def _said(kept: dict[str, Any]) -> dict[str, Any]:
    """Return the values that are not the model's own defaults."""
    defaults = {"freq": Schedule.Frequency.WEEKLY, "interval": 1}
    return {name: value for name, value in kept.items() if value and value != defaults.get(name)}


def _refused(column: str, given: Mapping[str, Any], found: Found) -> None:
    shown = " ".join(f"{name}={given[name]}" for name in ("freq", "byday", "interval", "bymonthday") if given.get(name))
    message = _("These hours cannot be kept: %(value)s.") % {"value": shown[: 2 * SHOWN]}
    found.append(Problem(column, message))


def _list(value: Any) -> list[str]:
    return [part.strip().upper() for part in str(value or "").split(",") if part.strip()]


def clock(value: Any, column: str, found: Found) -> str | None:
    """Return a time of day as 05:30, "" for none, None for what is no time; the end of a day is 00:00."""
    if is_nothing(value):
        return ""
    match = _TIME.fullmatch(str(value).strip())
    hour = int(match[1]) if match else 99
    if match is None or (hour == 24 and (match[2] != "00" or column.endswith("opens_at"))):
        message = _("“%(value)s” is not a time of day.") % {"value": str(value)[:SHOWN]}
        found.append(Problem(column, message))
        return None
    return f"{hour % 24:02}:{match[2]}"


def day(value: Any, column: str, found: Found) -> str | None:
    """Return a day as 2026-12-01, "" for none, None for what is no day between 1990 and 2100."""
    if is_nothing(value):
        return ""
    try:
        given = datetime.date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        given = None
    if given is None or not 1990 <= given.year <= 2100:
        message = _("“%(value)s” is not a date like 2026-12-01.") % {"value": str(value)[:SHOWN]}
        found.append(Problem(column, message))
        return None
    return given.isoformat()
