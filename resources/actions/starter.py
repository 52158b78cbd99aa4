"""Load the ZIP table, the taxonomy, and the starter listings and calls."""

import csv
import gzip
import io
import json
from collections.abc import Collection
from pathlib import Path

from django.db import connection, transaction

from portal.lib import languages
from portal.reference.actions import unseen

from ..geo import fold
from ..imports import adding, samhsa_directory
from ..imports.record import Record, identify
from ..models import CallToMake, ImportRow, ListingType, Place, Provenance
from ..samhsa import load
from ..search import documents
from .place_names import load_place_names
from .rebuild import rebuild_search

SOURCE = Provenance.Source.SAMHSA
HERE = Path(__file__).parent.parent
STARTER = HERE / "starter"
ZIPS = HERE / "data" / "us_zips.csv.gz"


@transaction.atomic
def load_starter() -> int:
    """Add the ZIP table, the taxonomy, and the starter records that this database was never given.

    What staff have changed or deleted stays so. Nothing loaded counts as checked. Returns how many listings and calls
    were added.
    """
    load_places()
    load.sync_terms()
    load_types()
    services = json.loads((STARTER / "hartford.json").read_text(encoding="utf-8"))["contents"]
    facilities = {service["source"]["source_id"]: _facility(service) for service in services}
    years = {facilities[row["source"]["source_id"]].source_id: row["source"]["year"] for row in services}
    load_place_names()
    added = _load_listings(facilities.values(), years)
    documents.write_missing()
    return added + _load_calls({key: facility.source_id for key, facility in facilities.items()})


def load_places() -> None:
    """Fill the ZIP table when it is empty; COPY takes half a second where rows of models take five."""
    if Place.objects.exists():
        return
    lines = io.StringIO()
    writer = csv.writer(lines)
    with gzip.open(ZIPS, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            writer.writerow([row["zip"], row["city"], fold(row["city"]), row["state"], row["lat"], row["lon"]])
    lines.seek(0)
    columns = "zip, city, city_key, state, latitude, longitude"
    copy = (
        f"COPY {Place._meta.db_table} ({columns}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (city, city_key, state))"
    )
    with connection.cursor() as cursor:
        cursor.copy_expert(copy, lines)


def load_types() -> None:
    """Add the kinds of places that this database was never given."""
    kinds = json.loads((STARTER / "listing_types.json").read_text(encoding="utf-8"))
    new = unseen("listing type", [kind["code"] for kind in kinds])
    new -= set(ListingType.objects.values_list("code", flat=True))
    for kind in (kind for kind in kinds if kind["code"] in new):
        texts = [(field, *text) for field in ("name", "plural") for text in kind[field].items()]
        words = {languages.column(field, code): text for field, code, text in texts}
        ListingType.objects.create(**words, **{field: kind[field] for field in ("code", "block", "claims", "position")})


def _facility(service: dict) -> Record:
    """Read a service of the HSDS-shaped starter file as a row of the directory that it was composed from."""
    (place,) = service["service_at_locations"]
    location = place["location"]
    (address,) = location["addresses"]
    point_source = samhsa_directory.POINT_SOURCES[service["source"]["geo_source"]]
    name, program = service["name"], service.get("alternate_name", "")
    record = Record(0, name={"organization": name, **dict.fromkeys(languages.codes(), program or name)})
    street = {key: address.get(key, "") for key in ("address_1", "address_2", "city")}
    zip_code = address["postal_code"]
    record.address = {**street, "state": address["state_province"], "zip": zip_code, "virtual": False}
    record.phones = [_phone(phone) for phone in place["phones"]]
    record.codes = [attribute["value"] for attribute in service["attributes"]]
    record.point = [location["latitude"], location["longitude"], point_source]
    identify(record, name, program, *street.values(), address["state_province"], zip_code)
    return record


def _phone(phone: dict) -> list[str]:
    use = "intake" if phone.get("description") == "Intake" else "main"
    return [phone["number"], str(phone.get("extension", "")), use]


def _load_listings(facilities: Collection[Record], years: dict[str, int]) -> int:
    """Add the listings that are new to this database and that no import has brought; `years` are by our ids."""
    new = unseen("listing", years)
    new -= set(Provenance.objects.filter(source=SOURCE, source_id__in=new).values_list("source_id", flat=True))
    if not new:
        return 0
    known, added = adding.Known(SOURCE, ""), []
    for year in sorted(set(years.values())):
        batch = [row for row in facilities if row.source_id in new and years[row.source_id] == year]
        rows = [
            ImportRow(number=number, source_id=record.source_id, record={"said": record.said()})
            for number, record in enumerate(batch, 1)
        ]
        added += adding.add(rows, known, source=SOURCE, year=year)
    rebuild_search(added)
    return len(added)


def _load_calls(keys: dict[str, str]) -> int:
    """Add the calls that are new, linked to the listings they are about; `keys` are ours by the file's ids."""
    records = json.loads((STARTER / "calls_to_make.json").read_text(encoding="utf-8"))
    calls = {f"{call['organization']}, {call['address']}": call for call in records}
    new = unseen("call", calls)
    if not new:
        return 0
    new -= {", ".join(pair) for pair in CallToMake.objects.values_list("organization", "address")}
    rows = Provenance.objects.filter(source=SOURCE, source_id__in=keys.values())
    listings = dict(rows.values_list("source_id", "listing_id"))
    for call in (call for key, call in calls.items() if key in new):
        row = CallToMake.objects.create(
            **{name: call[name] for name in ("organization", "address", "phone", "source")},
            **{languages.column("reason", code): text for code, text in call["reason"].items()},
        )
        row.listings.set([listings[keys[key]] for key in call["source_ids"] if keys.get(key) in listings])
    return len(new)
