"""Let staff find listings that are one place, merge them, or say that they are two."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..actions import merge
from ..imports import fields
from ..models import Merge, ServiceAtLocation

PAGE = 20
REASONS = {"phone": gettext_lazy("the same number"), "name": gettext_lazy("the same name near each other")}


@admin.register(Merge)
class MergeAdmin(admin.ModelAdmin):
    list_display = ("first_title", "second_title", "state", "decided_at", "decided_by")
    list_filter = ("state",)
    list_select_related = ("first__service__organization", "second__service__organization", "decided_by")
    search_fields = ("first__service__organization__name", "second__service__organization__name")
    ordering = ("-decided_at", "-pk")
    change_list_template = "admin/resources/duplicates/change_list.html"

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the two listings of a decision."""
        decided = get_object_or_404(Merge, pk=object_id)
        return redirect("admin:resources_duplicate", decided.first_id, decided.second_id)

    def get_urls(self):
        """Put the pages of the pairs before the list of decisions."""
        own = self.admin_site.admin_view
        return [
            path("pairs/", own(show_pairs), name="resources_duplicates"),
            path("pairs/<int:first>/<int:second>/", own(show_pair), name="resources_duplicate"),
            path("pairs/<int:first>/<int:second>/decide/", own(decide), name="resources_duplicate_decide"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("first listing"))
    def first_title(self, decided):
        return decided.first.title

    @admin.display(description=gettext_lazy("second listing"))
    def second_title(self, decided):
        return decided.second.title


@permission_required("resources.view_merge", raise_exception=True)
@require_safe
def show_pairs(request):
    """List the pairs that may be one place, the likeliest first."""
    asked = request.GET.get("page", "")
    number = min(max(int(asked), 1), 10_000) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    found, total = merge.pairs(offset=(number - 1) * PAGE, limit=PAGE)
    keys = {key for pair in found for key in (pair.first, pair.second)}
    listings = ServiceAtLocation.objects.select_related("service__organization", "location").in_bulk(keys)
    rows = [
        (listings[pair.first], listings[pair.second], [REASONS[reason] for reason in pair.reasons]) for pair in found
    ]
    own = {"title": _("Possible duplicates"), "rows": rows, "total": total, "number": number}
    return _show(request, "pairs.html", **own, has_next=number * PAGE < total)


@permission_required("resources.view_merge", raise_exception=True)
@require_http_methods(["GET", "HEAD"])
def show_pair(request, first, second):
    """Show two listings side by side, with what was decided about them."""
    listings = [get_object_or_404(fields.loaded(ServiceAtLocation.objects), pk=pk) for pk in (first, second)]
    values = [fields.of(listing) for listing in listings]
    rows = [
        (field.label, *(fields.words(name, value[name]) for value in values)) for name, field in fields.FIELDS.items()
    ]
    decided = Merge.objects.filter(first_id=min(first, second), second_id=max(first, second)).first()
    own = {"title": _("One place or two?"), "listings": listings, "rows": rows, "decided": decided}
    return _show(request, "pair.html", **own, is_open=decided is None or decided.state == Merge.State.UNDONE)


@permission_required("resources.change_merge", raise_exception=True)
@require_POST
def decide(request, first, second):
    """Merge two listings into the first or the second, keep them apart, or undo a merge."""
    one, other = (get_object_or_404(ServiceAtLocation, pk=pk) for pk in (first, second))
    decision = request.POST.get("decision")
    try:
        if decision in ("keep-first", "keep-second"):
            kept, gone = (one, other) if decision == "keep-first" else (other, one)
            merge.merge(kept=kept, gone=gone, by=request.user)
        elif decision == "different":
            merge.keep_apart(first=one, second=other, by=request.user)
        elif decision == "undo":
            merge.undo(decided=_decided(one, other), by=request.user)
    except merge.MergeError as error:
        messages.error(request, str(error))
        return redirect("admin:resources_duplicate", first, second)
    return redirect("admin:resources_duplicates")


def _decided(one, other):
    first, second = sorted([one.pk, other.pk])
    return get_object_or_404(Merge, first_id=first, second_id=second)


def _show(request, template, **context):
    return render(request, f"admin/resources/duplicates/{template}", admin.site.each_context(request) | context)
