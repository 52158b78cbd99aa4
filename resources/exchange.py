"""Write listings as a table that a spreadsheet opens: a line each, a header that stays, and nothing that could run."""

import csv
import io
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from portal.lib import languages
from portal.lib.delimited import safe_cell

from .hsds import facts, rows
from .models import Phone, Schedule, Service, ServiceAtLocation
from .samhsa import codes
from .search.documents import claims_of

Cell = str | float | None

MOST_ROWS = 2000  # the thousand places of a search, and what stands beside them
BATCH = 250
BOM = "\ufeff"  # without it a spreadsheet reads the accents wrong
WHAT = ("code", "organization", "service", "kind", "status", "status_since", "checked_on", "source")
WHERE = ("address", "city", "state", "zip", "latitude", "longitude", "phone", "other_phones", "website", "hours")
HOW = ("offers", "payment", "languages", "spanish")
ANSWERS = (
    "takes_new_patients",
    "same_day_start",
    "walk_in",
    "id_needed",
    "asks_immigration",
    "takes_pregnant",
    "with_children",
    "has_beds",
)
HEADER = (*WHAT, *WHERE, *HOW, *ANSWERS, "gender", "least_age", "greatest_age", "page", "id")


def csv_rows(listings: Sequence[int], language: str) -> Iterator[bytes]:
    """Yield the public ones of these listings as CSV in their order, at most `MOST_ROWS`, text in this language."""
    yield (BOM + _line(HEADER)).encode()
    chosen = listings[:MOST_ROWS]
    for start in range(0, len(chosen), BATCH):
        yield _batch(chosen[start : start + BATCH], language).encode()


def _batch(ids: Sequence[int], language: str) -> str:
    services = Service.objects.filter(listings__in=ids).distinct()
    with override(language):
        found = {
            row.pk: _cells(row)
            for service in rows.with_listings(services, is_full=True)
            for row in service.listings.all()
        }
    return "".join(_line(found[pk]) for pk in ids if pk in found)


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cells(row: ServiceAtLocation) -> list[str]:
    cells = _what(row) | _where(row) | _how(row)
    return [_cell(cells[name]) for name in HEADER]


def _cell(value: Cell) -> str:
    return safe_cell(value) if isinstance(value, str) else "" if value is None else str(value)


def _what(row: ServiceAtLocation) -> dict[str, Cell]:
    checked_on = facts.checked_on(row)
    return {
        "code": row.short_code,
        "organization": row.service.organization.name,
        "service": row.service.name,
        "kind": row.type.name if row.type else "",
        "status": facts.listing_status(row, timezone.localdate()),
        "status_since": row.status_since.isoformat() if row.status_since else "",
        "checked_on": checked_on.isoformat() if checked_on else "",
        "source": "; ".join(f"{origin.get_source_display()} {origin.year}" for origin in row.provenances.all()),
        "website": row.service.organization.website,
        "page": f"{settings.SITE_URL}/h/{row.short_code}",
        "id": str(row.uuid),
    }


def _where(row: ServiceAtLocation) -> dict[str, Cell]:
    place = row.location
    return {
        "address": ", ".join(part for part in (place.address_1, place.address_2) if part),
        "city": place.city,
        "state": place.state_province,
        "zip": place.postal_code,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "phone": "; ".join(_phone(phone) for phone in row.numbers_to_call[:1]),
        "other_phones": "; ".join(_phone(phone) for phone in [*row.numbers_to_call[1:], *row.other_numbers]),
        "hours": "; ".join(_hours(rule) for rule in row.schedules.all()),
    }


def _phone(phone: Phone) -> str:
    return f"{phone.display} x{phone.extension}" if phone.extension else phone.display


def _hours(rule: Schedule) -> str:
    times = "–".join(f"{moment:%H:%M}" for moment in (rule.opens_at, rule.closes_at) if moment)
    parts = (rule.purpose, rule.byday or rule.bymonthday, times)
    return " ".join(part for part in parts if part) or rule.description or ""


def _how(row: ServiceAtLocation) -> dict[str, Cell]:
    present, language = claims_of(row.codes), languages.current()
    claims = [claim for claim in codes.load_claims().values() if claim.slug in present]

    def words(*wanted: str) -> str:
        return "; ".join(claim.names[language] for facet in wanted for claim in claims if claim.facet == facet)

    return {
        "offers": words("medication", "care", "telehealth"),
        "payment": words("payment"),
        "languages": words("language"),
        "spanish": row.spanish,
        **{name: getattr(row, name) for name in ANSWERS},
        "gender": row.gender,
        "least_age": row.least_age,
        "greatest_age": row.greatest_age,
    }
