"""Give listings away as files: everything public in HSDS, and what a search found as a table."""

from functools import partial

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.lib import languages, ratelimit

from ..exchange import csv_rows
from ..hsds import package

HOUR = 60 * 60
MOST_FILES_AN_HOUR = 20  # a network: a file reads every listing there is


@require_safe
def json_file(request):
    """Give everything public as HSDS 3.0 JSON."""
    return _file(request, package.json_file, "application/json", "hsds.json")


@require_safe
def zip_file(request):
    """Give everything public as HSDS 3.0 tables in a ZIP file."""
    return _file(request, package.zip_file, "application/zip", "hsds.zip")


def csv_file(request, listings):
    """Give these listings, a search's, as CSV in their order.

    All are read first: a database that gives up leaves no half a file, its error goes to the caller.
    """
    return _file(request, partial(_whole, listings), "text/csv; charset=utf-8", "faro.csv")


def _whole(listings, language):
    return list(csv_rows(listings, language))


@cache_control(no_store=True)
def _file(request, written, content_type, name):
    if not ratelimit.allowed("hsds-file", ratelimit.network(request), (MOST_FILES_AN_HOUR, HOUR)):
        return _too_many()
    response = StreamingHttpResponse(written(languages.current()), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _too_many():
    text = _("Many files went to your network within the hour.") + " " + _("Wait an hour, then try again.")
    response = HttpResponse(text, status=429, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(HOUR)
    return response
