"""Read and write a listing in the fields of a record, so that a file, a page and a proposal speak of the same."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Model, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..models import (
    ListingType,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    Verification,
)

WRITTEN = ("self", "service", "service__organization", "location")  # to be locked before anything is written
Checked = Verification.Field
SCHEDULE_TEXTS = ("purpose", "freq", "byday", "bymonthday")
SCHEDULE_TIMES = ("opens_at", "closes_at")
SCHEDULE_DATES = ("valid_from", "valid_to")
SCHEDULE_DEFAULTS = {"freq": Schedule.Frequency.WEEKLY, "interval": 1}
ADDRESS = {
    "address_1": "address_1",
    "address_2": "address_2",
    "city": "city",
    "state": "state_province",
    "zip": "postal_code",
}


class Field(NamedTuple):
    """A field: its words, and by which words of a check or of a recorded change a person has vouched for it."""

    label: Any
    checked_as: frozenset[str] = frozenset()
    changed_as: frozenset[str] = frozenset()


FIELDS: dict[str, Field] = {
    "name": Field(_("Name"), frozenset({Checked.NAME})),
    "description": Field(_("Description")),
    "web": Field(_("Web page and e-mail")),
    "address": Field(_("Address"), frozenset({Checked.ADDRESS})),
    "point": Field(_("Point on the map"), frozenset({Checked.ADDRESS})),
    "phones": Field(_("Phones"), frozenset({Checked.PHONE}), frozenset({"phone"})),
    "codes": Field(
        _("What it offers"), frozenset({Checked.SERVICES, Checked.LANGUAGES, Checked.PAYMENT}), frozenset({"medicaid"})
    ),
    "schedules": Field(_("Hours"), frozenset({Checked.HOURS}), frozenset({"hours"})),
    "type": Field(_("Kind of place")),
}


def loaded(listings):
    """Return the queryset with everything that `of` reads: three queries."""
    return listings.select_related("service__organization", "location", "type").prefetch_related(
        Prefetch("phones", Phone.objects.order_by("position", "pk")),
        Prefetch("schedules", Schedule.objects.order_by("pk")),
    )


def of(listing: ServiceAtLocation) -> dict[str, Any]:
    """Return what a listing says now, in the form of `Record.said`; needs `loaded`."""
    service, location, organization = listing.service, listing.location, listing.service.organization
    return {
        "name": {"organization": organization.name, **_by_language(service, "name")},
        "description": _by_language(service, "description"),
        "web": {"website": organization.website, "email": organization.email},
        "address": {
            **{name: getattr(location, column) for name, column in ADDRESS.items()},
            "virtual": location.location_type == Location.Type.VIRTUAL,
        },
        "point": None if location.latitude is None else [location.latitude, location.longitude, location.point_source],
        "phones": [_phone(phone) for phone in listing.phones.all()],
        "codes": listing.codes,
        "schedules": [_schedule(schedule) for schedule in listing.schedules.all()],
        "type": listing.type.code if listing.type else "",
    }


def _by_language(row: Model, field: str) -> dict[str, str]:
    return {code: getattr(row, languages.column(field, code)) or "" for code in languages.codes()}


def _phone(phone: Phone) -> list[str]:
    """Return a phone as a file has it; what staff added to it follows, so that it counts as changed."""
    notes = [note for note in _by_language(phone, "note").values() if note]
    kind = [] if phone.type == Phone.Type.VOICE else [phone.type]
    return [phone.number, phone.extension, phone.use, *kind, *notes, *phone.languages]


def _schedule(row: Schedule) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in (*SCHEDULE_TEXTS, "interval")}
    said |= {name: f"{at:%H:%M}" for name in SCHEDULE_TIMES if (at := getattr(row, name)) is not None}
    said |= {name: on.isoformat() for name in SCHEDULE_DATES if (on := getattr(row, name)) is not None}
    said["description"] = {code: words for code, words in _by_language(row, "description").items() if words}
    return {name: value for name, value in said.items() if value and value != SCHEDULE_DEFAULTS.get(name)}


def write(changes: Iterable[tuple[ServiceAtLocation, Mapping[str, Any]]], at: datetime.datetime) -> set[int]:
    """Write these values to these listings, each once, and to what they share; return all listings that say other now.

    They are loaded and locked, with what is `WRITTEN`; search is not told.
    """
    changes = [(listing, values) for listing, values in changes if values]
    parts = {(type(row), row.pk): row for listing, _values in changes for row in _parts(listing)}
    before = {key: _cells(row) for key, row in parts.items()}
    types = {row.code: row for row in ListingType.objects.all()}
    for listing, values in changes:
        _set(listing, values, types)
        listing.updated_at = at
    _replace_phones([(listing, values["phones"]) for listing, values in changes if "phones" in values])
    _replace_schedules([(listing, values["schedules"]) for listing, values in changes if "schedules" in values])
    changed = [row for key, row in parts.items() if _cells(row) != before[key]]
    for model in _columns():
        _save([row for row in changed if type(row) is model], before, at)
    return _listings_of(changed)


def _parts(listing: ServiceAtLocation) -> tuple[Model, ...]:
    return listing, listing.service, listing.service.organization, listing.location


def _cells(row: Model) -> dict[str, Any]:
    return {column: getattr(row, column) for column in _columns()[type(row)]}


def _save(rows: list[Any], before: Mapping[tuple[type[Model], Any], Mapping[str, Any]], at: datetime.datetime) -> None:
    """Write of these rows of one table the columns in which any differs, and when that was."""
    columns = {name for row in rows for name, cell in _cells(row).items() if cell != before[type(row), row.pk][name]}
    for row in rows:
        row.updated_at = at
    if rows:
        type(rows[0])._default_manager.bulk_update(rows, sorted(columns | {"updated_at"}), batch_size=200)


def _listings_of(rows: list[Any]) -> set[int]:
    """Return the keys of these listings, and of those that share one of the other rows."""
    keys: dict[type[Model], list[int]] = {model: [row.pk for row in rows if type(row) is model] for model in _columns()}
    shared = Q(service__in=keys[Service]) | Q(location__in=keys[Location])
    shared |= Q(service__organization__in=keys[Organization])
    return {*keys[ServiceAtLocation], *ServiceAtLocation.objects.filter(shared).values_list("pk", flat=True)}


def _columns() -> dict[type[Model], list[str]]:
    return {
        Organization: ["name", "website", "email"],
        Service: [*languages.columns("name", "description")],
        Location: [*ADDRESS.values(), "location_type", "latitude", "longitude", "point_source"],
        ServiceAtLocation: ["codes", "type", "updated_at"],
    }


def _set(listing: ServiceAtLocation, values: Mapping[str, Any], types: Mapping[str, ListingType]) -> None:
    """Set the columns of a listing and of what it belongs to, unsaved."""
    service, location, organization = listing.service, listing.location, listing.service.organization
    names = dict(values.get("name", {}))
    organization.name = names.pop("organization", organization.name)
    for field, texts in (("name", names), ("description", values.get("description", {}))):
        for code, words in texts.items():
            setattr(service, languages.column(field, code), words)
    for name, value in values.get("web", {}).items():
        setattr(organization, name, value)
    if "address" in values:
        put_address(location, values["address"])
    if "point" in values and location.location_type != Location.Type.VIRTUAL:
        put_point(location, values["point"])
    listing.codes = values.get("codes", listing.codes)
    listing.type = types.get(values["type"]) if "type" in values else listing.type


def put_address(location: Location, value: Mapping[str, Any]) -> None:
    """Set the columns of an address; a virtual place has no point."""
    for column, part in address_columns(value).items():
        setattr(location, column, part)
    if value.get("virtual"):
        put_point(location, None)


def address_columns(value: Mapping[str, Any]) -> dict[str, str]:
    """Return an address by column."""
    kind = Location.Type.VIRTUAL if value.get("virtual") else Location.Type.PHYSICAL
    return {column: value.get(name, "") for name, column in ADDRESS.items()} | {"location_type": kind.value}


def put_point(location: Location, value: list[Any] | None) -> None:
    """Set the columns of a point."""
    for column, part in point_columns(value).items():
        setattr(location, column, part)


def point_columns(value: list[Any] | None) -> dict[str, Any]:
    """Return a point by column."""
    return dict(zip(("latitude", "longitude", "point_source"), value or (None, None, ""), strict=True))


def phone_columns(listing: int, value: list[str], position: int) -> dict[str, Any]:
    """Return a phone by column, of its number, extension, use and perhaps type."""
    number, extension, use, *more = value
    kind = more[0] if more and more[0] in Phone.Type.values else Phone.Type.VOICE.value
    own = {"number": number, "extension": extension, "use": use, "type": kind}
    return {"listing_id": listing, "position": position, **own, **dict.fromkeys(languages.columns("note"), "")}


def schedule_columns(listing: int, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schedule by column."""
    names = (*SCHEDULE_TEXTS, *SCHEDULE_TIMES, *SCHEDULE_DATES, "interval")
    words = value.get("description") or {}
    texts = {languages.column("description", code): words.get(code, "") for code in languages.codes()}
    return {"listing_id": listing, **{name: value[name] for name in names if name in value}, **texts}


