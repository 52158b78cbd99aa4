"""Say hours in the words of the active language.

Spanish says "a la 1:00" and "a las 2:00": the hour itself is the number by which a sentence chooses its form.
"""

import datetime
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from portal.lib import languages

from ..models import Schedule
from .opening import OpenState, purposes
from .rules import DAY, WEEKDAYS, Hours, Rule, can_be_read, days_of, month_days_of, weekdays_of

_ON = (
    pgettext_lazy("opens", "Mon"),
    pgettext_lazy("opens", "Tue"),
    pgettext_lazy("opens", "Wed"),
    pgettext_lazy("opens", "Thu"),
    pgettext_lazy("opens", "Fri"),
    pgettext_lazy("opens", "Sat"),
    pgettext_lazy("opens", "Sun"),
)
_NAMES = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
_WHICH = {
    0: gettext_lazy("every %(day)s"),
    1: gettext_lazy("first %(day)s of the month"),
    2: gettext_lazy("second %(day)s of the month"),
    3: gettext_lazy("third %(day)s of the month"),
    4: gettext_lazy("fourth %(day)s of the month"),
    5: gettext_lazy("fifth %(day)s of the month"),
    -1: gettext_lazy("last %(day)s of the month"),
}
_FOR = {
    Schedule.Purpose.NEW_PATIENTS.value: gettext_lazy("New patients: %(hours)s"),
    Schedule.Purpose.DOSING.value: gettext_lazy("To take your dose: %(hours)s"),
    Schedule.Purpose.OFFICE.value: gettext_lazy("Office: %(hours)s"),
    Schedule.Purpose.PHONE.value: gettext_lazy("By phone: %(hours)s"),
}
_OFFICE_OPEN = {
    Schedule.Purpose.NEW_PATIENTS.value: gettext_lazy("Office open; new patients %(when)s"),
    Schedule.Purpose.DOSING.value: gettext_lazy("Office open; doses %(when)s"),
}


def now_in_words(state: OpenState, at: datetime.datetime) -> str:
    """Return what a visitor reads of a moment: "Open now, until 11:00 AM", "Opens Wed 6:00 AM"; "" when not known."""
    if not state.is_known:
        return ""
    if state.is_open:
        return _open_until(state.until, at)
    opens = state.opens_at
    if state.is_office_only:
        said = _OFFICE_OPEN.get(state.purpose)
        return said % {"when": _when(opens, at)} if said and opens else _("Office open. Call to ask when you can come.")
    is_today = opens is not None and opens.date() == at.astimezone(opens.tzinfo).date()
    parts = [_closed_today(state.reason)] if state.reason and not is_today else []
    if opens:
        parts.append(_opens(opens, at))
    return " ".join(parts) or _("Closed now")


def span_in_words(opens: datetime.time, closes: datetime.time) -> str:
    """Return "5:30 AM to 11:00 AM", or that it is open day and night."""
    if opens == closes == datetime.time():
        return _("24 hours")
    return ngettext("%(opens)s to %(closes)s", "%(opens)s to %(closes)s", _hour(closes)) % {
        "opens": _clock(opens),
        "closes": _clock(closes),
    }


def in_words(hours: Hours, today: datetime.date) -> list[str]:
    """Return the hours line by line, "Monday to Friday: 5:30 AM to 11:00 AM", then what is closed within a month."""
    lines = []
    for purpose in purposes(hours):
        for line in _lines(rule for rule in hours.rules if rule.purpose == purpose and _still_holds(rule, today)):
            lines.append(str(_FOR[purpose]) % {"hours": line} if purpose in _FOR else line[:1].upper() + line[1:])
    return [*lines, *_closed(hours, today)]


def _open_until(until: datetime.datetime | None, at: datetime.datetime) -> str:
    if until is None:
        return _("Open now, day and night")
    if until - at >= DAY:
        return _("Open now")
    return ngettext("Open now, until %(time)s", "Open now, until %(time)s", _hour(until)) % {"time": _clock(until)}


def _closed_today(reason: str) -> str:
    return _("Closed today (holiday).") if reason == "holiday" else _("Closed today.")


def _opens(opens: datetime.datetime, at: datetime.datetime) -> str:
    """Return "Opens Wed 6:00 AM": today by its name, the coming week by the weekday, later by the date."""
    away = (opens.date() - at.astimezone(opens.tzinfo).date()).days
    words = {"time": _clock(opens), "day": str(_ON[opens.weekday()])}
    if away == 0:
        return ngettext("Opens today %(time)s", "Opens today %(time)s", _hour(opens)) % words
    if away < 7:
        return ngettext("Opens %(day)s %(time)s", "Opens %(day)s %(time)s", _hour(opens)) % words
    words["day"] = languages.long_date(opens.date(), languages.current())
    return ngettext("Opens on %(day)s at %(time)s", "Opens on %(day)s at %(time)s", _hour(opens)) % words


