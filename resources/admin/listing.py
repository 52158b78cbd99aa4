"""Let staff keep listings with all that hangs on them."""

from django.contrib import admin
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..actions import rebuild_search
from ..forms.listing import ListingForm, VerificationForm
from ..models import Phone, Provenance, Schedule, ServiceAtLocation, Verification


class PhoneInline(admin.TabularInline):
    model = Phone
    extra = 0
    fields = ("number", "extension", "type", "use", *languages.columns("note"), "languages", "position")


class ScheduleInline(admin.TabularInline):
    model = Schedule
    extra = 0
    fields = ("freq", "byday", "opens_at", "closes_at", "valid_from", "valid_to", *languages.columns("description"))


class VerificationInline(admin.TabularInline):
    model = Verification
    form = VerificationForm
    extra = 0
    fields = ("method", "outcome", "at", "fields", "by")
    readonly_fields = ("by",)
    ordering = ("-at", "-pk")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ProvenanceInline(admin.TabularInline):
    model = Provenance
    extra = 0
    fields = readonly_fields = ("source", "year", "source_id")

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


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


@admin.register(ServiceAtLocation)
class ListingAdmin(admin.ModelAdmin):
    form = ListingForm
    list_display = ("title", "town", "status", "first_phone_number", "short_code", "updated_at")
    list_filter = ("status", CheckedFilter, "location__location_type", "location__state_province")
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
    readonly_fields = ("code",)
    inlines = (PhoneInline, ScheduleInline, VerificationInline, ProvenanceInline)
    fieldsets = (
        (None, {"fields": (("service", "location"), ("slug", "code"), "codes")}),
        (_("Open or not"), {"fields": (("status", "status_since"), "moved_to")}),
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

    def save_formset(self, request, form, formset, change):
        for row in formset.save(commit=False):
            if isinstance(row, Verification) and row.pk is None:
                row.by = request.user
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        rebuild_search([form.instance.pk])
