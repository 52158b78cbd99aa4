"""Write corrected values to a listing, and keep what it said before."""

import datetime
from collections.abc import Iterable, Mapping

from portal.lib import languages

from ..models import Answer, Change, Phone, Schedule, ServiceAtLocation, Verification

COLUMNS = (
    "takes_new_patients",
    "same_day_start",
    "walk_in",
    "id_needed",
    "asks_immigration",
    "spanish",
    *languages.columns("up_front"),
)
OF_A_SCHEDULE = ("purpose", "byday", "opens_at", "closes_at", *languages.columns("description"))
READ = Verification.Field
# What is changed -> what a caller reads back of it.
READ_BACK_AS = {
    **dict.fromkeys(("phone", "phones"), READ.PHONE),
    **dict.fromkeys(("hours", "schedules", "closures"), READ.HOURS),
    **dict.fromkeys(("codes", "type"), READ.SERVICES),
    **dict.fromkeys(("address", "location"), READ.ADDRESS),
    **dict.fromkeys(("medicaid", *languages.columns("up_front")), READ.PAYMENT),
    **dict.fromkeys(("takes_new_patients", "same_day_start", "walk_in", "id_needed", "asks_immigration"), READ.INTAKE),
    "spanish": READ.LANGUAGES,
    "name": READ.NAME,
    "service": READ.NAME,
}
MEDICAID = ("MD", "medicaid")  # SAMHSA's code, and the claim where staff recorded it


def write_changes(
    listing: ServiceAtLocation, changes: Mapping[str, object], *, by, at: datetime.datetime, why: str = ""
) -> None:
    """Write these values where they differ, with a `Change` each; the caller saves the listing itself.

    Keys: a name in `COLUMNS`; "phone" (pk of the phone or None, number, extension); "hours" (a list of the fields in
    `OF_A_SCHEDULE`, each with the pk of its schedule or None and `is_removed`); "medicaid" (yes or no).
    """
    for field, value in changes.items():
        before, after = _writer(field)(listing, field, value)
        if before != after:
            Change.objects.create(listing=listing, field=field, before=before, after=after, why=why, at=at, by=by)
            mark_changed(listing, [field])


def mark_changed(listing: ServiceAtLocation, fields: Iterable[str]) -> None:
    """Note that the last check no longer speaks for these; the caller saves the listing."""
    read = {READ_BACK_AS[field].value for field in fields if field in READ_BACK_AS}
    listing.changed_since_check = sorted({*listing.changed_since_check, *read})


def takes_medicaid(listing: ServiceAtLocation) -> bool:
    """Say whether the listing's codes name Medicaid."""
    return any(code in MEDICAID for code in listing.codes)


def _writer(field: str):
    others = {"phone": _write_phone, "hours": _write_hours, "medicaid": _write_medicaid}
    return _write_column if field in COLUMNS else others[field]


def _write_column(listing: ServiceAtLocation, field: str, value) -> tuple:
    before = getattr(listing, field)
    setattr(listing, field, value)
    return before, value


def _write_medicaid(listing: ServiceAtLocation, field: str, value) -> tuple:
    """Add or take out the code: a listing's codes say what it takes, and nothing of what it does not."""
    before = list(listing.codes)
    if value == Answer.NO:
        listing.codes = [code for code in before if code not in MEDICAID]
    elif value == Answer.YES and not takes_medicaid(listing):
        listing.codes = [*before, MEDICAID[0]]
    return before, listing.codes


def _write_phone(listing: ServiceAtLocation, field: str, value) -> tuple:
    """Change a number where it stands, so that its order and its note stay; the old one is in the history."""
    phone = listing.phones.filter(pk=value["pk"]).first() or Phone(listing=listing)
    before = _number(phone) if phone.pk else {}
    phone.number, phone.extension = value["number"], value["extension"]
    if before != _number(phone):
        phone.save()
    return before, _number(phone)


def _number(phone: Phone) -> dict[str, str]:
    return {"number": phone.number, "extension": phone.extension}


def _write_hours(listing: ServiceAtLocation, field: str, value) -> tuple:
    before = _hours(listing)
    for row in value:
        schedule = listing.schedules.filter(pk=row["pk"]).first() or Schedule(listing=listing)
        for name in OF_A_SCHEDULE:
            setattr(schedule, name, row[name])
        if not row["is_removed"]:
            schedule.save()
        elif schedule.pk:
            schedule.delete()
    return before, _hours(listing)


def _hours(listing: ServiceAtLocation) -> list[dict[str, str]]:
    return [{name: str(getattr(row, name) or "") for name in OF_A_SCHEDULE} for row in listing.schedules.order_by("pk")]
