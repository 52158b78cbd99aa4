"""Read what SAMHSA's locator answers to programs: JSON with a facility's services as words under their categories."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.lib import jsonstream
from portal.lib.jsonstream import Entry
from portal.lib.spreadsheet import Row

from ..geo import fold
from ..samhsa import codes
from .checks import SHOWN
from .record import Problem, Record
from .samhsa_directory import facility

TEXTS = ("name1", "name2", "street1", "street2", "city", "state", "zip", "phone", "intake1", "intake2", "website")
NUMBERS = ("latitude", "longitude")
# Words that the key had until 2020 for medications and what a place treats; the others of that time say too little.
FORMER = {
    "samhsa-certified opioid treatment program": "OTP",
    "prescribes/administers buprenorphine": "UB",
    "prescribes/administers naltrexone": "UN",
    "relapse prevention from naltrexone": "RPN",
    "does not treat opioid addiction": "NOOP",
    "buprenorphine with naloxone (suboxone®)": "BWN",
    "buprenorphine (extended-release, injectable, for example, sublocade®)": "BERI",
    "extended-release, injectable naltrexone (vivitrol®)": "VTRL",
}


def read(path: Path, options: Mapping[str, Any], known: Collection[str]) -> Iterator[Record]:
    """Yield the facilities of one page of an answer, or of a list of pages; raises `UnreadableFileError`."""
    number = 0
    for entry in jsonstream.entries(path, lists={"rows"}):
        rows = entry.value.get("rows") if isinstance(entry.value, dict) else None
        for value in rows if isinstance(rows, list) else [entry.value]:
            number += 1
            yield _facility(Entry(number, value, entry.doubtful), known)


def _facility(entry: Entry, known: Collection[str]) -> Record:
    if not isinstance(entry.value, dict):
        return Record(entry.number, problems=[Problem("rows", _("This is not a facility."), True)])
    cells = {name: _cell(entry.value.get(name)) for name in TEXTS + NUMBERS}
    services = entry.value.get("services")
    found: list[Problem] = []
    own = list(_codes(services if isinstance(services, list) else [], found))
    record = facility(Row(entry.number, cells), own, known, "services")
    record.problems += found + [Problem(key, _("This key stands twice or holds no number.")) for key in entry.doubtful]
    return record


def _cell(value: Any) -> str:
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _codes(services: list[Any], found: list[Problem]) -> Iterator[str]:
    """Yield the codes that the names stand for, in the words of SAMHSA's key."""
    for group in (group for group in services if isinstance(group, dict)):
        for name in filter(None, map(str.strip, _cell(group.get("f3")).split(";"))):
            words = fold(name)
            code = _by_words().get((_cell(group.get("f2")), words)) or _by_words().get(("", words)) or FORMER.get(words)
            if code is None:
                message = _("“%(value)s” is not a service of SAMHSA's key. It is not taken.")
                found.append(Problem("services", message % {"value": name[:SHOWN]}))
            else:
                yield code


@cache
def _by_words() -> dict[tuple[str, str], str]:
    """Return the codes by category and SAMHSA's own words; by the words alone where no two codes share them."""
    all_codes = codes.load().values()
    counts = Counter(fold(code.samhsa_name) for code in all_codes)
    by_words = {(code.category, fold(code.samhsa_name)): code.code for code in all_codes}
    return by_words | {("", words): code.code for code in all_codes if counts[words := fold(code.samhsa_name)] == 1}
