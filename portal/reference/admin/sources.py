"""Let staff edit sources, contacts, search concepts and related sites."""

from django.contrib import admin
from django.db import models
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from portal.editorial import approvals, approving
from portal.lib import languages

from .. import gates
from ..models import Concept, Department, SiteLink, Source

ADDRESSES = {models.URLField: {"assume_scheme": "https"}}
CONFIRMED = (_("Confirmed by a person"), {"fields": ("source", "source_date", ("confirmed_by", "confirmed_on"))})


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    change_form_template = approving.FORM
    formfield_overrides = ADDRESSES
    list_display = ("code", "title", "year", "mark")
    list_filter = ("mark", "language")
    search_fields = ("code", "title", "authors", "publisher")
    ordering = ("code",)

    def get_readonly_fields(self, request, obj=None):
        """Keep the code once texts may cite it."""
        return ("code",) if obj else ()

    def get_urls(self):
        """Put the page of approval before the list's own."""
        own = self.admin_site.admin_view
        return [path("<int:pk>/approve/", own(approve_source), name="reference_source_approve"), *super().get_urls()]

    def get_object(self, request, object_id, from_field=None):
        """Edit the words that wait for approval where there are any."""
        source = super().get_object(request, object_id, from_field)
        if source:
            approvals.propose([source])
        return source

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        may_approve = obj is not None and request.user.has_perm("reference.approve_fact")
        context |= approving.frame(obj, "admin:reference_source_approve" if may_approve else "")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        """Have a change of what an emergency page cites wait for a second person."""
        approving.save_shared(request, obj, is_guarded=change and gates.is_guarded(obj))


def approve_source(request, pk):
    """Show a source for approval by a second person."""
    page = approving.Page(
        root=get_object_or_404(Source, pk=pk),
        rows=lambda: [Source.objects.get(pk=pk)],
        problems=lambda language: [],
        permission="reference.approve_fact",
        back=reverse("admin:reference_source_change", args=[pk]),
    )
    return approving.approve_page(request, page)


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
