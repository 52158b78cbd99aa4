"""Multiply the services of a database to a million, spread over the ZIP codes of the country.

    VAR_DIR=<a folder of its own> python -m bench.million

Only for a database that may be thrown away: every copy has a service, a location and a listing of its own, and its
document, at the point of a ZIP code moved by up to three miles.
"""

import os
import time
from collections.abc import Iterator, Mapping

import django

WANTED = 1_000_000
DOCUMENTS = "resources_searchdocument"

_COPIES = """
CREATE TEMPORARY TABLE copies AS
SELECT row_number() OVER () AS number, listing.id AS listing_id, listing.service_id, listing.location_id,
  place.state, place.zip, place.latitude + (random() - 0.5) * 0.08 AS latitude,
  place.longitude + (random() - 0.5) * 0.08 AS longitude
FROM (SELECT listing_id, row_number() OVER () AS own FROM resources_searchdocument WHERE block = 'places') AS documents
JOIN resources_serviceatlocation AS listing ON listing.id = listing_id
CROSS JOIN generate_series(1, %(times)s) AS copy
JOIN (SELECT *, row_number() OVER (ORDER BY random()) AS turn FROM resources_place) AS place
  ON place.turn = 1 + (own * 7919 + copy * 104729) %% (SELECT count(*) FROM resources_place)
LIMIT %(missing)s"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO'"""

# Table -> the column of `copies` with the row to copy, and what differs in the copy.
HERE = {"latitude": "copies.latitude", "longitude": "copies.longitude"}
UUID = {"uuid": "gen_random_uuid()"}
SERVICE, LOCATION = "%(resources_service)s + copies.number", "%(resources_location)s + copies.number"
LISTING = "%(resources_serviceatlocation)s + copies.number"
TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "resources_service": ("service_id", {"id": SERVICE, **UUID}),
    "resources_location": (
        "location_id",
        {
            "id": LOCATION,
            "state_province": "copies.state",
            "postal_code": "copies.zip",
            "point_source": "'zip-centroid'",
            **HERE,
            **UUID,
        },
    ),
    "resources_serviceatlocation": (
        "listing_id",
        {
            "id": LISTING,
            "service_id": SERVICE,
            "location_id": LOCATION,
            "slug": "'copy-' || copies.number",
            "short_code": "nextval('resources_short_code')",
            **UUID,
        },
    ),
    DOCUMENTS: ("listing_id", {"listing_id": LISTING, "state": "copies.state", **HERE}),
}


def main() -> None:
    """Multiply, and print how long each step took and how large it became."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    for line in multiply():
        print(line, flush=True)


def multiply() -> Iterator[str]:
    """Fill the database up to a million services; yield a line a step."""
    from django.db import connection  # noqa: PLC0415 (needs setup)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM resources_service")
        count = cursor.fetchone()[0]
        cursor.execute(_COPIES, {"times": WANTED // count + 1, "missing": WANTED - count})
        last = {table: _last(cursor, table) for table in TABLES}
        for table, (source, values) in TABLES.items():
            began = time.perf_counter()
            indexes = _drop_indexes(cursor, table)
            cursor.execute(_insert(cursor, table, source, values), last)
            rows = cursor.rowcount
            for index in indexes:
                cursor.execute(index)
            yield f"{table}: {rows:,} rows in {time.perf_counter() - began:.0f} s"
        cursor.execute("VACUUM ANALYZE")
        for table in TABLES:
            yield f"{table}: {_sizes(cursor, table)}"


def _last(cursor, table: str) -> int:
    cursor.execute(f"SELECT max({_key(table)}) FROM {table}")
    return cursor.fetchone()[0]


def _key(table: str) -> str:
    return "listing_id" if table == DOCUMENTS else "id"


def _drop_indexes(cursor, table: str) -> list[str]:
    """Drop the indexes that hold no rule, and return the statements that make them again: a quarter of the time."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
        [table],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in indexes]


def _insert(cursor, table: str, source: str, values: Mapping[str, str]) -> str:
    """Return the statement that writes every copy: the columns of its source, but for the values that differ."""
    cursor.execute(_COLUMNS, [table])
    columns = [name for (name,) in cursor.fetchall()]
    if "id" in values and "id" not in columns:
        columns.append("id")  # an identity column is left out of the list
    chosen = ", ".join(values.get(name, f'source."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    join = f"JOIN {table} AS source ON source.{_key(table)} = copies.{source}"
    return (
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {chosen} FROM copies {join} ORDER BY copies.zip"
    )


def _sizes(cursor, table: str) -> str:
    cursor.execute("SELECT pg_size_pretty(pg_table_size(%(t)s)), pg_size_pretty(pg_indexes_size(%(t)s))", {"t": table})
    return "{} and {} of indexes".format(*cursor.fetchone())


if __name__ == "__main__":
    main()
