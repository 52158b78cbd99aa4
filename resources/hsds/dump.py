"""Turn our rows into HSDS 3.0, as dictionaries: what is not known is left out, never guessed.

Text is in the active language, and never in another in its place. Rows come from `rows.with_listings`; no function here
makes a query.
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.utils import timezone

from portal.lib import languages
from portal.reference.alerts import out_now

from ..models import Location, Organization, Phone, Schedule, Service, ServiceAtLocation, TaxonomyTerm
from . import facts
from .fields import OFFERS, TABLES
from .terms import code_terms, fact_terms, in_words, taxonomy_id


@dataclass(frozen=True)
class Words:
    """What every row of one answer shares: the day, the terms of codes and of facts, and the site's alerts."""

    today: datetime.date = field(default_factory=timezone.localdate)
    codes: Mapping[str, dict] = field(default_factory=lambda: _by_code(code_terms()))
    facts: Mapping[str, dict] = field(default_factory=lambda: _by_code(fact_terms()))
    alert: str = field(default_factory=lambda: out_now(timezone.now(), languages.current()))


def _by_code(rows: Iterable[TaxonomyTerm]) -> dict[str, dict]:
    return {row.code: term(row) for row in rows}


def row(table: str, source: Model | None, **worked_out: Any) -> dict[str, Any]:
    """Return one row of an HSDS table: the columns of `fields.TABLES`, without those that are empty and may be."""
    given: dict[str, Any] = {}
    for column in TABLES[table].columns:
        value = getattr(source, column.source) if column.source else worked_out.get(column.name)
        if value not in (None, ""):
            given[column.name] = in_json(value)
        elif column.is_required:
            given[column.name] = ""
    return given


def in_json(value: Any) -> Any:
    """Return the value as it stands in JSON: moments in UTC, days and times as ISO 8601 writes them."""
    match value:
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case datetime.time():
            return f"{value:%H:%M}"
        case uuid.UUID() | datetime.date():
            return str(value)
    return value


def made_id(parent: uuid.UUID | str, name: str) -> str:
    """Return the id of a row that has none of its own: the same for the same parent and name, always."""
    return str(uuid.uuid5(_parsed(str(parent)), name))


_parsed = lru_cache(maxsize=1024)(uuid.UUID)  # a service asks for some eighty ids below the same parent


def organization(source: Organization) -> dict[str, Any]:
    """Return an organization without what belongs to it."""
    return row("organization", source)


def organization_full(source: Organization, services: list[Service], words: Words, *, full_services: bool) -> dict:
    """Return an organization with its places, and its services: in short, or whole."""
    given = organization(source)
    places = {listing.location.uuid: listing.location for own in services for listing in own.listings.all()}
    if places:
        given["locations"] = [location(place, given["id"], is_full=True) for place in places.values()]
    dump = service_full if full_services else service
    given["services"] = [_without(dump(own, words), "organization") for own in services]
    return given


def service(source: Service, words: Words) -> dict[str, Any]:
    """Return a service with its organization, without what there are several of."""
    least_age, greatest_age = facts.ages(source)
    given = row(
        "service",
        source,
        organization_id=source.organization.uuid,
        status=facts.service_status(source, words.today),
        interpretation_services=facts.interpretation(source),
        application_process="\n".join(facts.texts(source, "they_ask")),
        fees_description="\n".join(facts.texts(source, "up_front")),
        accreditations=facts.accreditations(source),
        eligibility_description=facts.eligibility(source),
        minimum_age=least_age,
        maximum_age=greatest_age,
        assured_date=facts.assured_on(source),
        alert=words.alert,
        last_modified=facts.changed_at(source),
    )
    return given | {"organization": organization(source.organization)}


def service_full(source: Service, words: Words) -> dict[str, Any]:
    """Return a service with everything that is known of it."""
    given = service(source, words)
    listings, own_id = list(source.listings.all()), given["id"]
    shared = [code for code in listings[0].codes if all(code in other.codes for other in listings)]
    parts = {
        "service_at_locations": [_listing_in_service(listing, words, shared) for listing in listings],
        "service_areas": [_area(own_id, name) for name in facts.states_served(source)],
        "languages": [_language(own_id, "service", *spoken) for spoken in facts.spoken(source)],
        "cost_options": [
            row("cost_option", None, id=made_id(own_id, f"cost:{claim}"), service_id=own_id, option=text)
            for claim, text in facts.payments(source)
        ],
        "required_documents": [
            row("required_document", None, id=made_id(own_id, f"document:{n}"), service_id=own_id, document=text)
            for n, text in enumerate(facts.texts(source, "to_bring"))
        ],
        "attributes": _offers(own_id, shared, words),
    }
    return given | {name: rows for name, rows in parts.items() if rows}


def listing(source: ServiceAtLocation, of: Service, words: Words) -> dict[str, Any]:
    """Return a service at a location with both, without what there are several of."""
    given = _listing(source, of, words)
    place = location(source.location, str(of.organization.uuid), is_full=False)
    return given | {"location": place, "service": service(of, words)}


