"""Change the directory: load the starter listings, rebuild what search reads."""

import csv
import gzip
import io
import json
from collections.abc import Collection
from pathlib import Path

from django.db import connection, transaction

from portal.lib import languages
from portal.reference.actions import unseen

from .geo import fold
from .models import CallToMake, Place, Provenance, ServiceAtLocation
from .samhsa import load
from .samhsa.check import POINT_SOURCES, Facility, identity
from .search import documents

HERE = Path(__file__).parent
STARTER = HERE / "starter"
ZIPS = HERE / "data" / "us_zips.csv.gz"


def rebuild_search(listings: Collection[int] | None = None) -> None:
    """Write again what search reads of these listings, or of all."""
    documents.write(listings)


@transaction.atomic
def load_starter() -> int:
    """Add the ZIP table, the taxonomy, and the starter listings and calls that this database was never given.

    What staff have changed or deleted stays so. Nothing loaded counts as checked. Returns how many listings and calls
    were added.
    """
    load_places()
    load.sync_terms()
    services = json.loads((STARTER / "hartford.json").read_text(encoding="utf-8"))["contents"]
    facilities = {service["source"]["source_id"]: _facility(service) for service in services}
    years = {facilities[source["source_id"]].key: source["year"] for source in (row["source"] for row in services)}
    added = _load_listings(facilities.values(), years)
    return added + _load_calls({key: facility.key for key, facility in facilities.items()})


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


def _facility(service: dict) -> Facility:
    """Read a service of the HSDS-shaped starter file as a row of the directory that it was composed from."""
    (place,) = service["service_at_locations"]
    location = place["location"]
    (address,) = location["addresses"]
    point_source = POINT_SOURCES[service["source"]["geo_source"]]
    facility = Facility(
        name1=service["name"],
        name2=service.get("alternate_name", ""),
        street1=address["address_1"],
        street2=address.get("address_2", ""),
        city=address["city"],
        state=address["state_province"],
        zip=address["postal_code"],
        phones=[_phone(phone) for phone in place["phones"]],
        codes=[attribute["value"] for attribute in service["attributes"]],
        point=[location["latitude"], location["longitude"], point_source],
    )
    facility.key = identity(facility)
    return facility


def _phone(phone: dict) -> list[str]:
    use = "intake" if phone.get("description") == "Intake" else "main"
    return [phone["number"], str(phone.get("extension", "")), use]


def _load_listings(facilities: Collection[Facility], years: dict[str, int]) -> int:
    """Add the listings that are new to this database and that no import has brought; `years` are by our keys."""
    new = unseen("listing", years)
    new -= set(Provenance.objects.filter(source=load.SOURCE, source_id__in=new).values_list("source_id", flat=True))
    if not new:
        return 0
    report, slugs = load.Report(), set(ServiceAtLocation.objects.values_list("slug", flat=True))
    for year in sorted(set(years.values())):
        batch = [facility for facility in facilities if facility.key in new and years[facility.key] == year]
        load.store(batch, year=year, slugs=slugs, report=report)
    return report.added


def _load_calls(keys: dict[str, str]) -> int:
    """Add the calls that are new, linked to the listings they are about; `keys` are ours by the file's ids."""
    records = json.loads((STARTER / "calls_to_make.json").read_text(encoding="utf-8"))
    calls = {f"{call['organization']}, {call['address']}": call for call in records}
    new = unseen("call", calls)
    if not new:
        return 0
    new -= {", ".join(pair) for pair in CallToMake.objects.values_list("organization", "address")}
    rows = Provenance.objects.filter(source=load.SOURCE, source_id__in=keys.values())
    listings = dict(rows.values_list("source_id", "listing_id"))
    for call in (call for key, call in calls.items() if key in new):
        row = CallToMake.objects.create(
            **{name: call[name] for name in ("organization", "address", "phone", "source")},
            **{languages.column("reason", code): text for code, text in call["reason"].items()},
        )
        row.listings.set([listings[keys[key]] for key in call["source_ids"] if keys.get(key) in listings])
    return len(new)
