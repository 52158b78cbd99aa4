"""Check single cells: return what can be kept, and add to `found` what is wrong."""

import html
import ipaddress
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from portal.lib import phones as numbers
from portal.lib.spreadsheet import Row, clean, is_altered

from ..geo import STATES, fold
from .record import Problem

SHOWN = 40  # characters of a bad value in a message
LONGEST = {"name": 200, "address_1": 200, "address_2": 200, "city": 100, "website": 300, "email": 254}
LONGEST_TEXT = 5000  # characters of a description
NOTHING = {"", "null", "none", "n/a", "na", "-", "\\n"}
UNITED_STATES = ((-15.0, 72.0), ((-180.0, -64.0), (129.0, 180.0)))  # its territories in the Pacific included
_STATE_CODES = {fold(name): code for code, name in STATES.items()}
_PLAIN_PHONE = re.compile(r"(\d{3}-\d{3}-\d{4})(?: ?x ?(\d{1,10}))?")
_BETWEEN_PHONES = re.compile(r"\s*(?:[;/,\n]|\b(?:or|and|o|y)\b)\s*", re.IGNORECASE)
_LETTERS_SPELT = re.compile(r"(?<=[A-Za-z])\s*\(\d{4,7}\)\s*$")  # 1-800-662-HELP (4357)
_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_web_address = URLValidator(schemes=["http", "https"])

Found = list[Problem]


def is_nothing(value: Any) -> bool:
    """Say whether a cell stands for "no value"."""
    return value is None or (isinstance(value, str) and value.strip().casefold() in NOTHING)


def line(value: Any, column: str, found: Found, longest: int = 200) -> str:
    """Return a value as one line of plain text; one that is too long keeps its row out."""
    if is_nothing(value) or isinstance(value, list | dict):
        return ""
    typed = str(value)
    if is_altered(typed):
        note_altered([column], found)
    kept = clean(typed)
    if len(kept) > longest:
        found.append(Problem(column, _("Longer than %(count)d characters.") % {"count": longest}, True))
        return kept[:longest]
    return kept


def note_row(row: Row, found: Found, columns: Collection[str] | None = None) -> None:
    """Say what was done to a row (in these columns of it) and to its file before anybody read it."""
    if row.notice:
        found.append(Problem("", row.notice))
    note_altered([column for column in row.altered if columns is None or column in columns], found)


def note_altered(columns: Iterable[str], found: Found) -> None:
    """Say that invisible characters were taken out of these columns."""
    found.extend(Problem(column, _("Invisible characters were taken out.")) for column in columns)


def text(value: Any, column: str, found: Found) -> str:
    """Return a value as plain text: without HTML, and cut where it is too long."""
    typed = "" if is_nothing(value) else str(value)
    if any(is_altered(part) for part in typed.splitlines()):
        note_altered([column], found)
    if _TAG.search(typed):
        found.append(Problem(column, _("HTML was taken out.")))
        typed = html.unescape(nh3.clean(re.sub(r"(?i)<(br|/p|/li|/div)\b", r"\n<\1", typed), tags=set()))
    kept = "\n".join(filter(None, map(clean, typed.splitlines())))
    if len(kept) > LONGEST_TEXT:
        found.append(Problem(column, _("Cut after %(count)d characters.") % {"count": LONGEST_TEXT}))
    return kept[:LONGEST_TEXT]


def address(cells: Mapping[str, Any], found: Found, columns: Mapping[str, str], *, is_needed: bool) -> dict[str, Any]:
    """Return an address; without a state or with a bad ZIP code the row is left out if it `is_needed`."""
    kept = {
        name: line(cells.get(columns[name]), columns[name], found, LONGEST[name])
        for name in ("address_1", "address_2", "city")
    }
    state, zip_code = (clean(str(cells.get(columns[name]) or "")) for name in ("state", "zip"))
    code = state.upper() if state.upper() in STATES else _STATE_CODES.get(fold(state), "")
    if not code and (state or is_needed):
        message = _("“%(value)s” is not a state.") % {"value": state[:SHOWN]}
        found.append(Problem(columns["state"], message, is_needed))
    if (zip_code or is_needed) and not re.fullmatch(r"[0-9]{5}(-[0-9]{4})?", zip_code):
        found.append(Problem(columns["zip"], _no_zip(zip_code), is_needed))
        zip_code = ""
    return {**kept, "state": code, "zip": zip_code, "virtual": False}


def _no_zip(value: str) -> str:
    if re.fullmatch(r"[0-9]{3,4}", value):
        return _("“%(value)s” is not a ZIP code with 5 digits: a spreadsheet drops the first zero of a number.") % {
            "value": value
        }
    return _("“%(value)s” is not a ZIP code with 5 digits.") % {"value": value[:SHOWN]}


