"""Let staff keep who runs the places, what they do there and where."""

from django.contrib import admin
from django.db.models import URLField

from portal.lib import languages

from ..actions import rebuild_search
from ..models import Location, Organization, Service, ServiceAtLocation


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
        ("time_zone", "wheelchair"),
        *languages.rows("transit"),
    )

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        _rebuild(location=obj)


def _rebuild(**which):
    rebuild_search(list(ServiceAtLocation.objects.filter(**which).values_list("pk", flat=True)))
