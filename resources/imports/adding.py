"""Make listings of the staged rows that are new; nobody sees them before the switch."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.utils.text import slugify

from portal.lib import languages

from ..models import (
    Import,
    ImportRow,
    ListingType,
    Location,
    Organization,
    Phone,
    Place,
    Provenance,
    Schedule,
    Service,
    ServiceAtLocation,
)
from ..models.listing import RESERVED_SLUGS
from . import bulk, fields

LONGEST_SLUG = 100


class Known:
    """What is there already: the slugs that are taken, and what the rows of a list share, by the list's own ids."""

    def __init__(self, source: str, feed: str):
        self.slugs = set(ServiceAtLocation.objects.values_list("slug", flat=True))
        self.counts: dict[str, int] = {}  # how far the numbers behind a slug are used: a thousand may share a name
        self.shared: dict[tuple[str, str], int] = {}
        self.pairs: set[tuple[int, int]] = set()
        self.types = {row.code: row for row in ListingType.objects.all()}
        rows = Provenance.objects.filter(source=source, feed=feed, row__has_key="ids").order_by("pk")
        listing = ("listing__service__organization", "listing__service", "listing__location")
        for ids, *keys in rows.values_list("row__ids", *listing).iterator():
            for kind, key in zip(("organization", "service", "location"), keys, strict=True):
                if ids and kind in ids:
                    self.shared.setdefault((kind, ids[kind]), key)
            self.pairs.add((keys[1], keys[2]))


def add(
    rows: list[ImportRow],
    known: Known,
    *,
    source: str,
    feed: str = "",
    year: int,
    arrives_with: Import | None = None,
) -> list[int]:
    """Make these rows into listings, hidden until the import they arrive with is applied; return their keys.

    Call it in a transaction, and do not use `known` again if that fails.
    """
    said = [row.record["said"] for row in rows]
    fill_points(said)
    made = _listings(rows, said, known)
    hidden = {"arrives_with_id": arrives_with and arrives_with.pk}
    listings = bulk.insert(ServiceAtLocation, [own | hidden for own in made])
    _hang_on(list(zip(said, listings, strict=True)))
    origin = {"source": source, "feed": feed, "year": year}
    pairs = zip(rows, listings, strict=True)
    bulk.insert(Provenance, [{**origin, "listing_id": listing, **_remembered(row)} for row, listing in pairs])
    return listings


def _listings(rows: list[ImportRow], said: list[dict[str, Any]], known: Known) -> list[dict[str, Any]]:
    """Make what rows may share: organizations, services and places; return each row's listing by column."""
    runners = _shared("organization", Organization, rows, [_organization(each) for each in said], known)
    own = [_service(each, runner) for each, runner in zip(said, runners, strict=True)]
    services = _shared("service", Service, rows, own, known)
    places = _shared("location", Location, rows, [_location(each) for each in said], known)
    places = _own_places(said, services, places, known)
    return [_listing(*parts, known) for parts in zip(said, services, places, strict=True)]


def _listing(said: dict[str, Any], service: int, place: int, known: Known) -> dict[str, Any]:
    kind = known.types.get(said.get("type", ""))
    return {
        "service_id": service,
        "location_id": place,
        "slug": _slug(said, known),
        "codes": said.get("codes", []),
        "type_id": kind and kind.pk,
        **dict.fromkeys(languages.columns("they_ask", "to_bring", "up_front"), ""),
    }


def _hang_on(pairs: list[tuple[dict[str, Any], int]]) -> None:
    numbers, hours = [], []
    for said, listing in pairs:
        numbers += [fields.phone_columns(listing, value, at) for at, value in enumerate(said.get("phones", []))]
        hours += [fields.schedule_columns(listing, value) for value in said.get("schedules", [])]
    bulk.insert(Phone, numbers)
    Schedule.objects.bulk_create(Schedule(**row) for row in hours)  # each may say other things: not for COPY


def _remembered(row: ImportRow) -> dict[str, Any]:
    """Return the row as the next import compares with it, and the ids by which it finds what rows share."""
    ids = row.record.get("ids")
    return {"source_id": row.source_id, "row": row.record["said"] | ({"ids": ids} if ids else {})}


def fill_points(said: Iterable[dict[str, Any]]) -> None:
    """Give a place without a point the middle of its ZIP code, and say so."""
    missing = [
        each for each in said if "address" in each and not each.get("point") and not each["address"].get("virtual")
    ]
    points = Place.objects.in_bulk({each["address"]["zip"][:5] for each in missing})
    for each in missing:
        if place := points.get(each["address"]["zip"][:5]):
            each["point"] = [place.latitude, place.longitude, Location.PointSource.ZIP_CENTROID.value]


def _shared(
    kind: str, model: type[Model], rows: list[ImportRow], values: list[dict[str, Any]], known: Known
) -> list[int]:
    """Return for each row the key of the thing it shares with others of its list, or of its own, made where new."""
    keys = [(kind, row.record.get("ids", {}).get(kind) or f"#{row.number}") for row in rows]
    new: dict[tuple[str, str], dict[str, Any]] = {}
    for key, value in zip(keys, values, strict=True):
        if key not in known.shared:
            new.setdefault(key, value)
    made = dict(zip(new, bulk.insert(model, list(new.values())), strict=True))
    known.shared |= {key: pk for key, pk in made.items() if not key[1].startswith("#")}
    return [made[key] if key in made else known.shared[key] for key in keys]


def _own_places(said: list[dict[str, Any]], services: list[int], places: list[int], known: Known) -> list[int]:
    """Return the places, a new one where the service is listed at that place already: a listing is one of each."""
    own = []
    for each, service, place in zip(said, services, places, strict=True):
        if (service, place) in known.pairs:
            (place,) = bulk.insert(Location, [_location(each)])
        known.pairs.add((service, place))
        own.append(place)
    return own


def _organization(said: dict[str, Any]) -> dict[str, Any]:
    web = said.get("web", {})
    texts = dict.fromkeys(languages.columns("description"), "")
    own = {"name": said["name"]["organization"], "website": web.get("website", ""), "email": web.get("email", "")}
    return own | texts


def _service(said: dict[str, Any], organization: int) -> dict[str, Any]:
    """Return a service by column: named in every language, as proper names are, where the list has one name."""
    names = {code: name for code, name in said["name"].items() if code != "organization" and name}
    usual = next(iter(names.values()), said["name"]["organization"])
    texts = said.get("description", {})
    columns = {languages.column("name", code): names.get(code, usual) for code in languages.codes()}
    columns |= {languages.column("description", code): texts.get(code, "") for code in languages.codes()}
    return {"organization_id": organization, **columns}


def _location(said: dict[str, Any]) -> dict[str, Any]:
    address = said.get("address", {"virtual": True})
    point = None if address.get("virtual") else said.get("point")
    texts = dict.fromkeys(languages.columns("transit"), "")
    return fields.address_columns(address) | fields.point_columns(point) | texts


def _slug(said: dict[str, Any], known: Known) -> str:
    name = said["name"]
    program = next((words for code, words in name.items() if code != "organization"), "")
    words = [name["organization"], program if program != name["organization"] else "", said["address"]["city"]]
    base = slugify(" ".join(words).replace("/", " "))[:LONGEST_SLUG].strip("-") or "listing"
    slug, count = base, known.counts.get(base, 1)
    while slug in known.slugs or slug in RESERVED_SLUGS:
        count += 1
        slug = f"{base}-{count}"
    known.slugs.add(slug)
    known.counts[base] = count
    return slug
