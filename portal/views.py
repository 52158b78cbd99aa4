"""Show the pages that join the features: home, search, and what the site says about itself."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from portal.articles.models import Article, Topic
from portal.lib.publicform import same_site
from portal.paper import sheet
from portal.reference.models import SiteLink
from portal.search import TooDear, asked, bounded, listings, new_token, search, typed
from resources.views.exports import csv_file

TOPICS_ON_HOME = 6
NEWEST_ON_HOME = 3


@require_safe
def choose_language(request):
    """Send a first visit to the language its browser asks for; nothing is remembered."""
    response = redirect(reverse("home"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def home(request):
    """Show the doors, the search, the topics and what is new."""
    articles = Article.objects.published().for_cards()
    context = {
        "topics": Topic.objects.in_order()[:TOPICS_ON_HOME],
        "newest": articles.newest_first()[:NEWEST_ON_HOME],
        "sites": SiteLink.objects.in_order(),
        "helping": articles.filter(key="helping-someone").first(),
    }
    return render(request, "home.html", context)


@same_site
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def find(request):
    """Show the places that match, and apart from them what there is to read; by POST no words are in the address."""
    params, is_private = asked(request)
    context = {"here": request.path, "token": new_token(), "is_private": is_private}
    try:
        context |= search(params, is_private=is_private)
    except TooDear:
        return _too_dear(request, context | {"text": typed(params)})
    return render(request, "find.html", context)


def _too_dear(request, context):
    return render(request, "find.html", {**context, "is_too_dear": True}, status=503)


@require_safe
@cache_control(private=True, no_store=True)
def print_sheet(request):
    """Show the ticked listings as a sheet to print, in a language chosen apart from the page's."""
    return render(request, "resources/print.html", sheet(request))


@require_safe
def find_csv(request):
    """Give the places that a search finds, the first thousand and all beside them, as a table."""
    try:
        with bounded():
            return csv_file(request, listings(request.GET))
    except TooDear:
        context = {"here": reverse("find"), "token": new_token(), "text": typed(request.GET)}
        return _too_dear(request, context)


@require_safe
def about(request):
    """Say who answers for the site and where its facts come from."""
    return render(request, "about.html")


@require_safe
def privacy(request):
    """Say what is kept of whom and until when."""
    return render(request, "privacy.html")


@require_safe
def terms(request):
    """Say what the site is and is not."""
    return render(request, "terms.html")


@require_safe
def accessibility(request):
    """Say how accessible the site is and how to report a barrier."""
    return render(request, "accessibility.html")


@require_safe
def robots(request):
    """Tell crawlers where the sitemap is and to leave searches and staff pages alone."""
    lines = ["User-agent: *", "Disallow: /admin/", f"Sitemap: {request.build_absolute_uri(reverse('sitemap-index'))}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def security(request):
    """Say where to report a weakness (RFC 9116)."""
    lines = [f"Contact: {request.build_absolute_uri(reverse('about'))}", "Preferred-Languages: en, es"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def _error(request, status: int):
    return render(request, f"{status}.html", {"is_error": True}, status=status)


def bad_request(request, exception=None):
    """Answer a request that makes no sense."""
    return _error(request, 400)


def refused(request, exception=None, reason=""):
    """Answer a request that may not be made, also one that the CSRF check refuses."""
    return _error(request, 403)


def missing(request, exception=None):
    """Answer an address that leads nowhere, with the ways on."""
    return _error(request, 404)


def broken(request):
    """Answer when something here failed: the lines that help must still be on the page."""
    return _error(request, 500)
