"""Say what the directory holds, without the numbers that the database gave."""

import hashlib
import json

from resources.models import Organization, Proposal, Provenance, SearchDocument, ServiceAtLocation


def listings():
    """Return every listing with what hangs on it, hidden ones included."""
    rows = ServiceAtLocation.objects.order_by("slug").select_related("service__organization", "location", "type")
    return [
        {
            "slug": listing.slug,
            "title": listing.title,
            "names": [listing.service.name_en, listing.service.name_es],
            "description": [listing.service.description_en, listing.service.description_es],
            "web": [listing.service.organization.website, listing.service.organization.email],
            "codes": listing.codes,
            "lines": listing.location.lines,
            "point": [listing.location.latitude, listing.location.longitude, listing.location.point_source],
            "phones": [[p.number, p.extension, p.use, p.type] for p in listing.phones.order_by("position", "pk")],
            "hours": [str(row) for row in listing.schedules.order_by("pk")],
            "type": listing.type and listing.type.code,
            "hidden": listing.arrives_with_id is not None,
        }
        for listing in rows
    ]


def one(key):
    """Return one thing of every listing."""
    return [row[key] for row in listings()]


def everything():
    """Return a hash of all that an import writes."""
    origins = Provenance.objects.order_by("source", "feed", "source_id")
    proposed = Proposal.objects.order_by("listing__slug", "field", "state")
    parts = [
        listings(),
        list(origins.values_list("listing__slug", "source", "feed", "source_id", "year", "row", "missing_since")),
        list(proposed.values_list("listing__slug", "field", "before", "after", "state")),
        sorted(SearchDocument.objects.values_list("listing__slug", flat=True)),
        sorted(Organization.objects.values_list("name", flat=True)),
    ]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()
