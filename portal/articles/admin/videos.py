"""Let staff upload videos or link to them, with captions and words in every language."""

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..models import Video


@admin.register(Video)
class VideoAdmin(admin.ModelAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = (*languages.columns("title"), "where", "sound_name", "made_on", "is_public")
    list_display_links = languages.columns("title")
    list_filter = ("is_public", "topic")
    search_fields = languages.columns("title", "summary", "transcript")
    ordering = ("-made_on", "-pk")
    fieldsets = (
        (None, {"fields": (*languages.rows("title", "slug", "summary"), ("made_on", "credit", "topic"), "is_public")}),
        (_("The video: a file here, or a link"), {"fields": (("file", "url"), ("poster", "seconds"), "sound")}),
        (_("Captions and words, needed in every language"), {
            "fields": languages.rows("captions", "captions_there", "transcript")
        }),
    )  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        """Leave publishing to those who may publish."""
        return () if request.user.has_perm("articles.publish_article") else ("is_public",)

    @admin.display(description=_("where"))
    def where(self, video):
        return video.host or _("Here")

    @admin.display(description=_("language of the sound"))
    def sound_name(self, video):
        return languages.name(video.sound) if video.sound else "-"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Offer the site's languages for the sound."""
        if db_field.name == "sound":
            choices = [("", _("Nobody speaks")), *((code, languages.name(code)) for code in languages.codes())]
            return forms.ChoiceField(choices=choices, required=False, label=capfirst(db_field.verbose_name))
        return super().formfield_for_dbfield(db_field, request, **kwargs)
