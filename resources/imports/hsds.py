"""Read HSDS 3.0 objects, a service with its places at a time: one record for each place where it is given."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.lib import languages

from ..models import Phone
from . import checks, times
from .record import Problem, Record, identity

ADDRESS = {
    "address_1": "address_1",
    "address_2": "address_2",
    "city": "city",
    "state": "state_province",
    "zip": "postal_code",
}
PHONE_TYPES = {"": "", "voice": "", "cell": "", "text": "text", "fax": "fax", "textphone": "textphone"}
ACTIVE = ("", "active")
LONGEST_ID = 120


def records(service: Mapping[str, Any], known: Collection[str]) -> Iterator[Record]:
    """Yield a record for each of the places of a service, or one without a place."""
    places = _maps(service.get("service_at_locations")) or [{}]
    for place in places:
        yield _record(service, place, known)


def _record(service: Mapping[str, Any], place: Mapping[str, Any], known: Collection[str]) -> Record:
    location, organization = _map(place.get("location")), _map(service.get("organization"))
    found: list[Problem] = []
    record = Record(0, problems=found, raw={"service": service.get("id"), "place": place.get("id")})
    _refuse(service, organization, found)
    record.source_id = _id(place.get("id") or service.get("id"), found)
    record.ids = _ids(organization=organization, service=service, location=location)
    record.name = _name(service, organization, found)
    if "description" in service:
        record.description = {languages.codes()[0]: checks.text(service["description"], "description", found)}
    site, mail = organization.get("website") or service.get("url"), organization.get("email") or service.get("email")
    record.web = checks.web(site, mail, found)
    _put_place(record, location, found)
    record.phones, is_whole = _phones([place, service, location, organization], found)
    record.doubtful |= set() if is_whole else {"phones"}
    record.schedules = _schedules([place, service, location], found)
    if "attributes" in service or "attributes" in place:
        own = [code for row in (service, place) for code in _codes(row)]
        record.codes = checks.codes(own, known, "attributes", found)
    if not record.source_id:
        record.source_id = identity(*record.name.values(), *map(str, record.address.values() if record.address else ()))
    return record


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _maps(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _id(value: Any, found: checks.Found) -> str:
    """Return an id as it stands: in small letters, as UUIDs are compared; it need not be one."""
    return checks.line(value, "id", found, LONGEST_ID).casefold()


def _ids(**rows: Mapping[str, Any]) -> dict[str, str]:
    return {kind: str(row["id"])[:LONGEST_ID] for kind, row in rows.items() if row.get("id")}


def _refuse(service: Mapping[str, Any], organization: Mapping[str, Any], found: checks.Found) -> None:
    if not service:
        found.append(Problem("service", _("The place names a service that is not in the file."), True))
    elif not organization:
        found.append(Problem("organization", _("The service names an organization that is not in the file."), True))
    status = str(service.get("status") or "").casefold()
    if status not in ACTIVE:
        message = _("The service is not active: its status is “%(value)s”.") % {"value": status[:20]}
        found.append(Problem("status", message, True))


def _name(service: Mapping[str, Any], organization: Mapping[str, Any], found: checks.Found) -> dict[str, str]:
    name = checks.line(service.get("name"), "name", found)
    runner = checks.line(organization.get("name"), "organization: name", found)
    if service and not name:
        found.append(Problem("name", _("The name is missing."), True))
    if organization and not runner:
        found.append(Problem("organization: name", _("The name is missing."), True))
    return {"organization": runner, languages.codes()[0]: name}


def _put_place(record: Record, location: Mapping[str, Any], found: checks.Found) -> None:
    """Read where it is; a place without an address is a virtual one."""
    addresses = sorted(_maps(location.get("addresses")), key=lambda row: row.get("address_type") != "physical")
    is_virtual = not location or location.get("location_type") == "virtual"
    cells = addresses[0] if addresses and not is_virtual else {}
    record.address = {**checks.address(cells, found, ADDRESS, is_needed=False), "virtual": is_virtual}
    if location and not is_virtual:
        record.point = checks.point(location.get("latitude"), location.get("longitude"), "address", found)


def _phones(rows: list[Mapping[str, Any]], found: checks.Found) -> tuple[list[list[str]], bool]:
    """Return the numbers of the nearest thing that has any: the place, the service, the location, the organization."""
    given = next(filter(None, (_maps(row.get("phones")) for row in rows)), [])
    kept: list[list[str]] = []
    is_whole = True
    for row in given:
        kind = PHONE_TYPES.get(str(row.get("type") or "").casefold())
        use = Phone.Use.INTAKE if "intake" in str(row.get("description") or "").casefold() else Phone.Use.MAIN
        read, is_read = checks.phones([("phones", row.get("number"), use.value)], found)
        is_whole &= is_read and kind is not None
        extension = str(row.get("extension") or "")
        for number in read if kind is not None else []:
            number[1] = number[1] or (extension if extension.isdecimal() and len(extension) <= 10 else "")
            kept += [number + ([kind] if kind else [])] if number[:2] not in [other[:2] for other in kept] else []
    return kept, is_whole


def _schedules(rows: list[Mapping[str, Any]], found: checks.Found) -> list[dict[str, Any]]:
    given = next(filter(None, (_maps(row.get("schedules")) for row in rows)), [])
    return [kept for row in given if (kept := times.schedule(row, "schedules", found)) is not None]


def _codes(row: Mapping[str, Any]) -> Iterator[str]:
    for attribute in _maps(row.get("attributes")):
        yield str(_map(attribute.get("taxonomy_term")).get("code") or attribute.get("value") or "")