def listing_full(source: ServiceAtLocation, of: Service, words: Words) -> dict[str, Any]:
    """Return a service at a location with everything that is known of it; every code is an attribute of its own."""
    given = _listing_in_service(source, words, shared=[]) | {"service_id": str(of.uuid)}
    return given | {"service": _without(service_full(of, words), "service_at_locations")}


def location(source: Location, organization_id: str, *, is_full: bool) -> dict[str, Any]:
    """Return a location; `is_full`: with its address and how accessible it is."""
    given = row("location", source, organization_id=organization_id, description=facts.about_the_point(source))
    if not is_full:
        return given
    if source.address_1 or source.city:
        address = row("address", source, id=made_id(given["id"], "address"), location_id=given["id"])
        given["addresses"] = [address]
    if text := facts.wheelchair(source):
        own_id = made_id(given["id"], "wheelchair")
        given["accessibility"] = [row("accessibility", None, id=own_id, location_id=given["id"], description=text)]
    return given


def taxonomy(name: str) -> dict[str, Any]:
    """Return a taxonomy by its own name."""
    title, description, version = in_words(name)
    return row("taxonomy", None, id=taxonomy_id(name), name=title, description=description, version=version)


def term(source: TaxonomyTerm) -> dict[str, Any]:
    """Return a term of a taxonomy."""
    own = row("taxonomy_term", source, taxonomy_id=taxonomy_id(source.taxonomy), language=languages.current())
    return own if own["name"] else own | {"name": source.code}


def _listing(source: ServiceAtLocation, of: Service, words: Words) -> dict[str, Any]:
    return row(
        "service_at_location",
        source,
        service_id=of.uuid,
        location_id=source.location.uuid,
        description=facts.notices(source, words.today),
    )


def _listing_in_service(source: ServiceAtLocation, words: Words, shared: list[str]) -> dict[str, Any]:
    of = source.service
    given, own_id = _listing(source, of, words), str(source.uuid)
    attributes = _offers(own_id, [code for code in source.codes if code not in shared], words)
    attributes += [_fact(own_id, name, value, words) for name, value in facts.listing_facts(source, words.today)]
    parts = {
        "location": location(source.location, str(of.organization.uuid), is_full=True),
        "phones": [_phone(phone, own_id, words) for phone in source.phones.all()],
        "schedules": [
            _schedule(rule, own_id, source.location, words, n) for n, rule in enumerate(source.schedules.all())
        ],
        "attributes": attributes,
    }
    return given | {name: part for name, part in parts.items() if part}


def _phone(source: Phone, listing_id: str, words: Words) -> dict[str, Any]:
    own_id = made_id(listing_id, f"phone:{source.number}:{source.extension}")
    fits = source.extension and not source.extension.startswith("0")  # HSDS wants a number: 0123 would lose its zero
    given = row(
        "phone",
        source,
        id=own_id,
        service_at_location_id=listing_id,
        number=source.number if fits or not source.extension else f"{source.number} x{source.extension}",
        extension=int(source.extension) if fits else None,
        description=facts.about_the_phone(source),
    )
    if source.languages:
        given["languages"] = [
            _language(own_id, "phone", code, facts.language_name(code) or code, "") for code in source.languages
        ]
    given["attributes"] = [_fact(own_id, "use", source.use, words)]
    return given


def _schedule(source: Schedule, listing_id: str, place: Location, words: Words, number: int) -> dict[str, Any]:
    own_id = made_id(listing_id, f"schedule:{number}")
    starts = source.valid_from if source.interval > 1 else None  # what "every second week" is counted from
    zone = place.time_zone or timezone.get_default_timezone_name()
    given = row("schedule", source, id=own_id, service_at_location_id=listing_id, dtstart=starts, notes=zone)
    if source.purpose:
        given["attributes"] = [_fact(own_id, "purpose", source.purpose, words)]
    return given


def _language(parent: str, table: str, code: str, name: str, note: str) -> dict[str, Any]:
    own_id = made_id(parent, f"language:{code or name}")
    return row("language", None, id=own_id, code=code, name=name, note=note, **{f"{table}_id": parent})


def _area(service_id: str, name: str) -> dict[str, Any]:
    own_id = made_id(service_id, f"area:{name}")
    return row("service_area", None, id=own_id, service_id=service_id, name=name)


def _offers(parent: str, own_codes: Iterable[str], words: Words) -> list[dict[str, Any]]:
    return [_attribute(parent, OFFERS, words.codes[code], code) for code in own_codes if code in words.codes]


def _fact(parent: str, name: str, value: str, words: Words) -> dict[str, Any]:
    return _attribute(parent, name, words.facts[name], value)


def _attribute(parent: str, link_type: str, of: Mapping[str, Any], value: str) -> dict[str, Any]:
    return {
        "id": made_id(parent, f"attribute:{link_type}:{value}"),
        "taxonomy_term_id": of["id"],
        "link_type": link_type,
        "value": value,
        "taxonomy_term": of,
    }


def _without(given: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}
