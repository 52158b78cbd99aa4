"""Let staff answer what strangers say is wrong, the most urgent first."""

from django.contrib import admin, messages
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import languages

from ..actions.corrections import AlreadyDecidedError, decide
from ..forms.corrections import DecisionForm
from ..models import Correction


class OverdueFilter(admin.SimpleListFilter):
    title = gettext_lazy("overdue")
    parameter_name = "overdue"

    def lookups(self, request, model_admin):
        return [("yes", _("Overdue"))]

    def queryset(self, request, queryset):
        return queryset.overdue(timezone.localdate()) if self.value() == "yes" else queryset


@admin.register(Correction)
class CorrectionAdmin(admin.ModelAdmin):
    form = DecisionForm
    list_display = ("place", "field", "reported_on", "due_on", "clock", "state")
    list_filter = ("state", OverdueFilter, "field")
    search_fields = ("listing__service__organization__name", "listing__slug")
    list_select_related = ("listing__service__organization",)
    ordering = (Case(When(state=Correction.State.OPEN, then=Value(0)), default=Value(1)), "-closed_at", "due_on", "pk")
    actions = ("erase_words",)
    report = ("listing", "field", "text", "language", ("reported_on", "due_on", "clock"))
    readonly_fields = (
        *("listing", "field", "text", "language", "reported_on", "due_on", "clock"),
        *("state", "closed_at", "closed_by"),
    )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        """Let nobody change an answer that the ledger shows already."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state == Correction.State.OPEN)

    def get_fieldsets(self, request, obj=None):
        """Show the report, then the form to answer it or the answer that was given."""
        answers = languages.rows("answer")
        if self.has_change_permission(request, obj):
            return [(None, {"fields": self.report}), (_("Answer"), {"fields": ("decision", *answers)})]
        return [
            (None, {"fields": self.report}),
            (_("Answer"), {"fields": ("state", *answers, ("closed_at", "closed_by"))}),
        ]

    def save_model(self, request, obj, form, change):
        """Close the report as the form says; one that somebody else has just closed stays as it is."""
        data = form.cleaned_data
        answers = {code: data[languages.column("answer", code)] for code in languages.codes()}
        is_accepted = data["decision"] == Correction.State.ACCEPTED
        try:
            decide(correction=obj, is_accepted=is_accepted, answers=answers, by=request.user, at=timezone.now())
        except AlreadyDecidedError:
            messages.warning(request, _("Somebody else has answered this report meanwhile. Nothing was changed."))

    @admin.display(description=gettext_lazy("place"), ordering="listing__service__organization__name")
    def place(self, correction):
        return correction.listing.title

    @admin.display(description=gettext_lazy("clock"), ordering="due_on")
    def clock(self, correction):
        return _("Overdue") if correction.is_overdue else ""

    @admin.action(description=gettext_lazy("Erase the words of these reports now"), permissions=["change"])
    def erase_words(self, request, queryset):
        """Erase what strangers wrote, for example a name; the reports themselves stay."""
        erased = queryset.exclude(text="").update(text="")
        self.message_user(request, _("%(count)d texts are erased.") % {"count": erased})
