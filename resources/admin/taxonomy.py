"""Let staff keep the words of the codes and the points of the ZIP codes."""

from django.contrib import admin

from portal.lib import languages

from ..models import Place, TaxonomyTerm


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
