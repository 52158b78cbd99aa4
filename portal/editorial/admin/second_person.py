"""Show staff what waits for a second person, what was taken off, and the record of moves and approvals."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..models import Approval, Move, PendingChange, Removal
from ..translations.texts import page_of


def nobody_adds(self, request):
    """Leave it to the site to write these records."""
    return False


def nobody_touches(self, request, obj=None):
    """Keep these records as the site wrote them."""
    return False


@admin.register(PendingChange)
class PendingChangeAdmin(admin.ModelAdmin):
    list_display = ("what", "written_by", "changed_at", "approve_link")
    list_display_links = None
    ordering = ("changed_at", "pk")
    has_add_permission = nobody_adds
    has_change_permission = nobody_touches
    has_delete_permission = nobody_touches

    def get_queryset(self, request):
        """Leave out drafts: their words stand in their own rows, and nobody but staff sees them."""
        rows = super().get_queryset(request).exclude(values={})
        return rows.select_related("content_type").prefetch_related("row", "authors")

    @admin.display(description=_("what"))
    def what(self, change):
        return f"{change.content_type.name}: {change.row}"

    @admin.display(description=_("written by"))
    def written_by(self, change):
        return ", ".join(person.get_full_name() or person.username for person in change.authors.all())

    @admin.display(description=_("approval"))
    def approve_link(self, change):
        model, number = page_of(getattr(change.row, "page", change.row))
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_approve", args=[number])
        return format_html('<a href="{}">{}</a>', address, _("Read and approve"))


@admin.register(Removal)
class RemovalAdmin(admin.ModelAdmin):
    list_display = ("name", "by", "at", "note", "seen_by", "seen_at")
    list_display_links = None
    list_filter = (("seen_at", admin.EmptyFieldListFilter),)
    list_select_related = ("by", "seen_by")
    ordering = ("-at", "-pk")
    actions = ("mark_seen",)
    has_add_permission = nobody_adds
    has_change_permission = nobody_touches
    has_delete_permission = nobody_touches

    def has_acknowledge_permission(self, request):
        """Say whether this person may be the second one."""
        return request.user.has_perm("editorial.acknowledge_removal")

    @admin.action(description=_("I have seen this"), permissions=["acknowledge"])
    def mark_seen(self, request, queryset):
        """Record the second person; nobody is that for a removal of their own."""
        others = queryset.filter(seen_by=None).exclude(by=request.user)
        seen = others.update(seen_by=request.user, seen_at=timezone.now())
        text = ngettext("%(count)d removal is marked as seen.", "%(count)d removals are marked as seen.", seen)
        self.message_user(request, text % {"count": seen})


@admin.register(Move)
class MoveAdmin(admin.ModelAdmin):
    list_display = ("what", "language", "from_state", "to_state", "by", "at", "note", "overridden")
    list_display_links = None
    list_filter = ("language", "to_state")
    list_select_related = ("by", "content_type")
    ordering = ("-at", "-pk")
    has_add_permission = nobody_adds
    has_change_permission = nobody_touches
    has_delete_permission = nobody_touches

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("row")

    @admin.display(description=_("what"))
    def what(self, move):
        return str(move.row)


@admin.register(Approval)
class ApprovalAdmin(admin.ModelAdmin):
    list_display = ("what", "language", "kind", "by", "at")
    list_display_links = None
    list_filter = ("language", "kind")
    list_select_related = ("by", "content_type")
    ordering = ("-at", "-pk")
    has_add_permission = nobody_adds
    has_change_permission = nobody_touches
    has_delete_permission = nobody_touches

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("row")

    @admin.display(description=_("what"))
    def what(self, approval):
        return f"{approval.content_type.name}: {approval.row}"
