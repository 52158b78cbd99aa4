"""Let staff keep the directory: both languages beside each other, and every save found by search at once."""

from django.contrib import admin
from django.db.models import Prefetch, URLField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from .actions import rebuild_search
from .forms import ListingForm, VerificationForm
from .models import (
    CallToMake,
    Location,
    Organization,
    Phone,
    Place,
    Provenance,
    Schedule,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
    Verification,
)


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


class ServiceInline(admin.TabularInline):
    model = Service
    extra = 0
    fields = languages.columns("name")
    show_change_link = True


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ("name", "alternate_name", "website")
    search_fields = ("name", "alternate_name", *languages.columns("description"))
    ordering = ("name", "pk")
    fields = (("name", "alternate_name"), *languages.rows("description"), ("website", "email"))
    inlines = (ServiceInline,)
    formfield_overrides = {URLField: {"assume_scheme": "https"}}  # Django 6's default, taken now

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        _rebuild(service__organization=form.instance)


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = (*languages.columns("name"), "organization")
    search_fields = (*languages.columns("name", "description"), "organization__name")
    list_select_related = ("organization",)
    ordering = ("organization__name", "pk")
    autocomplete_fields = ("organization",)
    fields = ("organization", *languages.rows("name"), "alternate_name", *languages.rows("description"))

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        _rebuild(service=obj)


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):
    list_display = ("__str__", "location_type", "postal_code", "point_source")
    list_filter = ("location_type", "point_source", "state_province")
    search_fields = ("name", "address_1", "city", "postal_code")
    ordering = ("state_province", "city", "address_1", "pk")
    fields = (
        ("name", "location_type"),
        ("address_1", "address_2"),
        ("city", "state_province", "postal_code", "country"),
        ("latitude", "longitude", "point_source"),
    )

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        _rebuild(location=obj)


def _rebuild(**which):
    rebuild_search(list(ServiceAtLocation.objects.filter(**which).values_list("pk", flat=True)))


@admin.register(TaxonomyTerm)
class TaxonomyTermAdmin(admin.ModelAdmin):
    list_display = ("code", *languages.columns("name"), "taxonomy")
    list_filter = ("taxonomy",)
    search_fields = ("code", *languages.columns("name", "category"))
    ordering = ("taxonomy", "pk")
    fields = (("taxonomy", "code"), *languages.rows("category", "name"))


@admin.register(Place)
class PlaceAdmin(admin.ModelAdmin):
    list_display = ("zip", "city", "state", "latitude", "longitude")
    list_filter = ("state",)
    search_fields = ("zip", "city")
    ordering = ("zip",)


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
