"""Let staff edit the emergency guides, the languages beside each other, and take a passage off at once."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.editorial.translations import MissingTranslation, missing_in
from portal.lib import languages

from .models import Citation, Guide, Passage

REVIEW_FIELDS = ("is_starter", "reviewed_on", "reviewed_by")


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


class CitationInline(admin.TabularInline):
    model = Citation
    extra = 0
    fields = ("position", "source")
    autocomplete_fields = ("source",)


@admin.register(Guide)
class GuideAdmin(admin.ModelAdmin):
    list_display = ("__str__", *languages.columns("title"), "missing", "is_starter", "reviewed_on", "updated_at")
    list_filter = (MissingTranslation, "is_starter")
    search_fields = languages.columns("title", "summary")
    ordering = ("pk",)
    inlines = (PassageInline,)
    fieldsets = (
        (None, {"fields": ("topic", "line", *languages.rows("title", "summary"))}),
        (_("Review"), {"fields": (REVIEW_FIELDS,)}),
    )

    def has_delete_permission(self, request, obj=None):
        """Keep the three pages: what is wrong on them is hidden passage by passage."""
        return False

    @admin.display(description=_("translation missing"))
    def missing(self, guide):
        return ", ".join(languages.name(code) for code in missing_in(guide))

    def get_readonly_fields(self, request, obj=None):
        """Keep the page that a guide is, and leave the review to reviewers."""
        locked = ["topic"] if obj else []
        return locked if request.user.has_perm("overdose.review_guide") else [*locked, *REVIEW_FIELDS]


@admin.register(Passage)
class PassageAdmin(admin.ModelAdmin):
    list_display = (*languages.columns("heading"), "guide", "position", "kind", "is_shown", "missing", "has_note")
    list_display_links = languages.columns("heading")
    list_filter = ("guide__topic", "kind", "is_hidden", MissingTranslation)
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

    @admin.display(description=_("translation missing"))
    def missing(self, passage):
        return ", ".join(languages.name(code) for code in missing_in(passage))

    @admin.display(description=_("shown to readers"), boolean=True, ordering="-is_hidden")
    def is_shown(self, passage):
        return not passage.is_hidden

    @admin.display(description=_("note for staff"), boolean=True)
    def has_note(self, passage):
        return bool(passage.note)

    @admin.action(description=_("Hide from readers at once, in every language"), permissions=["change"])
    def hide(self, request, queryset):
        for passage in queryset:
            passage.is_hidden = True
            passage.save(update_fields=["is_hidden", "updated_at"])
            self.log_change(request, passage, [{"changed": {"fields": ["is_hidden"]}}])
