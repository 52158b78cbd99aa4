"""Let staff edit sources, contacts, search concepts and related sites."""

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..models import Concept, Department, SiteLink, Source

ADDRESSES = {models.URLField: {"assume_scheme": "https"}}
CONFIRMED = (_("Confirmed by a person"), {"fields": ("source", "source_date", ("confirmed_by", "confirmed_on"))})


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    formfield_overrides = ADDRESSES
    list_display = ("code", "title", "year", "mark")
    list_filter = ("mark", "language")
    search_fields = ("code", "title", "authors", "publisher")
    ordering = ("code",)

    def get_readonly_fields(self, request, obj=None):
        """Keep the code once texts may cite it."""
        return ("code",) if obj else ()


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    formfield_overrides = ADDRESSES
    list_display = ("__str__", "phone", "confirmed_on")
    autocomplete_fields = ("source",)
    fieldsets = (
        (None, {"fields": (*languages.rows("name"), "street", ("city", "state", "postal_code"), "phone", "url")}),
        (_("Where searches without a place start"), {"fields": (("latitude", "longitude"),)}),
        CONFIRMED,
    )

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Department.objects.exists()


@admin.register(Concept)
class ConceptAdmin(admin.ModelAdmin):
    list_display = ("code", *languages.columns("label"), "kind")
    list_filter = ("kind",)
    search_fields = ("code", *languages.columns("label", "words"))
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": ("code", "kind", *languages.rows("label", "words"))}),
        (_("What it finds"), {"fields": ("claims", "samhsa_codes")}),
    )


@admin.register(SiteLink)
class SiteLinkAdmin(admin.ModelAdmin):
    formfield_overrides = ADDRESSES
    list_display = (*languages.columns("name"), "position", "is_public")
    list_display_links = languages.columns("name")
    list_filter = ("is_public",)
    search_fields = languages.columns("name", "url")
    ordering = ("position", "pk")
    fieldsets = ((None, {"fields": (*languages.rows("name", "url", "description"), ("position", "is_public"))}),)
