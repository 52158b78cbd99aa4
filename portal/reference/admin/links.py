"""Show staff which pages of other sites no longer answer."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ..models import LinkCheck


class Failing(admin.SimpleListFilter):
    """Links that failed on more than one day."""

    title = _("to look at")
    parameter_name = "failing"

    def lookups(self, request, model_admin):
        return [("yes", _("Failed on several days"))]

    def queryset(self, request, queryset):
        return queryset.failing() if self.value() == "yes" else queryset


@admin.register(LinkCheck)
class LinkCheckAdmin(admin.ModelAdmin):
    list_display = ("url", "language", "result", "detail", "first_failed_on", "failed_days", "places", "checked_at")
    list_filter = (Failing, "result", "language")
    search_fields = ("url",)
    ordering = ("-failed_days", "url", "pk")

    @admin.display(description=_("stands in"))
    def places(self, link):
        return "; ".join(link.found_in)

    def has_add_permission(self, request):
        """The night finds the links."""
        return False

    def has_change_permission(self, request, obj=None):
        """A link is mended where it stands."""
        return False

    def has_delete_permission(self, request, obj=None):
        """A link goes when no page has it any more."""
        return False
