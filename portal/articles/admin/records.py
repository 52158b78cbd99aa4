"""Let staff keep what articles are made of besides their text: topics, people, their workplaces and pictures."""

from django.contrib import admin

from portal.lib import languages

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
    list_display = ("file", *languages.columns("alt"))
    search_fields = languages.columns("alt", "caption")
    ordering = ("-pk",)
    fieldsets = ((None, {"fields": ("file", *languages.rows("alt", "caption"), "credit")}),)
