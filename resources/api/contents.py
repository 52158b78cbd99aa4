"""Load the rows of one page by their keys and turn them into HSDS: as many queries whatever the page's size."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet

from ..hsds import dump, rows
from ..models import Organization, Service, ServiceAtLocation, TaxonomyTerm

Dump = Callable[[Sequence[int], dump.Words], list[dict[str, Any]]]


def services(keys: Sequence[int], words: dump.Words, *, is_full: bool) -> list[dict[str, Any]]:
    """Return these services, in short or whole."""
    given = dump.service_full if is_full else dump.service
    found = _with_listings(Service.objects.filter(pk__in=keys), is_full=is_full)
    return _in_order(keys, {row.pk: given(row, words) for row in found})


def listings(keys: Sequence[int], words: dump.Words, *, is_full: bool) -> list[dict[str, Any]]:
    """Return these services at their locations, in short or whole."""
    given = dump.listing_full if is_full else dump.listing
    parents = ServiceAtLocation.objects.filter(pk__in=keys).values("service")
    found = rows.with_listings(Service.objects.filter(pk__in=parents), is_full=is_full)
    wanted = set(keys)
    pairs = [(row, service) for service in found for row in service.listings.all() if row.pk in wanted]
    return _in_order(keys, {row.pk: given(row, service, words) for row, service in pairs})


def organizations(
    keys: Sequence[int], words: dump.Words, *, is_full: bool, full_services: bool
) -> list[dict[str, Any]]:
    """Return these organizations, in short or with what they run."""
    found = Organization.objects.filter(pk__in=keys)
    if not is_full:
        return _in_order(keys, {row.pk: dump.organization(row) for row in found})
    own: dict[int, list[Service]] = {key: [] for key in keys}
    parents = rows.public_services().filter(organization__in=keys).order_by("pk")
    for service in _with_listings(parents, is_full=full_services):
        own[service.organization_id].append(service)
    given = {row.pk: dump.organization_full(row, own[row.pk], words, full_services=full_services) for row in found}
    return _in_order(keys, given)


def terms(found: Sequence[TaxonomyTerm]) -> list[dict[str, Any]]:
    """Return these terms, each with its taxonomy."""
    details = {name: dump.taxonomy(name) for name in {row.taxonomy for row in found}}
    return [dump.term(row) | {"taxonomy_detail": details[row.taxonomy]} for row in found]


def taxonomies(found: Sequence[TaxonomyTerm]) -> list[dict[str, Any]]:
    """Return the taxonomies of these terms."""
    return [dump.taxonomy(name) for name in dict.fromkeys(row.taxonomy for row in found)]


def _with_listings(services: QuerySet[Service], *, is_full: bool) -> list[Service]:
    """Load these services without those whose last public listing went since they were asked for."""
    return [row for row in rows.with_listings(services, is_full=is_full) if row.listings.all()]


def _in_order(keys: Sequence[int], found: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    return [found[key] for key in keys if key in found]
