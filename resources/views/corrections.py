"""Let anybody say that something is wrong, and show in public what was."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from portal.lib import ratelimit
from portal.lib.publicform import same_site

from ..actions.corrections import report
from ..forms.corrections import ReportForm
from ..models import Correction, ServiceAtLocation
from ..stats import ledger as sums

MOST_REPORTS = (5, 10 * 60)  # from one network in so many seconds
ROWS_A_PAGE = 50


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
@same_site
def wrong(request, slug):
    """Ask what is wrong with a listing, and keep the answer without a word on who gave it."""
    listing = _listing(slug)
    if request.method != "POST":
        form = ReportForm(initial={"field": request.GET.get("field")}, listing=listing)
        return render(request, "resources/wrong.html", {"listing": listing, "form": form})
    form = ReportForm(request.POST, listing=listing)
    if not form.is_valid():
        return render(request, "resources/wrong.html", {"listing": listing, "form": form}, status=422)
    if not ratelimit.allowed("correction.network", ratelimit.network(request), MOST_REPORTS):
        return render(request, "429.html", {"is_report": True}, status=429)
    said = form.cleaned_data
    report(listing=listing, field=said["field"], text=said["text"], form_token=form.data["token"], at=timezone.now())
    return redirect("resources:wrong-thanks", slug)


@cache_control(private=True, no_store=True)
@require_safe
def thanks(request, slug):
    """Say what happens now, and lead back to the place and to the lines."""
    return render(request, "resources/thanks.html", {"listing": _listing(slug)})


def _listing(slug):
    rows = ServiceAtLocation.objects.public().select_related("service__organization")
    return get_object_or_404(rows, slug=slug)


@require_safe
def ledger(request):
    """List what we had wrong: what, when we were told and when it was mended."""
    rows = Correction.objects.accepted().select_related("listing__service__organization")
    kind = request.GET.get("kind")
    if kind in Correction.Field:
        rows = rows.filter(field=kind)
    page = Paginator(rows.order_by("-closed_at", "-pk"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "resources/ledger.html", {"page": page, "kind": kind, "sums": sums.summary()})
