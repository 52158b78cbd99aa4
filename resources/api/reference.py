"""Show the page about the open data: what it is, how fresh, under which terms, and how a program asks for it."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from ..hsds import rows
from .views import absolute, described

LIST = "/services"  # whose parameters stand for those that every list takes
EVERY_LIST = ("language", "page", "per_page", "search", "format")


@require_safe
def data(request):
    """Describe the open data in the page's language; the endpoints are those of the OpenAPI document."""
    newest, _state = rows.state()
    base = reverse("hsds:version")
    paths = {path.removeprefix(base.rstrip("/")): found["get"] for path, found in described()["paths"].items()}
    context = {
        "services": rows.public_services().count(),
        "organizations": rows.public_organizations().count(),
        "changed_on": newest and timezone.localdate(newest),
        "base": absolute(request, base),
        "example": absolute(request, f"{reverse('hsds:services')}?modified_after=2026-11-01&full=true"),
        "shared": [row for row in _parameters(paths[LIST]) if row[0] in EVERY_LIST],
        "endpoints": [_endpoint(path, operation) for path, operation in paths.items()],
    }
    return render(request, "resources/data.html", context)


def _endpoint(path, operation):
    own = [row for row in _parameters(operation) if row[0] not in EVERY_LIST]
    return {"path": path, "summary": gettext(operation["summary"]), "parameters": own}


def _parameters(operation):
    """Return (name, description in the active language) of each parameter but the id in the path."""
    return [(row["name"], gettext(row["description"])) for row in operation["parameters"] if "description" in row]
