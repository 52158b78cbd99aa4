"""Show what holds the sender and what came back, in words for those who answer for the newsletter; nothing changes."""

from collections.abc import Iterator
from typing import NamedTuple

from django.contrib import admin
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..delivery import guard
from ..models import Bounce, Campaign, Pace, SenderGuard

PAGE = 50


class Finding(NamedTuple):
    """One thing that holds mail back: what it is, what to do, and where."""

    what: str
    to_do: str
    url: str = ""


def _never(self, request, obj=None):
    """Answer for rows that only the sender writes."""
    return False


@admin.register(Bounce)
class BounceAdmin(admin.ModelAdmin):
    list_display = ("at", "kind", "address", "campaign", "status", "source")
    list_filter = ("kind", "source")
    list_select_related = ("delivery__campaign", "delivery__subscriber")
    list_per_page = PAGE
    search_fields = ("delivery__email_norm",)
    ordering = ("-at", "pk")
    show_full_result_count = False
    fields = ("at", "kind", "address", "campaign", "status", "source")

    @admin.display(description=gettext_lazy("address"))
    def address(self, bounce):
        reader = bounce.delivery.subscriber
        return (reader and reader.email) or _("Address erased")

    @admin.display(description=gettext_lazy("campaign"))
    def campaign(self, bounce):
        return bounce.delivery.campaign

    has_add_permission = has_change_permission = has_delete_permission = _never


@admin.register(Pace)
class PaceAdmin(admin.ModelAdmin):
    list_display = ("name", "failures", "held_until", "planned_until", "refilled_at")
    list_filter = (("held_until", admin.EmptyFieldListFilter),)
    list_per_page = PAGE
    search_fields = ("domain",)
    ordering = ("-held_until", "domain")
    show_full_result_count = False
    fields = ("name", "failures", "held_until", "tokens", "planned_until", "refilled_at")

    @admin.display(description=gettext_lazy("domain"), ordering="domain")
    def name(self, pace):
        return str(pace)

    has_add_permission = has_change_permission = has_delete_permission = _never


@admin.register(SenderGuard)
class SenderGuardAdmin(admin.ModelAdmin):
    has_add_permission = has_change_permission = has_delete_permission = _never

    def changelist_view(self, request, extra_context=None):
        """Say in place of a list of one row what holds the sender, and what to do."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)  # refuses
        context = {
            "title": _("What the sender does"),
            "guard": SenderGuard.objects.first(),
            "findings": list(findings(timezone.now())),
            "waiting": Campaign.objects.filter(state__in=Campaign.WOULD_SEND).count(),
        }
        context = admin.site.each_context(request) | context
        return render(request, "admin/newsletter/sender.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the page of words: the row says nothing by itself."""
        return redirect("admin:newsletter_senderguard_changelist")


def findings(at) -> Iterator[Finding]:
    """Yield what holds mail back at this moment, the weightiest first."""
    row = SenderGuard.objects.first()
    if row is None:
        yield Finding(_("No sender has worked from this database yet."), _("Ask the technician to start one."))
    elif row.seen_at is None or row.seen_at < at - guard.QUIET:
        yield _silent(row)
    elif row.unreachable_since:
        yield Finding(
            _("The mail server has not answered since %(moment)s.") % {"moment": _moment(row.unreachable_since)},
            _("Wait: the sender tries again by itself and loses nothing. After an hour, tell the technician."),
        )
    yield from _held()
    yield from _left_alone(at)


def _silent(row: SenderGuard) -> Finding:
    what = _("The sender has given no sign of life.")
    if row.seen_at:
        what = _("The sender has given no sign of life since %(moment)s.") % {"moment": _moment(row.seen_at)}
    to_do = _(
        "Nothing leaves meanwhile and nothing is lost. Ask the technician whether the sender runs, and what it says: "
        "on a database that was restored or copied it refuses to send, until the technician lets it."
    )
    return Finding(what, to_do)


def _held() -> Iterator[Finding]:
    count = Campaign.objects.filter(state=Campaign.State.HELD).count()
    if count:
        what = ngettext("%(count)d campaign is held back.", "%(count)d campaigns are held back.", count)
        to_do = _(
            "Open it. Its page says what is to be put right. If nothing is, the sender stopped it, because the "
            "database was restored or copied: ask the technician what had already gone out, then press “Go on” or "
            "“Cancel for good”."
        )
        url = f"{reverse('admin:newsletter_campaign_changelist')}?state__exact={Campaign.State.HELD}"
        yield Finding(what % {"count": count}, to_do, url)


def _left_alone(at) -> Iterator[Finding]:
    count = Pace.objects.filter(held_until__gt=at).count()
    if count:
        what = ngettext(
            "%(count)d mail provider puts our mail off at the moment.",
            "%(count)d mail providers put our mail off at the moment.",
            count,
        )
        to_do = _("Wait: they are tried again after some minutes, and the others get their mail meanwhile.")
        url = f"{reverse('admin:newsletter_pace_changelist')}?held_until__isempty=0"
        yield Finding(what % {"count": count}, to_do, url)


def _moment(at) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
