"""Let staff write facts and glossary words, and approve facts in their own name."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.editorial.approvals import RefusedError
from portal.lib import languages

from ..actions import approve_fact
from ..models import Fact, GlossaryTerm
from ..quotes import plain


class Waiting(admin.SimpleListFilter):
    """Facts that somebody must approve, or look up again."""

    title = gettext_lazy("what waits")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [("approval", _("To approve")), ("expired", _("To look up again"))]

    def queryset(self, request, queryset):
        found = {"approval": queryset.to_approve, "expired": lambda: queryset.expired(timezone.localdate())}
        return found[self.value()]() if self.value() in found else queryset


@admin.register(Fact)
class FactAdmin(admin.ModelAdmin):
    change_form_template = "admin/reference/fact/change_form.html"
    list_display = ("code", *languages.columns("value"), "expires_on", "approval")
    list_filter = (Waiting, "kind", "needs_counsel")
    search_fields = ("code", *languages.columns("name", "value", "proposed"))
    ordering = ("code",)
    autocomplete_fields = ("source",)
    fieldsets = (
        (None, {"fields": ("code", "kind", *languages.rows("name"))}),
        (gettext_lazy("What pages say"), {"fields": languages.rows("value", "proposed")}),
        (gettext_lazy("Where it is from"), {"fields": ("source", ("source_date", "expires_on"), "note")}),
        (
            gettext_lazy("Approval"),
            {"fields": (("needs_counsel", "approval_note"), ("changed_by", "approved_by", "approved_on"))},
        ),
    )

    @admin.display(description=gettext_lazy("approval"))
    def approval(self, fact):
        if fact.has_change:
            return _("A change waits")
        return _("Approved") if fact.approved_by_id else _("To approve")

    def get_readonly_fields(self, request, obj=None):
        """Keep the code and what was approved; only who may approve says that counsel is not needed."""
        fixed = [*languages.columns("value"), "changed_by", "approved_by", "approved_on"]
        if obj:
            fixed.append("code")
        if not request.user.has_perm("reference.approve_fact"):
            fixed += ["needs_counsel", "approval_note"]
        return fixed

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        can_approve = obj is not None and request.user.has_perm("reference.approve_fact")
        return super().render_change_form(
            request, context | {"can_approve": can_approve}, add=add, change=change, form_url=form_url, obj=obj
        )

    def has_delete_permission(self, request, obj=None):
        """Keep what pages may quote: a token without its fact would leave a hole in a sentence."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.value)

    def get_actions(self, request):
        """Leave out deleting many at once."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def save_model(self, request, obj, form, change):
        """Remember who wrote a change; one of a number or date goes out at once when the writer may approve."""
        if obj.has_change and set(languages.columns("proposed")) & set(form.changed_data):
            obj.changed_by = request.user
        super().save_model(request, obj, form, change)
        if obj.has_change and obj.kind not in Fact.DANGEROUS and request.user.has_perm("reference.approve_fact"):
            approve_fact(fact=obj, by=request.user, on=timezone.localdate())

    def response_change(self, request, obj):
        if "_approve" not in request.POST or not request.user.has_perm("reference.approve_fact"):
            return super().response_change(request, obj)
        try:
            approve_fact(fact=obj, by=request.user, on=timezone.localdate())
        except RefusedError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.log_change(request, obj, [{"changed": {"fields": ["approved_by"]}}])
            self.message_user(request, _("Approved. Every page shows it now."), messages.SUCCESS)
        return HttpResponseRedirect(request.path)


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(admin.ModelAdmin):
    list_display = (*languages.columns("term"), "code", "explained")
    list_display_links = languages.columns("term")
    search_fields = ("code", *languages.columns("term", "definition", "words"))
    ordering = ("code",)
    autocomplete_fields = ("source",)
    fieldsets = (
        (None, {"fields": ("code", *languages.rows("term", "definition", "words"))}),
        (gettext_lazy("Where it is from"), {"fields": ("source", "note")}),
    )

    def get_readonly_fields(self, request, obj=None):
        """Keep the code once texts may quote it."""
        return ("code",) if obj else ()

    def has_delete_permission(self, request, obj=None):
        """Keep what pages may quote."""
        return False

    @admin.display(description=gettext_lazy("what it means"))
    def explained(self, term):
        return plain(term.definition, languages.current())
