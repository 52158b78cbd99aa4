"""Let staff upload videos or link to them, with captions and words in every language."""

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.editorial import approvals
from portal.editorial.models import Move
from portal.lib import languages

from ..forms import VideoForm, WrittenVideoForm
from ..models import Article, Video

REVIEW_FIELDS = ("last_reviewed_on", "reviewed_by", "next_review_on")


@admin.register(Video)
class VideoAdmin(admin.ModelAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = (*languages.columns("title"), "where", "sound_name", "made_on", "is_public")
    list_display_links = languages.columns("title")
    list_filter = ("is_public", "topic")
    search_fields = languages.columns("title", "summary", "transcript")
    ordering = ("-made_on", "-pk")
    fieldsets = (
        (None, {"fields": (*languages.rows("title", "slug", "summary"), ("made_on", "credit", "topic"))}),
        (_("The video: a file here, or a link"), {"fields": (("file", "url"), ("poster", "seconds"), "sound")}),
        (_("Captions and words, needed in every language"), {
            "fields": languages.rows("captions", "captions_there", "transcript")
        }),
        (_("Review"), {"fields": (("last_reviewed_on", "reviewed_by"), "next_review_on")}),
        (_("Publication"), {"fields": ("is_public", "reason")}),
    )  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        """Leave publishing to those who may publish, and the review to reviewers."""
        locked = () if request.user.has_perm("articles.publish_article") else ("is_public",)
        return locked if request.user.has_perm("articles.review_article") else (*locked, *REVIEW_FIELDS)

    def get_form(self, request, obj=None, change=False, **kwargs):
        may_publish = request.user.has_perm("articles.publish_article")
        form = VideoForm if may_publish else WrittenVideoForm
        return super().get_form(request, obj, change, form=form, **kwargs)

    def get_fieldsets(self, request, obj=None):
        """Ask for a reason only those who may set a rule aside."""
        if request.user.has_perm("articles.publish_article"):
            return super().get_fieldsets(request, obj)
        return [*self.fieldsets[:-1], (self.fieldsets[-1][0], {"fields": ("is_public",)})]

    def save_model(self, request, obj, form, change):
        """Write down who published it, in spite of what, or took it off; pass on what the rules warn of."""
        was_public = change and Video.objects.public().filter(pk=obj.pk).exists()
        super().save_model(request, obj, form, change)
        overridden = sorted({problem.rule for problem in form.broken if not problem.is_warning})
        if obj.is_public and (overridden or not was_public):
            _record(obj, form.cleaned_data.get("reason", ""), overridden, by=request.user, was_public=was_public)
        elif was_public and not obj.is_public:
            approvals.tell(obj, by=request.user, at=timezone.now())
        for problem in form.broken:
            messages.warning(request, problem.message)

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


def _record(video, reason, overridden, *, by, was_public):
    """Write down the publication in every language: a video goes out in all at once."""
    state = Article.State
    before = state.PUBLISHED if was_public else state.DRAFT
    for code in languages.codes():
        Move.objects.create(
            row=video, language=code, from_state=before, to_state=state.PUBLISHED, by=by, at=timezone.now(),
            note=reason, overridden=overridden,
        )  # fmt: skip