def _when(opens: datetime.datetime, at: datetime.datetime) -> str:
    """Return "tomorrow 5:30 AM", for the middle of a sentence."""
    away = (opens.date() - at.astimezone(opens.tzinfo).date()).days
    words = {"time": _clock(opens), "day": str(_ON[opens.weekday()])}
    if away == 0:
        return ngettext("today %(time)s", "today %(time)s", _hour(opens)) % words
    if away == 1:
        return ngettext("tomorrow %(time)s", "tomorrow %(time)s", _hour(opens)) % words
    if away >= 7:
        words["day"] = languages.long_date(opens.date(), languages.current())
        return ngettext("on %(day)s at %(time)s", "on %(day)s at %(time)s", _hour(opens)) % words
    return ngettext("%(day)s %(time)s", "%(day)s %(time)s", _hour(opens)) % words


def _clock(time: datetime.time | datetime.datetime) -> str:
    """Return a time that no line breaks in two."""
    return languages.clock_time(time, languages.current()).replace(" ", "\u00a0")


def _hour(time: datetime.time | datetime.datetime) -> int:
    return time.hour % 12 or 12


def _lines(rules: Iterable[Rule]) -> Iterator[str]:
    """Yield a line for the rules that differ in nothing but their weekdays."""
    alike: dict[Rule, list[str]] = {}
    for rule in sorted(rule for rule in rules if can_be_read(rule)):
        alike.setdefault(rule._replace(byday=""), []).append(rule.byday)
    named = [rule._replace(byday=",".join(days)) for rule, days in alike.items()]
    for rule in sorted(named, key=_in_the_week):
        span = span_in_words(_time(rule.opens_at), _time(rule.closes_at))
        yield "".join([_("%(days)s: %(span)s") % {"days": _days(rule), "span": span}, _while(rule)])


def _in_the_week(rule: Rule) -> tuple:
    return min((WEEKDAYS.index(day) for day in weekdays_of(rule)), default=0), rule.opens_at


def _days(rule: Rule) -> str:
    if rule.freq == "MONTHLY":
        names = [str(_WHICH.get(which, "%(day)s")) % {"day": _name(day)} for which, day in filter(None, days_of(rule))]
        numbers = [_("day %(number)s of the month") % {"number": number} for number in month_days_of(rule)]
        return _every(", ".join([*numbers, *names]), rule)
    chosen = sorted({WEEKDAYS.index(day) for day in weekdays_of(rule)}) or list(range(7))
    if len(chosen) == 7:
        return _every(_("every day"), rule)
    runs: list[list[int]] = []
    for number in chosen:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return _every(", ".join(part for run in runs for part in _run(run)), rule)


def _run(run: list[int]) -> list[str]:
    """Return days in a row as "Monday to Friday", two as two names."""
    if len(run) < 3:
        return [str(_NAMES[number]) for number in run]
    return [_("%(first)s to %(last)s") % {"first": _NAMES[run[0]], "last": _NAMES[run[-1]]}]


def _every(days: str, rule: Rule) -> str:
    if rule.interval == 1:
        return days
    if rule.freq == "MONTHLY":
        return _("%(days)s, every %(count)s months") % {"days": days, "count": rule.interval}
    return _("%(days)s, every %(count)s weeks") % {"days": days, "count": rule.interval}


def _name(day: str) -> str:
    return str(_NAMES[WEEKDAYS.index(day)])


def _while(rule: Rule) -> str:
    if rule.valid_to:
        day = languages.long_date(datetime.date.fromisoformat(rule.valid_to), languages.current())
        return _(" (until %(day)s)") % {"day": day}
    return ""


def _still_holds(rule: Rule, today: datetime.date) -> bool:
    return not rule.valid_to or rule.valid_to >= today.isoformat()


def _closed(hours: Hours, today: datetime.date) -> Iterator[str]:
    """Yield the closures of the coming month, in their order."""
    month = (today + DAY * 31).isoformat()
    for shut in sorted(hours.closures):
        if shut.ends_on < today.isoformat() or shut.starts_on > month:
            continue
        days = [languages.long_date(datetime.date.fromisoformat(day), languages.current()) for day in shut[:2]]
        words = {"day": " – ".join(dict.fromkeys(days))}
        if shut.opens_at:
            words["span"] = span_in_words(_time(shut.opens_at), _time(shut.closes_at))
            yield _("%(day)s: open %(span)s only") % words
        elif shut.reason == "holiday":
            yield pgettext("days", "Closed %(day)s (holiday)") % words
        else:
            yield pgettext("days", "Closed %(day)s") % words


def _time(clock: str) -> datetime.time:
    return datetime.time.fromisoformat(clock)
