"""Show a listing: its page, its short addresses and its plain text."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe

from portal.lib import languages

from ..models import ServiceAtLocation
from ..search.cards import source_of
from ..search.page import check_of, listing_page


@require_safe
def listing(request, slug):
    """Show everything known of a listing, and what is not known as such; closed ones keep their page."""
    found = get_object_or_404(ServiceAtLocation.objects.for_page(), slug=slug)
    return render(request, "resources/listing.html", listing_page(found, languages.current(), timezone.localdate()))


@require_safe
def short(request, code, language=None):
    """Send a short address on to the listing's page, in the language of its suffix or else of the browser."""
    found = _by_code(code, language)
    response = redirect(found.url(language or _language_of(request)))
    if language is None:
        patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def short_text(request, code, language=None):
    """Give a listing as plain text, in one language or in all one after the other."""
    found = _by_code(code, language)
    texts = [_plain_text(found, each) for each in ([language] if language else languages.codes())]
    return HttpResponse("\n".join(texts), content_type="text/plain; charset=utf-8")


def _by_code(code, language):
    if language is not None and language not in languages.codes():
        raise Http404
    return get_object_or_404(ServiceAtLocation.objects.for_page(), short_code=code)


def _language_of(request):
    asked = get_language_from_request(request)
    return asked if asked in languages.codes() else languages.codes()[0]


def _plain_text(found, language):
    with override(language):
        context = {
            "listing": found,
            "hours": [schedule.description for schedule in found.schedules.all() if schedule.description],
            "check": check_of(found, timezone.localdate()),
            "source": next(map(source_of, found.provenances.all()), None),
        }
        return render_to_string("resources/listing.txt", context)