def _replace_phones(changes: list[tuple[ServiceAtLocation, list[list[str]]]]) -> None:
    """Make the numbers of listings these; one that stays keeps what staff noted beside it."""
    new, kept = [], []
    for listing, values in changes:
        own = {(row.number, row.extension): row for row in listing.phones.all()}
        for position, value in enumerate(values):
            columns = phone_columns(listing.pk, value, position)
            row = own.get((value[0], value[1]))
            if row is None:
                new.append(Phone(**columns))
            else:
                row.position, row.use, row.type = position, columns["use"], columns["type"]
                kept.append(row)
    numbers = Phone.objects.filter(listing__in=[listing.pk for listing, _values in changes])
    numbers.exclude(pk__in=[row.pk for row in kept]).delete()
    Phone.objects.bulk_update(kept, ["position", "use", "type"], batch_size=200)
    Phone.objects.bulk_create(new)


def _replace_schedules(changes: list[tuple[ServiceAtLocation, list[Mapping[str, Any]]]]) -> None:
    Schedule.objects.filter(listing__in=[listing.pk for listing, _values in changes]).delete()
    Schedule.objects.bulk_create(
        Schedule(**schedule_columns(listing.pk, value)) for listing, values in changes for value in values
    )


def words(field: str, value: Any) -> list[str]:
    """Return a value as lines for a person; a value of another shape as it is."""
    if field == "phones" and isinstance(value, list):
        return [" · ".join(filter(None, map(str, row))) for row in value]
    if field == "schedules" and isinstance(value, list):
        return [" ".join(_flat(row)) for row in value]
    if isinstance(value, list):
        return [" ".join(map(str, value))]
    if isinstance(value, dict):
        return list(dict.fromkeys(_flat(value)))
    return [] if value in (None, "") else [str(value)]


def ordered(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return fields or parts of one in the order in which people read them; the database keeps none."""
    known = [*FIELDS, "organization", *languages.codes(), *ADDRESS, *SCHEDULE_TEXTS, *SCHEDULE_TIMES, *SCHEDULE_DATES]
    return sorted(values.items(), key=lambda pair: known.index(pair[0]) if pair[0] in known else len(known))


def _flat(value: Mapping[str, Any]) -> list[str]:
    """Return the texts in a value, in their order."""
    lines: list[str] = []
    for _name, part in ordered(value):
        lines += _flat(part) if isinstance(part, dict) else [str(part)] if part not in ("", False, None) else []
    return lines
