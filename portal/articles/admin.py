"""Let staff write articles: English and the other languages beside each other, published one by one."""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.editorial.translations import MissingTranslation, missing_in
from portal.lib import languages

from .models import Article, Reference, Section, Topic

PUBLISHED = Article.State.PUBLISHED


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = (*languages.columns("name"), "position")
    list_display_links = languages.columns("name")[:1]
    list_filter = (MissingTranslation,)
    search_fields = languages.columns("name", "description")
    ordering = ("position", "pk")
    fieldsets = ((None, {"fields": ("key", "position", "icon", *languages.rows("name", "slug", "description"))}),)

    def get_readonly_fields(self, request, obj=None):
        """Keep the key: starter texts and links find the topic by it."""
        return ("key",) if obj else ()


class SectionInline(admin.StackedInline):
    model = Section
    extra = 0
    fieldsets = ((None, {"fields": (("position", "anchor"), *languages.rows("heading", "body"))}),)


class ReferenceInline(admin.TabularInline):
    model = Reference
    extra = 0
    fields = ("position", "source")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Read the sources once for all rows: a select of its own in each row would ask once a row."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.choices = list(field.choices)
        return field


class ArticleForm(forms.ModelForm):
    """Check that what is published in a language is whole there."""

    def clean(self):
        cleaned = super().clean()
        for code in languages.codes():
            column = languages.column("state", code)
            if cleaned.get(column, getattr(self.instance, column)) == PUBLISHED:
                self._refuse_gaps(cleaned, code)
        return cleaned

    def _refuse_gaps(self, cleaned, code):
        for name in ("title", "slug", "summary"):
            column = languages.column(name, code)
            if column in self.fields and not cleaned.get(column):
                self.add_error(column, _("Fill this in before publishing in this language."))
        at = languages.column("published_at", code)
        if at in self.fields:
            cleaned[at] = cleaned.get(at) or timezone.now()


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    form = ArticleForm
    list_display = (*languages.columns("title", "state"), "topic", "missing", "updated_at")
    list_display_links = languages.columns("title")
    list_filter = (*languages.columns("state"), MissingTranslation, "topic", "is_starter")
    list_select_related = ("topic",)
    search_fields = languages.columns("title", "summary", "slug")
    ordering = ("-updated_at", "pk")
    date_hierarchy = None
    inlines = (SectionInline, ReferenceInline)
    filter_horizontal = ("related",)
    fieldsets = (
        (None, {"fields": ("key", "topic", *languages.rows("title", "slug", "summary", "key_points"))}),
        (_("Publication, language by language"), {"fields": languages.rows("state", "published_at")}),
        (_("Review"), {"fields": ("is_starter", ("last_reviewed_on", "reviewed_by"), "next_review_on")}),
        (_("Read also"), {"fields": ("related",)}),
    )

    @admin.display(description=_("translation missing"))
    def missing(self, article):
        return ", ".join(languages.name(code) for code in missing_in(article))

    def get_readonly_fields(self, request, obj=None):
        """Leave publication to publishers, and the review to reviewers."""
        locked = ["key"] if obj else []
        if not request.user.has_perm("articles.publish_article"):
            locked += languages.columns("state", "published_at")
            locked += [languages.column("slug", code) for code in (obj.published_urls() if obj else [])]
        if not request.user.has_perm("articles.review_article"):
            locked += ["last_reviewed_on", "reviewed_by", "next_review_on", "is_starter"]
        return locked

    def save_related(self, request, form, formsets, change):
        """Number the sources that the text cites but the list lacks, after those that staff put in order."""
        super().save_related(request, form, formsets, change)
        form.instance.add_cited_sources()
