"""Show a listing: its page, its short addresses and its plain text."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override
from django.views.decorators.http import require_safe

from portal.lib import languages

from .. import freshness
from ..actions.corrections import told
from ..models import ServiceAtLocation
from ..search.cards import source_of
from ..search.loading import load
from ..search.page import hours_in_words, listing_page


@require_safe
def listing(request, slug):
    """Show everything known of a listing, and what is not known as such; closed ones keep their page."""
    found = load(slug)
    if found is None:
        raise Http404
    if found.merged_into:
        return redirect(found.merged_into)  # not for ever: staff can take a merge apart
    context = listing_page(found, timezone.now(), _short_url(request, found))
    return render(request, "resources/listing.html", context)


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


def _shown():
    """Return the listings that have a page; one that was merged into another leads there."""
    return ServiceAtLocation.objects.for_page().filter(arrives_with=None)


def _by_code(code, language):
    if language is not None and language not in languages.codes():
        raise Http404
    found = get_object_or_404(_shown(), short_code=code)
    return _shown().get(pk=found.merged_into_id) if found.merged_into_id else found


def _short_url(request, found):
    path = reverse("short-language", args=[found.short_code, languages.current()])
    return f"{settings.SITE_URL or request.build_absolute_uri('/').rstrip('/')}{path}"


def _language_of(request):
    asked = get_language_from_request(request)
    return asked if asked in languages.codes() else languages.codes()[0]


def _plain_text(found, language):
    with override(language):
        at = timezone.now()
        today = timezone.localdate(at)
        context = {
            "listing": found,
            "told": told(found, at),
            "hours": hours_in_words(found, today),
            "check": freshness.check_of(found, today),
            "source": next(map(source_of, found.provenances.all()), None),
        }
        return render_to_string("resources/listing.txt", context)
