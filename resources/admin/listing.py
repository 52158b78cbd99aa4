"""Let staff keep listings with all that hangs on them."""

from django.contrib import admin
from django.db.models import Prefetch, URLField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..actions import rebuild_search
from ..actions.changes import mark_changed
from ..actions.withdrawal import decide_withdrawal, waiting_for_a_publisher, withdrawn
from ..forms.listing import ListingForm
from ..models import (
    Change,
    Closure,
    Phone,
    Provenance,
    QualityFact,
    Schedule,
    ServiceAtLocation,
    Verification,
)


def never(self, request, obj=None):
    """Refuse: these rows are a record."""
    return False


class PhoneInline(admin.TabularInline):
    model = Phone
    extra = 0
    fields = ("number", "extension", "type", "use", *languages.columns("note"), "languages", "position")


class ScheduleInline(admin.StackedInline):
    model = Schedule
    extra = 0
    fields = (
        "purpose",
        ("freq", "interval"),
        ("byday", "bymonthday"),
        ("opens_at", "closes_at"),
        ("valid_from", "valid_to"),
        *languages.rows("description"),
    )


class ClosureInline(admin.TabularInline):
    model = Closure
    extra = 0
    fields = ("starts_on", "ends_on", "reason", "opens_at", "closes_at")
    ordering = ("-starts_on", "pk")


class QualityFactInline(admin.TabularInline):
    model = QualityFact
    extra = 0
    fields = (*languages.columns("text"), "source", "url", "as_of")
    ordering = ("-as_of", "pk")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}  # Django 6's default, taken now


class VerificationInline(admin.TabularInline):
    """Every attempt; one more is recorded on the page of the call, from which its effects follow."""

    model = Verification
    extra = 0
    fields = ("method", "outcome", "at", "fields", "note", "by")
    ordering = ("-at", "-pk")
    has_add_permission = has_change_permission = has_delete_permission = never


class ChangeInline(admin.TabularInline):
    """What the listing said before, the old phone among it."""

    model = Change
    extra = 0
    fields = ("field", "before", "after", "at", "by")
    ordering = ("-at", "-pk")
    has_add_permission = has_change_permission = has_delete_permission = never


class ProvenanceInline(admin.TabularInline):
    model = Provenance
    extra = 0
    fields = readonly_fields = ("source", "year", "source_id")
    has_add_permission = has_delete_permission = never


class CheckedFilter(admin.SimpleListFilter):
    title = _("checked")
    parameter_name = "checked"

    def lookups(self, request, model_admin):
        return [("never", _("Never")), ("once", _("At least once"))]

    def queryset(self, request, queryset):
        if self.value() == "never":
            return queryset.never_checked()
        if self.value() == "once":
            return queryset.filter(pk__in=Verification.objects.by_the_department().values("listing"))
        return queryset


class WithdrawalFilter(admin.SimpleListFilter):
    title = _("taken off the list")
    parameter_name = "withdrawal"

    def lookups(self, request, model_admin):
        return [("waits", _("Waits for a publisher")), ("done", _("Off the list"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        kept = {"waits": waiting_for_a_publisher, "done": withdrawn}.get(self.value())
        return queryset.filter(pk__in=kept(today).values("pk")) if kept else queryset


@admin.register(ServiceAtLocation)
class ListingAdmin(admin.ModelAdmin):
    form = ListingForm
    list_display = ("title", "town", "status", "first_phone_number", "short_code", "updated_at")
    list_filter = (
        "status",
        CheckedFilter,
        WithdrawalFilter,
        "type",
        "location__location_type",
        "location__state_province",
    )
    search_fields = (
        "service__organization__name",
        *(f"service__{column}" for column in languages.columns("name")),
        "location__city",
        "location__postal_code",
        "phones__number",
        "slug",
    )
    list_select_related = ("service__organization", "location")
    ordering = ("service__organization__name", "pk")
    autocomplete_fields = ("service", "location", "moved_to")
    readonly_fields = ("code", "withdrawn_on", "withdrawal_held_on")
    inlines = (
        PhoneInline,
        ScheduleInline,
        ClosureInline,
        VerificationInline,
        ChangeInline,
        QualityFactInline,
        ProvenanceInline,
    )
    actions = ("take_off_the_list", "keep_on_the_list")
    fieldsets = (
        (None, {"fields": (("service", "location"), ("slug", "code"), "type", "codes", "seen")}),
        (
            _("Open or not"),
            {"fields": (("status", "status_since"), "moved_to", ("withdrawn_on", "withdrawal_held_on"))},
        ),
        (
            _("How to start"),
            {
                "fields": (
                    ("takes_new_patients", "same_day_start", "walk_in"),
                    ("id_needed", "asks_immigration", "spanish"),
                    *languages.rows("they_ask", "to_bring", "up_front"),
                )
            },
        ),
        (
            _("For whom"),
            {
                "fields": (
                    ("gender", "least_age", "greatest_age"),
                    ("takes_pregnant", "with_children", "has_beds"),
                    "contact_email",
                )
            },
        ),
    )

    def get_queryset(self, request):
        phones = Phone.objects.order_by("position", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("phones", phones))

    def get_readonly_fields(self, request, obj=None):
        """Keep the address of the page as it was made, and what the listing is to those who may change services."""
        if obj is None:
            return self.readonly_fields
        kept = () if request.user.has_perm("resources.change_service") else ("service", "location")
        return (*self.readonly_fields, "slug", *kept)

    def has_withdraw_permission(self, request):
        """Say who decides that the last methadone program around leaves the list."""
        return request.user.has_perm("resources.withdraw_serviceatlocation")

    @admin.action(description=_("Take off the list"), permissions=["withdraw"])
    def take_off_the_list(self, request, queryset):
        """Withdraw these listings; their pages stay, with the nearest others."""
        self._decide(request, queryset, is_withdrawn=True)

    @admin.action(description=_("Keep on the list, or put back"), permissions=["withdraw"])
    def keep_on_the_list(self, request, queryset):
        """Withdraw none of these listings: the wrong numbers and closures so far do not count again."""
        self._decide(request, queryset, is_withdrawn=False)

    def _decide(self, request, queryset, *, is_withdrawn):
        for listing in queryset:
            decide_withdrawal(listing=listing, is_withdrawn=is_withdrawn, by=request.user, at=timezone.now())
        rebuild_search([listing.pk for listing in queryset])

    @admin.display(description=_("listing"), ordering="service__organization__name")
    def title(self, listing):
        return listing.title

    @admin.display(description=_("short code"))
    def code(self, listing):
        return listing.short_code if listing.pk else "-"

    @admin.display(description=_("town"), ordering="location__city")
    def town(self, listing):
        return f"{listing.location.city}, {listing.location.state_province}"

    @admin.display(description=_("phone"))
    def first_phone_number(self, listing):
        return next((phone.display for phone in listing.numbers_to_call), "")

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        edited = [formset.prefix for formset in formsets if formset.has_changed()]
        mark_changed(form.instance, [*form.changed_data, *edited])
        form.instance.save(update_fields=["changed_since_check", "updated_at"])
        rebuild_search([form.instance.pk])
