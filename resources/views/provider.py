"""Let a provider confirm or correct its listing by the link of a mail: without an account, without a cookie."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from portal.lib import ratelimit
from portal.lib.publicform import same_site

from ..actions.provider import GoneError, asked_by_provider, confirm, listing_of, propose
from ..forms.provider import ChangesForm
from ..stats.shown import FIELDS, shown
from ..tokens import ExpiredLinkError, InvalidLinkError, read_provider

MOST_ANSWERS = (20, ratelimit.DAY)  # for one listing


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
@same_site
def provider(request):
    """Show what we say of a place; keep what its provider answers when a button is pressed, never by opening it."""
    try:
        listing = listing_of(read_provider(request.GET.get("k", "")))
    except ExpiredLinkError:
        return _problem(request, "expired", 410)
    except InvalidLinkError:
        return _problem(request, "invalid", 400)
    except GoneError:
        return _problem(request, "gone", 410)
    return _answered(request, listing) if request.method == "POST" else _page(request, listing)


def _answered(request, listing):
    if not ratelimit.allowed("provider.listing", str(listing.pk), MOST_ANSWERS):
        return render(request, "429.html", {"is_report": True}, status=429)
    if "right" in request.POST:
        confirm(listing=listing, at=timezone.now())
        return _done(request, "right")
    form = ChangesForm(request.POST, listing=listing)
    if not form.is_valid():
        return _page(request, listing, form, status=422)
    propose(listing=listing, changes=form.changes(), at=timezone.now())
    return _done(request, "changes")


def _done(request, what):
    query = request.GET.copy()
    query["done"] = what
    return redirect(f"{request.path}?{query.urlencode()}")


def _page(request, listing, form=None, status=200):
    words = shown(listing, timezone.now())
    context = {
        "listing": listing,
        "form": form or ChangesForm(listing=listing),
        "rows": [(label, words.get(field) or [_("Not known")]) for field, label in FIELDS.items()],
        "is_asked": asked_by_provider(listing).exists(),
        "done": request.GET.get("done"),
        "alternates": {},
    }
    return render(request, "resources/provider.html", context, status=status)


def _problem(request, problem, status):
    return render(request, "resources/provider_problem.html", {"problem": problem, "alternates": {}}, status=status)
