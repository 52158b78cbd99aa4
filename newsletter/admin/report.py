"""Show what became of each copy of a campaign, hand it out as a table, and decide about what went wrong."""

import csv

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.lib import languages
from portal.lib.delimited import safe_cell

from .. import stats
from ..actions import copies
from ..models import Bounce, Campaign, Delivery
from . import steps

PAGE = 50
may_look = permission_required(["newsletter.view_campaign", "newsletter.view_delivery"], raise_exception=True)


@may_look
@require_safe
def show(request, pk):
    """Show the counts, the list that the filter leaves, and the buttons for what is in doubt."""
    campaign = get_object_or_404(Campaign.objects.with_counts(), pk=pk)
    page = Paginator(_filtered(campaign, request.GET), PAGE).get_page(request.GET.get("page"))
    to_retry = campaign.deliveries.filter(copies.FOR_THE_MOMENT).count()
    in_doubt = campaign.deliveries.filter(copies.IN_DOUBT).count()
    context = {
        "title": _("Report: %(campaign)s") % {"campaign": campaign},
        "campaign": campaign,
        "page": page,
        "filters": _filters(request.GET),
        "sought": request.GET.get("q", ""),
        "query": request.GET.urlencode(),
        "to_retry": to_retry,
        "in_doubt": in_doubt,
        "next": steps.after(campaign, is_left_to_decide=bool(to_retry or in_doubt)),
        "may_send": request.user.has_perm("newsletter.send_campaign"),
        **stats.copies(campaign),
        **stats.bounces(campaign),
    }
    return render(request, "admin/newsletter/report.html", admin.site.each_context(request) | context)


def _filters(data):
    """Return (field, its words, choices, what is chosen) for the form above the list."""
    languages_ = [(code, languages.name(code)) for code in languages.codes()]
    return [
        ("state", _("State"), Delivery.State.choices, data.get("state", "")),
        ("language", _("Language"), languages_, data.get("language", "")),
        ("bounce", _("Came back"), Bounce.Kind.choices, data.get("bounce", "")),
    ]


def _filtered(campaign, data):
    """Return the copies that the filter leaves, in a steady order; a value that no filter offers leaves all."""
    rows = campaign.deliveries.select_related("subscriber").prefetch_related("bounces").order_by("email_norm", "pk")
    if data.get("state") in Delivery.State.values:
        rows = rows.filter(state=data["state"])
    if data.get("language") in languages.codes():
        rows = rows.filter(language=data["language"])
    if data.get("bounce") in Bounce.Kind.values:
        rows = rows.filter(bounces__kind=data["bounce"]).distinct()
    words = data.get("q", "").replace("\x00", "").strip().lower()[:254]
    return rows.filter(email_norm__contains=words, subscriber__isnull=False) if words else rows


@may_look
@require_safe
def export(request, pk):
    """Hand out the copies that the filter leaves as CSV."""
    campaign = get_object_or_404(Campaign, pk=pk)
    answer = StreamingHttpResponse(_csv(_filtered(campaign, request.GET)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="newsletter-{pk}.csv"'
    return answer


class _Echo:
    """Give each line back instead of keeping it."""

    def write(self, line):
        return line


def _csv(rows):
    writer = csv.writer(_Echo())
    yield "\ufeff"  # without it a spreadsheet reads the accents wrong
    yield writer.writerow(["address", "language", "state", "attempts", "done", "code", "answer", "came back"])
    for row in rows.iterator(chunk_size=1000):
        back = " ".join(sorted({bounce.kind for bounce in row.bounces.all()}))
        done = timezone.localtime(row.done_at).isoformat(timespec="seconds") if row.done_at else ""
        address = row.subscriber.email if row.subscriber and row.subscriber.email else ""
        cells = [address, row.language, row.state, row.attempt, done, row.smtp_code or "", row.smtp_reply, back]
        yield writer.writerow([safe_cell(str(cell)) for cell in cells])


@permission_required("newsletter.send_campaign", raise_exception=True)
@require_POST
def decide(request, pk):
    """Try again, leave or resend; say how many copies that was."""
    campaign = get_object_or_404(Campaign, pk=pk)
    decision = request.POST.get("decision")
    if decision == "resend" and "known" not in request.POST:
        messages.error(request, _("Tick that you know that some people get it twice."))
    elif decision in DECISIONS:
        action, said = DECISIONS[decision]
        count = action(campaign=campaign, at=timezone.now())
        messages.success(request, said(count))
    return redirect("admin:newsletter_campaign_report", pk)


def _again(count):
    return ngettext("%(count)d copy is sent again.", "%(count)d copies are sent again.", count) % {"count": count}


def _left(count):
    said = ngettext("%(count)d copy is left as it is.", "%(count)d copies are left as they are.", count)
    return said % {"count": count}


# Button -> (what it does, what is said of the count).
DECISIONS = {
    "retry": (copies.retry_failed, _again),
    "leave": (copies.leave_uncertain, _left),
    "resend": (copies.resend_uncertain, _again),
}
