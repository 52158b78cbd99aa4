"""Load a listing with everything that its own page shows in one statement.

Django's way is eight of them, and putting those together takes longer than answering. So the database gives all rows as
JSON, Django's models are made of them, and their relations are filled as `prefetch_related` would.
"""

import json
from collections.abc import Callable, Iterable
from functools import cache

from django.db import connection, models

from ..models import (
    Correction,
    ListingType,
    Location,
    Organization,
    Phone,
    Provenance,
    QualityFact,
    Schedule,
    Service,
    ServiceAtLocation,
    Verification,
)

# Relation -> its model and the order of its rows.
_RELATED: dict[str, tuple[type[models.Model], str]] = {
    "phones": (Phone, "position, id"),
    "provenances": (Provenance, "id"),
    "schedules": (Schedule, "id"),
    "verifications": (Verification, "at DESC, id DESC"),
    "quality_facts": (QualityFact, "as_of DESC, id"),
    "corrections": (Correction, "field"),
}
_TOLD = f"""(SELECT DISTINCT ON (field) * FROM {{table}} WHERE listing_id = l.id AND state = '{Correction.State.OPEN}'
  ORDER BY field, reported_on DESC, id DESC)"""
_CLOSURES = """'closure_rows', (SELECT coalesce(json_agg(json_build_object('starts_on', starts_on, 'ends_on', ends_on,
  'reason', reason, 'opens_at', opens_at, 'closes_at', closes_at) ORDER BY starts_on, id), '[]')
  FROM resources_closure WHERE listing_id = l.id)"""
_MANY = "'{name}', (SELECT json_agg(r ORDER BY {order}) FROM {rows} AS r WHERE listing_id = l.id)"
_STATEMENT = """
SELECT json_build_object('listing', l, 'type', t, 'service', s, 'organization', o, 'location', p, {parts})::text
FROM resources_serviceatlocation AS l
JOIN resources_service AS s ON s.id = l.service_id
JOIN resources_organization AS o ON o.id = s.organization_id
JOIN resources_location AS p ON p.id = l.location_id
LEFT JOIN resources_listingtype AS t ON t.id = l.type_id
WHERE l.slug = %s AND l.arrives_with_id IS NULL"""
_TEXT_IN_JSON = (models.DateField, models.TimeField, models.UUIDField)  # a DateTimeField is a DateField


def load(slug: str) -> ServiceAtLocation | None:
    """Return the listing with a page by this name, everything on `ServiceAtLocation.objects.for_page()` loaded."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [slug])
        row = cursor.fetchone()
    return _built(json.loads(row[0])) if row else None


@cache
def _statement() -> str:
    own = {"corrections": _TOLD}  # of what strangers send there may be any number
    many = [
        _MANY.format(name=name, order=order, rows=own.get(name, "{table}").format(table=model._meta.db_table))
        for name, (model, order) in _RELATED.items()
    ]
    return _STATEMENT.format(parts=", ".join([_CLOSURES, *many]))


def _built(said: dict) -> ServiceAtLocation:
    listing = _made(ServiceAtLocation, said["listing"])
    listing.type = _made(ListingType, said["type"]) if said["type"] else None
    listing.location = _made(Location, said["location"])
    listing.service = _made(Service, said["service"])
    listing.service.organization = _made(Organization, said["organization"])
    listing.closure_rows = said["closure_rows"]
    listing._prefetched_objects_cache = {
        name: _filled(model, said[name] or []) for name, (model, _order) in _RELATED.items()
    }
    return listing


def _made(model: type[models.Model], row: dict):
    """Return a row as Django reads it, its dates, times and ids no longer as text."""
    names, columns = _columns(model)
    return model.from_db(connection.alias, names, [read(row[column]) for column, read in columns])


@cache
def _columns(model: type[models.Model]) -> tuple[list[str], list[tuple[str, Callable]]]:
    fields = model._meta.concrete_fields
    reads = [field.to_python if isinstance(field, _TEXT_IN_JSON) else _as_it_is for field in fields]
    return [field.attname for field in fields], [
        (str(field.column), read) for field, read in zip(fields, reads, strict=True)
    ]


def _as_it_is(value):
    return value


def _filled(model: type[models.Model], rows: Iterable[dict]) -> models.QuerySet:
    """Return a queryset that has been read."""
    queryset = model._default_manager.all()
    queryset._result_cache = [_made(model, row) for row in rows]
    return queryset
