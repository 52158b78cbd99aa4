"""Let staff keep the telephone lines: a second person approves a change, any one person takes a number off."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.db import models, transaction
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.editorial import approvals, approving
from portal.lib import languages

from ..models import Line

may_change = permission_required("reference.change_line", raise_exception=True)


@admin.register(Line)
class LineAdmin(admin.ModelAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    change_form_template = "admin/reference/line/change_form.html"
    list_display = ("__str__", "phone", "position", "is_shown", "source_date", "confirmed_on")
    list_filter = ("is_hidden",)
    search_fields = ("slug", "phone", *languages.columns("name", "purpose"))
    ordering = ("position", "pk")
    autocomplete_fields = ("source",)
    actions = ("hide",)
    fieldsets = (
        (None, {"fields": ("slug", "phone", "url", ("position", "is_hidden"), *languages.rows("name", "purpose"))}),
        (_("Reaching a person"), {"fields": languages.rows("how", "hours", "texting")}),
        (_("Confirmed by a person"), {"fields": ("source", "source_date", ("confirmed_by", "confirmed_on"))}),
    )

    @admin.display(description=_("shown to readers"), boolean=True, ordering="-is_hidden")
    def is_shown(self, line):
        return not line.is_hidden

    def get_urls(self):
        """Put the pages of approval before the list's own."""
        own = self.admin_site.admin_view
        return [
            path("<int:pk>/approve/", own(approve), name="reference_line_approve"),
            path("<int:pk>/hide/", own(hide), name="reference_line_hide"),
            *super().get_urls(),
        ]

    def get_object(self, request, object_id, from_field=None):
        """Edit the words that wait for approval where there are any."""
        line = super().get_object(request, object_id, from_field)
        if line:
            approvals.propose([line])
        return line

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Link the page of approval where something waits."""
        line = Line.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        frame = {"line": line, "waits": bool(line) and approvals.changes_of([line]).exists()}
        if line and request.user.has_perm("reference.approve_line"):
            frame["approve_url"] = reverse("admin:reference_line_approve", args=[line.pk])
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **frame})

    def save_model(self, request, obj, form, change):
        """Keep the approved number until a second person has approved the new one."""
        if approvals.save(obj, by=request.user, at=timezone.now(), is_public=True):
            approving.tell_that_it_waits(request)

    def has_delete_permission(self, request, obj=None):
        """Keep what pages may quote: a line is hidden instead, and a second person is told."""
        return bool(obj and obj.is_hidden) and super().has_delete_permission(request, obj)

    @admin.action(description=_("Hide from readers at once, in every language"), permissions=["change"])
    def hide(self, request, queryset):
        for line in queryset:
            approvals.remove(line, by=request.user, at=timezone.now())


@may_change
@transaction.atomic
def approve(request, pk):
    """Show a line for approval; nobody has called a number that was just changed."""
    line = get_object_or_404(Line, pk=pk)
    page = approving.Page(
        root=line,
        rows=lambda: [Line.objects.get(pk=pk)],
        problems=lambda language: [],
        permission="reference.approve_line",
        back=reverse("admin:reference_line_change", args=[pk]),
    )
    answer = approving.approve_page(request, page)
    Line.objects.filter(pk=pk).exclude(phone=line.phone).update(confirmed_by=None, confirmed_on=None)
    return answer


@may_change
def hide(request, pk):
    """Take a number off every page."""
    line = get_object_or_404(Line, pk=pk)
    back = reverse("admin:reference_line_change", args=[pk])
    return approving.hide(request, line, permission="reference.change_line", back=back)
