"""Let staff keep what articles are made of besides their text: topics, people, their workplaces and pictures."""

from django.contrib import admin
from django.shortcuts import get_object_or_404
from django.urls import path, reverse

from portal.editorial import approvals, approving
from portal.lib import languages

from .. import gates
from ..models import Affiliation, Contributor, Image, SlugRedirect, Topic


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = (*languages.columns("name"), "position")
    list_display_links = languages.columns("name")[:1]
    search_fields = languages.columns("name", "description")
    ordering = ("position", "pk")
    fieldsets = ((None, {"fields": ("key", "position", "icon", *languages.rows("name", "slug", "description"))}),)

    def get_readonly_fields(self, request, obj=None):
        """Keep the key: starter texts and links find the topic by it."""
        return ("key",) if obj else ()

    def save_model(self, request, obj, form, change):
        """Have the addresses that the topic had lead on."""
        before = Topic.objects.filter(pk=obj.pk).first()
        super().save_model(request, obj, form, change)
        SlugRedirect.objects.follow(obj, before)


@admin.register(Contributor)
class ContributorAdmin(admin.ModelAdmin):
    list_display = ("name", *languages.columns("credentials"))
    search_fields = ("name",)
    ordering = ("name", "pk")
    fieldsets = ((None, {"fields": (("name", "family_name"), *languages.rows("credentials"), "orcid")}),)


@admin.register(Affiliation)
class AffiliationAdmin(admin.ModelAdmin):
    list_display = languages.columns("name")
    search_fields = languages.columns("name")
    ordering = (*languages.columns("name"), "pk")
    fieldsets = ((None, {"fields": languages.rows("name")}),)


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    change_form_template = approving.FORM
    list_display = ("file", *languages.columns("alt"))
    search_fields = languages.columns("alt", "caption")
    ordering = ("-pk",)
    fieldsets = ((None, {"fields": ("file", *languages.rows("alt", "caption"), "credit")}),)

    def get_urls(self):
        """Put the page of approval before the list's own."""
        own = self.admin_site.admin_view
        return [path("<int:pk>/approve/", own(approve_image), name="articles_image_approve"), *super().get_urls()]

    def get_object(self, request, object_id, from_field=None):
        """Edit the words that wait for approval where there are any."""
        image = super().get_object(request, object_id, from_field)
        if image:
            approvals.propose([image])
        return image

    def get_readonly_fields(self, request, obj=None):
        """Have another picture of an emergency page chosen there, where the choice waits for a second person."""
        return ("file",) if obj and gates.shows(obj) else ()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        may_approve = obj is not None and request.user.has_perm("articles.review_article")
        context |= approving.frame(obj, "admin:articles_image_approve" if may_approve else "")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj, form, change):
        """Have what an emergency page says about its picture wait for a second person."""
        approving.save_shared(request, obj, is_guarded=change and gates.shows(obj))


def approve_image(request, pk):
    """Show the words of a picture for approval by a second person."""
    page = approving.Page(
        root=get_object_or_404(Image, pk=pk),
        rows=lambda: [Image.objects.get(pk=pk)],
        problems=lambda language: [],
        permission="articles.review_article",
        back=reverse("admin:articles_image_change", args=[pk]),
    )
    return approving.approve_page(request, page)
