"""Narrow the public rows down to what was asked for."""

import uuid
from functools import reduce
from operator import or_

from django.db.models import QuerySet

from portal.lib import fulltext, languages

from ..hsds import rows, terms
from ..models import Organization, Place, SearchDocument, Service, ServiceAtLocation, TaxonomyTerm
from . import parameters
from .answers import ProblemError


def listings(query: parameters.Listings) -> QuerySet[ServiceAtLocation]:
    """Return the listings asked for, in their order."""
    found = rows.public_listings()
    if query.postcode:
        place = Place.objects.filter(zip=query.postcode).first()
        if place is None:
            raise ProblemError(404, "We do not know this ZIP code.")
        found = rows.near(place, query.proximity).order_by("metres", "pk")  # type: ignore[misc]  # an annotation
    else:
        found = found.order_by("pk")
    if query.modified_after:
        found = found.filter(changed_at__gte=query.modified_after)  # type: ignore[misc]  # an annotation
    return _narrowed(found, query)


def services(query: parameters.Services) -> QuerySet[Service]:
    """Return the services asked for, in their order."""
    found = rows.public_services().order_by("pk")
    if query.modified_after or query.minimal:
        found = rows.with_changed_at(found)
    if query.modified_after:
        found = found.filter(changed_at__gte=query.modified_after)  # type: ignore[misc]  # an annotation
    if not (query.search or query.taxonomy_term_id or query.taxonomy_id or query.organization_id):
        return found
    return found.filter(pk__in=_narrowed(ServiceAtLocation.objects.public(), query).values("service"))


def organizations(query: parameters.Organizations) -> QuerySet[Organization]:
    """Return the organizations asked for, in their order."""
    found = rows.public_organizations().order_by("pk")
    if words := fulltext.bounded(query.search):
        mentioned = _mentioning(ServiceAtLocation.objects.public(), words)
        return found.filter(pk__in=mentioned.values("service__organization"))
    return found


def every_term() -> list[TaxonomyTerm]:
    """Return the terms of codes and of facts; there are a few hundred."""
    return [*terms.code_terms(), *terms.fact_terms()]


def terms_asked_for(query: parameters.Terms) -> list[TaxonomyTerm]:
    """Return the terms asked for."""
    if query.parent_id:
        return []
    words = fulltext.bounded(query.search).casefold()
    return [
        term
        for term in every_term()
        if (query.taxonomy_id is None or terms.taxonomy_id(term.taxonomy) == query.taxonomy_id)
        and words in f"{term.code} {term.name}".casefold()
    ]


def _narrowed(found: QuerySet[ServiceAtLocation], query: parameters.ServiceFilters) -> QuerySet[ServiceAtLocation]:
    if query.organization_id:
        found = found.filter(service__organization__uuid=query.organization_id)
    if query.taxonomy_term_id:
        found = found.filter(codes__contains=[_code(query.taxonomy_term_id)])
    if query.taxonomy_id:
        found = found.filter(codes__overlap=_codes(query.taxonomy_id))
    if words := fulltext.bounded(query.search):
        found = _mentioning(found, words)
    return found


def _mentioning(found: QuerySet[ServiceAtLocation], words: str) -> QuerySet[ServiceAtLocation]:
    """Keep the open listings with these words in any language of the site."""
    wanted = reduce(or_, (fulltext.query(words, language) for language in languages.codes()))
    return found.filter(pk__in=SearchDocument.objects.filter(vector=wanted).values("listing"))


def _code(term: uuid.UUID) -> str:
    code = TaxonomyTerm.objects.filter(uuid=term).values_list("code", flat=True).first()
    if code is None:
        raise ProblemError(404, "No code has a term with this id.")
    return code


def _codes(taxonomy: uuid.UUID) -> list[str]:
    codes = [term.code for term in terms.code_terms() if terms.taxonomy_id(term.taxonomy) == taxonomy]
    if not codes:
        raise ProblemError(404, "No code is of a taxonomy with this id.")
    return codes