def phones(cells: Iterable[tuple[str, Any, str]], found: Found) -> tuple[list[list[str]], bool]:
    """Return the numbers of (column, typed, use), and whether every one of them could be read."""
    kept: list[list[str]] = []
    seen, is_whole = set(), True
    for column, typed, use in cells:
        if is_nothing(typed):
            continue
        several = _several(clean(str(typed)))
        if several is None:
            is_whole = False
            message = _("“%(value)s” is not a phone number. It is not taken.")
            found.append(Problem(column, message % {"value": clean(str(typed))[:SHOWN]}))
        for number in several or ():
            if number not in seen:
                seen.add(number)
                kept.append([*number, use])
    return kept, is_whole


def _several(typed: str) -> list[tuple[str, str]] | None:
    """Return the number in a cell, or the two or three that stand in it; None where any is no number."""
    one = phone(typed)
    if one is not None:
        return [one]
    parts = [phone(part) for part in _BETWEEN_PHONES.split(typed) if part]
    return [part for part in parts if part] if len(parts) > 1 and None not in parts else None


def phone(typed: str) -> tuple[str, str] | None:
    """Return a number as 860-555-0100 and its extension, or None."""
    if match := _PLAIN_PHONE.fullmatch(typed):
        return match[1], match[2] or ""
    try:
        parsed = numbers.parse(_LETTERS_SPELT.sub("", typed))
    except ValidationError:
        return None
    digits = str(parsed.national_number)
    if len(digits) != 10 or len(parsed.extension or "") > 10:
        return None
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", parsed.extension or ""


def point(latitude: Any, longitude: Any, what: str, found: Found, column: str = "latitude") -> list | None:
    """Return a point in the United States, or None; a likely exchange of the two is said, not mended."""
    if is_nothing(latitude) and is_nothing(longitude):
        return None
    north, east = _degrees(latitude), _degrees(longitude)
    if _is_american(north, east):
        return [north, east, what]
    shown = {"value": f"{latitude}, {longitude}"[:60]}
    message = _("“%(value)s” is not a point in the United States. It is not taken.") % shown
    if _is_american(east, north):
        message = _("“%(value)s”: latitude and longitude have changed places. The point is not taken.") % shown
    found.append(Problem(column, message))
    return None


def _degrees(value: Any) -> float:
    """Return degrees, a comma for the point allowed; anything else is not a number."""
    try:
        return math.nan if isinstance(value, bool) else float(str(value).strip().replace(",", "."))
    except ValueError:
        return math.nan


def _is_american(latitude: float, longitude: float) -> bool:
    (south, north), spans = UNITED_STATES
    return south <= latitude <= north and any(west <= longitude <= east for west, east in spans)


def web(website: Any, email: Any, found: Found, columns: tuple[str, str] = ("website", "email")) -> dict[str, str]:
    """Return the web address and the e-mail address, each blank where it is none that a visitor can use."""
    site = line(website, columns[0], found, 2000)
    if site and "://" not in site and not site.casefold().startswith(("javascript:", "data:", "mailto:")):
        site = f"https://{site}"
    if site and not _is_web_address(site):
        message = _("“%(value)s” is not a web address. It is not taken.")
        found.append(Problem(columns[0], message % {"value": site[:SHOWN]}))
        site = ""
    mail = line(email, columns[1], found, 2000)
    if mail and not _is_email(mail):
        message = _("“%(value)s” is not an e-mail address. It is not taken.")
        found.append(Problem(columns[1], message % {"value": mail[:SHOWN]}))
        mail = ""
    return {"website": site, "email": mail}


def _is_web_address(typed: str) -> bool:
    """Say whether it is an address of the open web: no number for a host, which is somebody's own network."""
    try:
        _web_address(typed)
        host = urlsplit(typed).hostname or ""
    except (ValidationError, ValueError):
        return False
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." in host and len(typed) <= LONGEST["website"]
    return False


def _is_email(typed: str) -> bool:
    try:
        validate_email(typed)
    except ValidationError:
        return False
    return typed.isascii() and len(typed) <= LONGEST["email"] and len(typed.split("@")[0]) <= 64


def codes(given: Iterable[str], known: Collection[str], column: str, found: Found) -> list[str]:
    """Return the codes that this directory knows, each once; say which it does not know."""
    return list(dict.fromkeys(_known_codes(given, known, column, found)))


def _known_codes(given: Iterable[str], known: Collection[str], column: str, found: Found) -> Iterator[str]:
    for code in given:
        if code in known:
            yield code
        else:
            message = _("“%(value)s” is not a code that this directory knows.") % {"value": code[:SHOWN]}
            found.append(Problem(column, message))
