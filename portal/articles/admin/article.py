"""Let staff write articles: English and the other languages beside each other, published one by one."""

from django.contrib import admin, messages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from js_asset import Script

from portal.editorial import approvals, approving
from portal.lib import languages

from .. import gates
from ..actions import revisions
from ..forms import ArticleForm, ReferenceFormSet, SectionFormSet
from ..models import Article, ArticleChange, Contribution, Reference, Section, SlugRedirect
from . import documents, editing, live, moves


class ReviewDue(admin.SimpleListFilter):
    """Published articles whose next review is over."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request, model_admin):
        return [("due", _("Past its day"))]

    def queryset(self, request, queryset):
        return queryset.review_due(timezone.localdate()) if self.value() == "due" else queryset


class SectionInline(admin.StackedInline):
    model = Section
    formset = SectionFormSet
    fieldsets = (
        (None, {"fields": (("position", "anchor", "kind", "is_hidden"), *languages.rows("heading", "body"), "image")}),
    )

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Read the pictures once for all sections."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.choices = list(field.choices)
        return field

    def get_extra(self, request, obj=None, **kwargs):
        """Leave room for the sections of an old text that the article has lost."""
        texts = editing.wanted(request, obj)
        return len(editing.gone(texts, obj)) if texts else 0


class ReferenceInline(admin.TabularInline):
    model = Reference
    formset = ReferenceFormSet
    extra = 0
    fields = ("position", "source")

    def get_queryset(self, request):
        """Read the sources with their references."""
        return super().get_queryset(request).select_related("source")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Read the sources once for all rows: a select of its own in each row would ask once a row."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.choices = list(field.choices)
        return field


class ContributionInline(admin.TabularInline):
    model = Contribution
    extra = 0
    fields = ("position", "contributor", "role", "affiliations", "is_corresponding")
    autocomplete_fields = ("contributor", "affiliations")


class ChangeInline(admin.StackedInline):
    model = ArticleChange
    extra = 0
    fieldsets = ((None, {"fields": (("made_on", "is_public"), *languages.rows("note"))}),)


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    form = ArticleForm
    list_display = ("title_shown", "where_it_stands", "topic_shown", "updated_at")
    list_filter = (*languages.columns("state"), ReviewDue, "topic", "is_starter", "is_emergency")
    list_select_related = ("topic",)
    autocomplete_fields = ("plain_version", "related")  # a list of all articles grows with them
    search_fields = languages.columns("title", "summary", "slug")
    ordering = ("-updated_at", "pk")
    date_hierarchy = None
    inlines = (SectionInline, ReferenceInline, ContributionInline, ChangeInline)
    fieldsets = (
        (None, {"fields": (("key", "kind", "is_emergency"), ("topic", "concept"))}),
        (_("Texts"), {"fields": (*languages.rows("title", "slug", "summary", "key_points"), "image")}),
        (_("Publication, language by language"), {"fields": languages.rows("state", "published_at", "expires_at")}),
        (_("Review"), {"fields": ("is_starter", ("last_reviewed_on", "reviewed_by"), "next_review_on")}),
        (
            _("Update for professionals"),
            {"fields": ("plain_version", *languages.rows("abstract", "conflicts"), ("doi", "correspondence"))},
        ),
        (_("Read also"), {"fields": ("related",)}),
    )

    @admin.display(description=_("title"), ordering=languages.columns("title")[0])
    def title_shown(self, article):
        return str(article)

    @admin.display(description=_("where it stands"))
    def where_it_stands(self, article):
        states = {code: getattr(article, languages.column("state", code)) for code in languages.codes()}
        return ", ".join(f"{languages.name(code)}: {Article.State(state).label}" for code, state in states.items())

    @admin.display(description=_("topic"), ordering="topic__position")
    def topic_shown(self, article):
        return str(article.topic)

    class Media:
        css = {"all": ["css/article-form.css"]}
        js = [Script("js/article-form.js", type="module"), Script("js/autosave.js", type="module")]

    def get_readonly_fields(self, request, obj=None):
        """Leave states to the moves, publication to publishers, and the review to reviewers."""
        locked = ["key"] if obj else []
        locked += languages.columns("state", "published_at")
        if not request.user.has_perm("articles.publish_article"):
            locked += ["is_emergency", *languages.columns("expires_at")]
            locked += [languages.column("slug", code) for code in (obj.published_urls() if obj else [])]
        if not request.user.has_perm("articles.review_article"):
            locked += ["last_reviewed_on", "reviewed_by", "next_review_on", "is_starter"]
        return locked

    def get_urls(self):
        """Put the pages of the workflow before the list's own."""
        own = self.admin_site.admin_view
        return [*moves.urls(own), *live.urls(own), *documents.urls(own), *super().get_urls()]

    def get_object(self, request, object_id, from_field=None):
        """Edit the words that wait for approval where there are any."""
        article = super().get_object(request, object_id, from_field)
        if article:
            approvals.propose([article])
        return article

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Save beside others: what they saved meanwhile is merged or shown, and what stood there before is kept."""
        article = editing.article_of(object_id)
        if request.method != "POST" or article is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            Article.objects.select_for_update().get(pk=article.pk)
            revisions.record_first(article)
            editing.merge(self, request, self.get_object(request, object_id))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show where the article stands above its fields."""
        article = editing.article_of(object_id)
        panel = moves.panel(request, article) if article else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **panel})

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Offer the sections that an old text had and the article has lost as new ones."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        texts = editing.wanted(request, obj if obj.pk else None) if inline.model is Section else None
        return {**kwargs, "initial": editing.gone(texts, obj)} if texts else kwargs

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Add what tells at the save whether somebody else saved meanwhile; show an old text where one is wanted."""
        form, formsets = context["adminform"].form, [inline.formset for inline in context["inline_admin_formsets"]]
        context |= editing.context(request, form, formsets)
        if texts := editing.wanted(request, obj):
            editing.show_again(texts, form, formsets)
            context["is_old_text"] = True
        return super().render_change_form(request, context, add, change, form_url, obj)

    def message_user(self, request, message, level=messages.INFO, extra_tags="", fail_silently=False):
        """Mark what says that something was saved: then autosave.js forgets what it kept."""
        tags = f"{extra_tags} saved".strip() if level == messages.SUCCESS else extra_tags
        super().message_user(request, message, level, tags, fail_silently)

    def history_view(self, request, object_id, extra_context=None):
        """Show who changed what, word by word, with a way back to each text."""
        article = editing.article_of(object_id)
        shown = editing.history(request, article, self.has_change_permission(request, article)) if article else {}
        return super().history_view(request, object_id, {**(extra_context or {}), **shown})

    def save_model(self, request, obj, form, change):
        """Keep the approved words of an emergency page until a second person has approved the new ones."""
        before = Article.objects.filter(pk=obj.pk).first()
        form.is_guarded = gates.is_guarded(before)
        form.waits = approvals.save(obj, by=request.user, at=timezone.now(), is_public=form.is_guarded)
        SlugRedirect.objects.follow(obj, before)

    def save_formset(self, request, form, formset, change):
        """Do the same for each section and each reference."""
        if formset.model not in (Section, Reference):
            formset.save()
            return
        for row in formset.save(commit=False):
            form.waits |= approvals.save(row, by=request.user, at=timezone.now(), is_public=form.is_guarded)
        for row in formset.deleted_objects:
            approvals.delete(row, by=request.user, at=timezone.now(), is_public=form.is_guarded)
        formset.save_m2m()

    def save_related(self, request, form, formsets, change):
        """Number the sources that the text cites but the list lacks, after those that staff put in order."""
        super().save_related(request, form, formsets, change)
        article, *parts = approvals.page(lambda: gates.page_of(Article.objects.get(pk=form.instance.pk)))
        for reference in article.lacking_references([part for part in parts if isinstance(part, Section)]):
            form.waits |= approvals.save(reference, by=request.user, at=timezone.now(), is_public=form.is_guarded)
        revisions.record(form.instance, by=request.user, at=timezone.now())
        editing.tell(request)
        if form.waits:
            approving.tell_that_it_waits(request)
