"""Let staff keep the calls to make."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..models import CallToMake


@admin.register(CallToMake)
class CallToMakeAdmin(admin.ModelAdmin):
    list_display = ("organization", "phone", "reason", "done_at", "done_by")
    list_filter = (("done_at", admin.EmptyFieldListFilter),)
    search_fields = ("organization", "address", "phone", *languages.columns("reason"))
    list_select_related = ("done_by",)
    ordering = ("done_at", "organization", "pk")
    autocomplete_fields = ("listings",)
    readonly_fields = ("done_at", "done_by")
    fields = (
        ("organization", "phone"),
        "address",
        *languages.rows("reason"),
        "source",
        "listings",
        "note",
        ("done_at", "done_by"),
    )
    actions = ("mark_done",)

    @admin.action(description=_("Mark as done"), permissions=["change"])
    def mark_done(self, request, queryset):
        """Record that these calls were made; what was learned stands in the note."""
        done = queryset.filter(done_at=None).update(done_at=timezone.now(), done_by=request.user)
        self.message_user(request, _("%(count)d calls are marked as done.") % {"count": done})
