"""Let staff edit what all features quote, the languages beside each other."""

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.editorial.translations import MissingTranslation
from portal.lib import languages

from .models import Concept, Department, Line, Source

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


@admin.register(Line)
class LineAdmin(admin.ModelAdmin):
    formfield_overrides = ADDRESSES
    list_display = ("__str__", "phone", "position", "source_date", "confirmed_on")
    list_filter = (MissingTranslation,)
    search_fields = ("slug", "phone", *languages.columns("name", "purpose"))
    ordering = ("position", "pk")
    autocomplete_fields = ("source",)
    fieldsets = (
        (None, {"fields": ("slug", "phone", "url", "position", *languages.rows("name", "purpose"))}),
        (_("Reaching a person"), {"fields": languages.rows("how", "hours", "texting")}),
        CONFIRMED,
    )


@admin.register(Concept)
class ConceptAdmin(admin.ModelAdmin):
    list_display = ("code", *languages.columns("label"), "kind")
    list_filter = ("kind", MissingTranslation)
    search_fields = ("code", *languages.columns("label", "words"))
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": ("code", "kind", *languages.rows("label", "words"))}),
        (_("What it finds"), {"fields": ("claims", "samhsa_codes")}),
    )
