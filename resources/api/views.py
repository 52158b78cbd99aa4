"""Answer each address of the API; docs/hsds.md tells which, with what."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop, override
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError

from ..hsds import dump, rows
from ..hsds.fields import VERSION
from ..models import Service, ServiceAtLocation
from . import contents, filters, openapi, parameters
from .answers import ProblemError, answer, known_parameters, open_data, page, problem

api = NinjaAPI(
    title="Treatment directory, HSDS 3.0",
    version=VERSION,
    description="Services for opioid use disorder, in the words of the Human Services Data Specification. Read only.",
    docs_url=None,  # the page about the data is ours, in every language of the site
    openapi_url=None,
    urls_namespace="hsds",
)
api.add_decorator(open_data, mode="view")
api.add_decorator(known_parameters, mode="operation")


def reads(path: str, schema: str, summary: str, *problems: int) -> Callable[[Callable], Callable]:
    """Register a function for GET, and for HEAD without a word about it."""

    def register(view: Callable) -> Callable:
        extra = openapi.responses(schema, *problems)
        name = view.__name__
        api.get(path, summary=summary, openapi_extra=extra, operation_id=name, url_name=name)(view)
        api.api_operation(["HEAD"], path, include_in_schema=False, url_name=name)(view)
        return view

    return register


@api.exception_handler(ProblemError)
def _tell(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return problem(error)


@api.exception_handler(ValidationError)
def _tell_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"name": str(part["loc"][-1]), "reason": str(part["msg"])} for part in error.errors]
    return problem(ProblemError(422, "A parameter is not as described.", errors))


@api.exception_handler(Http404)
def _tell_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(ProblemError(404, "Nothing has this id."))


@api.exception_handler(SuspiciousOperation)
def _tell_refused(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    return problem(ProblemError(400, "This question makes no sense."))


@reads("/", "version", gettext_noop("Tell which version of HSDS this is, and where it is described."))
def version(request):
    """Tell which version of HSDS this is, and where it is described."""
    profile, described_at = reverse("resources:data"), reverse("hsds:openapi")
    addresses = {"profile": absolute(request, profile), "openapi_url": absolute(request, described_at)}
    return answer({"version": VERSION, **addresses})


@api.get("/openapi.json", include_in_schema=False, url_name="openapi")
def document(request):
    """Describe the API in OpenAPI."""
    return answer(described())


def described() -> dict[str, Any]:
    """Return the OpenAPI document."""
    given = api.get_openapi_schema()
    given["components"]["schemas"].update(openapi.schemas())
    return given


@reads("/services", "service_page", gettext_noop("List services."), 404)
def services(request, query: Query[parameters.Services]):
    """List services."""
    found = filters.services(query)
    if query.minimal:
        return _minimal(found, query)
    return _page(found, query, partial(contents.services, is_full=query.full))


@reads("/services/{id}", "service", gettext_noop("Give everything known of a service."), 404)
def service(request, id: uuid.UUID, query: Query[parameters.InWords]):
    """Give everything known of a service."""
    return _one(rows.public_services(), id, query, partial(contents.services, is_full=True))


@reads("/organizations", "organization_page", gettext_noop("List organizations."))
def organizations(request, query: Query[parameters.Organizations]):
    """List organizations."""
    is_full = query.full or query.full_service
    dumped = partial(contents.organizations, is_full=is_full, full_services=query.full_service)
    return _page(filters.organizations(query), query, dumped)


@reads("/organizations/{id}", "organization", gettext_noop("Give everything known of an organization."), 404)
def organization(request, id: uuid.UUID, query: Query[parameters.Organization]):
    """Give everything known of an organization."""
    dumped = partial(contents.organizations, is_full=True, full_services=query.full_service)
    return _one(rows.public_organizations(), id, query, dumped)


@reads("/service_at_locations", "service_at_location_page", gettext_noop("List services at their locations."), 404)
def service_at_locations(request, query: Query[parameters.Listings]):
    """List services at their locations."""
    return _page(filters.listings(query), query, partial(contents.listings, is_full=query.full))


@reads(
    "/service_at_locations/{id}",
    "service_at_location",
    gettext_noop("Give everything known of a service at a location."),
    404,
)
def service_at_location(request, id: uuid.UUID, query: Query[parameters.InWords]):
    """Give everything known of a service at a location."""
    return _one(ServiceAtLocation.objects.public(), id, query, partial(contents.listings, is_full=True))


@reads("/taxonomies", "taxonomy_page", gettext_noop("List taxonomies."))
def taxonomies(request, query: Query[parameters.Paged]):
    """List taxonomies."""
    with override(query.language):
        every = contents.taxonomies(filters.every_term())
        return _slice([row for row in every if query.search.casefold() in row["name"].casefold()], query)


@reads("/taxonomies/{id}", "taxonomy", gettext_noop("Give a taxonomy."), 404)
def taxonomy(request, id: uuid.UUID, query: Query[parameters.InWords]):
    """Give a taxonomy."""
    with override(query.language):
        return _found(contents.taxonomies(filters.every_term()), id)


@reads("/taxonomy_terms", "taxonomy_term_page", gettext_noop("List the terms of taxonomies."))
def taxonomy_terms(request, query: Query[parameters.Terms]):
    """List the terms of taxonomies."""
    with override(query.language):
        return _slice(contents.terms(filters.terms_asked_for(query)), query)


@reads("/taxonomy_terms/{id}", "taxonomy_term", gettext_noop("Give a term of a taxonomy."), 404)
def taxonomy_term(request, id: uuid.UUID, query: Query[parameters.InWords]):
    """Give a term of a taxonomy."""
    with override(query.language):
        return _found(contents.terms(filters.every_term()), id)


def _page(found: QuerySet, query: parameters.Paged, dumped: contents.Dump) -> HttpResponse:
    size = min(query.per_page, parameters.MOST_A_PAGE)
    start = (query.page - 1) * size
    keys = list(found.values_list("pk", flat=True)[start : start + size])
    with override(query.language):
        given = dumped(keys, dump.Words())
    return page(given, number=query.page, size=size, total=found.count())


def _minimal(found: QuerySet[Service], query: parameters.Services) -> HttpResponse:
    start = (query.page - 1) * query.per_page
    pairs = found.values_list("uuid", "changed_at")[start : start + query.per_page]  # type: ignore[misc]  # an annotation
    given = [{"id": str(own_id), "modified_date": dump.in_json(moment)} for own_id, moment in pairs]
    return page(given, number=query.page, size=query.per_page, total=found.count())


def _one(found: QuerySet, id: uuid.UUID, query: parameters.InWords, dumped: contents.Dump) -> HttpResponse:
    keys = list(found.filter(uuid=id).values_list("pk", flat=True))
    with override(query.language):
        given = dumped(keys, dump.Words()) if keys else []
    return _found(given, id)


def _slice(every: list[dict], query: parameters.Paged) -> HttpResponse:
    size = min(query.per_page, parameters.MOST_A_PAGE)
    start = (query.page - 1) * size
    return page(every[start : start + size], number=query.page, size=size, total=len(every))


def _found(every: list[dict], id: uuid.UUID) -> HttpResponse:
    row = next((row for row in every if row["id"] == str(id)), None)
    if row is None:
        raise ProblemError(404, "Nothing has this id.")
    return answer(row)


def absolute(request: HttpRequest, path: str) -> str:
    """Return the whole address of a path of this site."""
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)
