"""Tell machines whether the site is up, and whether it can answer."""

from django.db import connection
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def alive(request):
    """Answer as soon as the process runs."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def ready(request):
    """Answer when the database does; any error is the server's 500."""
    connection.ensure_connection()
    return HttpResponse("ok", content_type="text/plain")
