"""Read a list of support meetings in the Meeting Guide format: JSON, a meeting an entry, day 0 a Sunday."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from portal.lib import jsonstream, languages

from . import checks, times
from .record import Problem, Record, identity

TYPE = "peer-meeting"
WORDS = {  # what a few of the format's types mean, said in the listing; the others are left out
    "O": gettext_noop("Open meeting: anybody may come."),
    "C": gettext_noop("Closed meeting: for people who want to stop using."),
    "S": gettext_noop("In Spanish."),
    "W": gettext_noop("For women."),
    "M": gettext_noop("For men."),
    "X": gettext_noop("Wheelchair access."),
    "BE": gettext_noop("Made for newcomers."),
    "ONL": gettext_noop("Online."),
    "TC": gettext_noop("The place itself is closed for now."),
}
_ADDRESS = re.compile(
    r"(?:(?P<address_1>.*?),\s*)??(?:(?P<city>[^,\d]*[^,\d\s]),\s*)?(?:(?P<state>[A-Z]{2})\b)?\s*(?P<zip>\d{5}(?:-\d{4})?)?"
    r"(?:\s*,\s*(?:USA?|United States))?\s*"
)
ADDRESS = {name: name for name in ("address_1", "address_2", "city", "state", "zip")}


def read(path: Path, options: Mapping[str, Any], known: Collection[str]) -> Iterator[Record]:
    """Yield the meetings, each a listing with its hours; raises `UnreadableFileError`."""
    for entry in jsonstream.entries(path, lists={"meetings"}):
        found = [Problem(key, _("This key stands twice or holds no number.")) for key in entry.doubtful]
        if isinstance(entry.value, dict):
            yield _record(entry.number, entry.value, found)
        else:
            yield Record(entry.number, problems=[*found, Problem("name", _("This is not a meeting."), True)])


def _record(number: int, meeting: dict[str, Any], found: checks.Found) -> Record:
    record = Record(number, problems=found, type=TYPE, raw={key: str(meeting[key])[:200] for key in meeting})
    record.source_id = checks.line(meeting.get("slug"), "slug", found, 120)
    name = checks.line(meeting.get("name"), "name", found)
    for column, value in (("slug", record.source_id), ("name", name)):
        if not value:
            found.append(Problem(column, _("Each meeting needs a name and a slug."), True))
    runner = next(filter(None, (checks.line(meeting.get(key), key, found) for key in ("entity", "group"))), name)
    record.ids = {"organization": identity(runner)}
    record.name = {"organization": runner, **dict.fromkeys(languages.codes(), name)}
    record.description = _description(meeting, found)
    record.web = checks.web(meeting.get("website"), meeting.get("email"), found)
    cells = [("phone", meeting.get("phone"), "main"), ("conference_phone", meeting.get("conference_phone"), "main")]
    record.phones, is_whole = checks.phones(cells, found)
    record.doubtful |= set() if is_whole else {"phones"}
    record.schedules = _schedules(meeting, found)
    _put_place(record, meeting, found)
    return record


def _description(meeting: Mapping[str, Any], found: checks.Found) -> dict[str, str]:
    """Return what kind of meeting it is in every language, then the notes in the list's own words."""
    given = meeting.get("types")
    kinds = [WORDS[kind] for kind in given if kind in WORDS] if isinstance(given, list) else []
    notes = [checks.text(meeting.get(name), name, found) for name in ("notes", "location_notes")]
    texts = {}
    for code in languages.codes():
        with override(code):
            texts[code] = "\n".join(filter(None, [" ".join(str(_(kind)) for kind in kinds), *notes]))
    return texts


def _schedules(meeting: Mapping[str, Any], found: checks.Found) -> list[dict[str, Any]]:
    """Return the hours of a meeting; one without a day is by appointment."""
    given = meeting.get("day")
    days = [day for day in (given if isinstance(given, list) else [given]) if not checks.is_nothing(day)]
    if any(str(day) not in "0123456" or len(str(day)) != 1 for day in days):
        message = _("“%(value)s” is not a day from 0 (Sunday) to 6.") % {"value": str(given)[: checks.SHOWN]}
        found.append(Problem("day", message))
        return []
    hours = {"opens_at": meeting.get("time"), "closes_at": meeting.get("end_time")}
    byday = ",".join(times.DAYS[int(str(day))] for day in days)
    kept = times.schedule({"byday": byday, **hours}, "time", found) if days else None
    return [kept] if kept else []


def _put_place(record: Record, meeting: Mapping[str, Any], found: checks.Found) -> None:
    street = {"address_1": "address", "city": "city", "state": "state", "zip": "postal_code"}
    cells = {name: meeting.get(key) for name, key in street.items() if meeting.get(key)}
    typed = checks.line(meeting.get("formatted_address"), "formatted_address", found, 300)
    if not cells and typed:
        match = _ADDRESS.fullmatch(typed)
        cells = {name: part for name, part in (match.groupdict() if match else {"address_1": typed}).items() if part}
    types = meeting.get("types")
    is_virtual = not cells or (isinstance(types, list) and "ONL" in types and not cells.get("address_1"))
    record.address = {**checks.address(cells, found, ADDRESS, is_needed=False), "virtual": is_virtual}
    record.address["address_2"] = checks.line(meeting.get("location"), "location", found)[:200]
    if not is_virtual:
        record.point = checks.point(meeting.get("latitude"), meeting.get("longitude"), "address", found)
