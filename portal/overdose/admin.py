"""Let staff edit the emergency guides, the languages beside each other, and take a passage off at once."""

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.editorial import approvals, approving
from portal.lib import languages
from portal.reference import quotes

from . import gates
from .models import Citation, Guide, Passage

REVIEW_FIELDS = ("is_starter", "reviewed_on", "reviewed_by")
FORM = "admin/overdose/change_form.html"
may_change = permission_required("overdose.change_guide", raise_exception=True)


def _with_waiting_words(row):
    """Edit the words that wait for approval where there are any."""
    if row:
        approvals.propose([row])
    return row


def _frame(request, row, guide):
    """Return what stands above the form of a guide or a passage."""
    may_approve = request.user.has_perm("overdose.review_guide")
    return {
        "is_guarded": True,
        "approve_url": reverse("admin:overdose_guide_approve", args=[guide]) if may_approve else "",
        "waits": approvals.changes_of([row]).exists(),
    }


class PassageInline(admin.TabularInline):
    """The passages in their order, each with the link to its own form."""

    model = Passage
    extra = 0
    fields = ("position", "kind", "is_shown")
    readonly_fields = ("kind", "is_shown")
    ordering = ("position", "pk")
    show_change_link = True
    can_delete = False

    @admin.display(description=_("shown to readers"), boolean=True)
    def is_shown(self, passage):
        return not passage.is_hidden

    def has_add_permission(self, request, obj=None):
        return False


class CitationFormSet(forms.BaseInlineFormSet):
    """Show the citations that wait for approval as they would be."""

    def get_queryset(self):
        if hasattr(self, "_queryset"):  # Django asks once a form
            return self._queryset
        rows = super().get_queryset()
        approvals.propose(list(rows))
        return rows


class CitationInline(admin.TabularInline):
    model = Citation
    formset = CitationFormSet
    extra = 0
    fields = ("position", "source")
    autocomplete_fields = ("source",)


@admin.register(Guide)
class GuideAdmin(admin.ModelAdmin):
    change_form_template = FORM
    list_display = ("__str__", *languages.columns("title"), "is_starter", "reviewed_on", "updated_at")
    list_filter = ("is_starter",)
    search_fields = languages.columns("title", "summary")
    ordering = ("pk",)
    inlines = (PassageInline,)
    fieldsets = (
        (None, {"fields": ("topic", "line", *languages.rows("title", "summary"))}),
        (_("Review"), {"fields": (REVIEW_FIELDS,)}),
    )

    def get_urls(self):
        """Put the page of approval before the list's own."""
        own = self.admin_site.admin_view
        return [path("<int:pk>/approve/", own(approve), name="overdose_guide_approve"), *super().get_urls()]

    def get_object(self, request, object_id, from_field=None):
        return _with_waiting_words(super().get_object(request, object_id, from_field))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        guide = Guide.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        frame = _frame(request, guide, guide.pk) if guide else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **frame})

    def save_model(self, request, obj, form, change):
        """Keep the approved words until a second person has approved the new ones."""
        if approvals.save(obj, by=request.user, at=timezone.now(), is_public=True):
            approving.tell_that_it_waits(request)

    def has_delete_permission(self, request, obj=None):
        """Keep the three pages: what is wrong on them is hidden passage by passage."""
        return False

    def get_readonly_fields(self, request, obj=None):
        """Keep the page that a guide is, and leave the review to reviewers."""
        locked = ["topic"] if obj else []
        return locked if request.user.has_perm("overdose.review_guide") else [*locked, *REVIEW_FIELDS]


@admin.register(Passage)
class PassageAdmin(admin.ModelAdmin):
    change_form_template = FORM
    list_display = (*languages.columns("heading"), "guide", "position", "kind", "is_shown", "has_note")
    list_display_links = languages.columns("heading")
    list_filter = ("guide__topic", "kind", "is_hidden")
    list_select_related = ("guide",)
    search_fields = ("note", *languages.columns("heading", "text"))
    ordering = ("guide", "position", "pk")
    inlines = (CitationInline,)
    actions = ("hide",)

    fieldsets = (
        (None, {"fields": ("guide", ("position", "anchor", "kind"), "is_hidden")}),
        (_("What readers see"), {"fields": (*languages.rows("heading", "text"), "line")}),
        (_("Drawing"), {"fields": ("drawing", *languages.rows("drawing_alt"))}),
        (
            _("Words to say to somebody who speaks English"),
            {"fields": ("say", *languages.rows("say_sounds", "say_means"))},
        ),
        (_("For staff"), {"fields": ("note",)}),
    )

    def get_readonly_fields(self, request, obj=None):
        """Leave the order, the kind of a step and the line behind its button to those who may review the guide."""
        if obj is None or request.user.has_perm("overdose.review_guide"):
            return ()
        return ("guide", "position", "anchor", "kind", "is_hidden", "line")

    def get_urls(self):
        """Put the button that hides before the list's own pages."""
        own = self.admin_site.admin_view
        return [path("<int:pk>/hide/", own(hide_passage), name="overdose_passage_hide"), *super().get_urls()]

    def get_object(self, request, object_id, from_field=None):
        return _with_waiting_words(super().get_object(request, object_id, from_field))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        passage = Passage.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        frame = _frame(request, passage, passage.guide_id) if passage else {}
        if passage and not passage.is_hidden:
            frame["hide_url"] = reverse("admin:overdose_passage_hide", args=[passage.pk])
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **frame})

    def save_model(self, request, obj, form, change):
        """Keep the approved words until a second person has approved the new ones."""
        form.waits = approvals.save(obj, by=request.user, at=timezone.now(), is_public=True)

    def save_formset(self, request, form, formset, change):
        """Keep the approved citations too; one that is taken out goes at once, and a second person is told."""
        at = timezone.now()
        for citation in formset.save(commit=False):
            form.waits |= approvals.save(citation, by=request.user, at=at, is_public=True)
        for citation in formset.deleted_objects:
            approvals.delete(citation, by=request.user, at=at, is_public=True)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.waits:
            approving.tell_that_it_waits(request)

    @admin.display(description=_("shown to readers"), boolean=True, ordering="-is_hidden")
    def is_shown(self, passage):
        return not passage.is_hidden

    @admin.display(description=_("note for staff"), boolean=True)
    def has_note(self, passage):
        return bool(passage.note)

    @admin.action(description=_("Hide from readers at once, in every language"), permissions=["change"])
    def hide(self, request, queryset):
        for passage in queryset:
            if approvals.remove(passage, by=request.user, at=timezone.now()):
                self.log_change(request, passage, [{"changed": {"fields": ["is_hidden"]}}])


@may_change
def approve(request, pk):
    """Show a guide for approval by a second person."""
    guide = get_object_or_404(Guide, pk=pk)
    page = approving.Page(
        root=guide,
        rows=lambda: gates.page_of(Guide.objects.get(pk=pk)),
        problems=lambda language: gates.problems(guide, language),
        permission="overdose.review_guide",
        back=reverse("admin:overdose_guide_change", args=[pk]),
        spoken=quotes.plain,
    )
    return approving.approve_page(request, page)


@may_change
def hide_passage(request, pk):
    """Take a step or section off the page in every language."""
    passage = get_object_or_404(Passage, pk=pk)
    back = reverse("admin:overdose_passage_change", args=[pk])
    return approving.hide(request, passage, permission="overdose.change_passage", back=back)
