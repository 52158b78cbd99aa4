"""Let staff put a campaign together from parts, in every language, and bring it to its readers."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from .. import render, stats
from ..actions import pages
from ..models import Block, Campaign, IllegalMoveError, Topic
from . import buttons, figures, preview, report, steps

State = Campaign.State
AT_THE_END = 999
OWN_WORDS = _("My own words, written below")
ONE_WAY_TO_SAVE = {"show_save_and_continue": False, "show_save_and_add_another": False}  # what is next is on the page


class BlockForm(forms.ModelForm):
    """One part: something picked from the site, or words."""

    position = forms.IntegerField(
        label=_("order"), required=False, min_value=0, max_value=AT_THE_END, help_text=_("The lowest comes first.")
    )
    page = forms.ChoiceField(label=_("what it shows"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        picked, known = self.instance.page, dict(pages.flat(self.fields["page"].choices))
        if picked and picked not in known:
            gone = _("Not on the site any more: %(title)s") % {"title": self.instance}
            self.fields["page"].choices = [*self.fields["page"].choices, (picked, gone)]

    def clean(self):
        """Refuse a part that shows nothing, or two things."""
        cleaned = super().clean()
        has_words = any(not render.is_empty(cleaned.get(column)) for column in languages.columns("body"))
        first = languages.columns("body")[0]
        if not cleaned.get("page") and not has_words and not self.errors:
            self.add_error(first, _("Write the text, or pick a page or a number."))
        elif cleaned.get("page") and has_words:
            self.add_error("page", _("A part is either picked or written. Make another part for your own words."))
        return cleaned

    def clean_position(self):
        """Put what has no number at the end."""
        position = self.cleaned_data["position"]
        return AT_THE_END if position is None else position


class BlockInline(admin.StackedInline):
    model = Block
    form = BlockForm
    extra = 0
    verbose_name = _("part")
    verbose_name_plural = _("More parts, if you like: pages of the site, numbers with their source, words of your own")
    fieldsets = ((None, {"fields": (("position", "page"), *languages.rows("title", "body"))}),)
    copied = (*languages.columns("title"), *languages.columns("summary"), *languages.columns("url"))

    def get_formset(self, request, obj=None, **kwargs):
        """Offer what can be picked, looked up once for all parts."""
        formset = super().get_formset(request, obj, **kwargs)
        if "page" in formset.form.base_fields:
            formset.form.base_fields["page"].choices = [("", OWN_WORDS), *pages.choices()]
        return formset

    def get_fieldsets(self, request, obj=None):
        """Show what was copied once the words are fixed."""
        if obj is None or obj.is_editable:
            return super().get_fieldsets(request, obj)
        return ((None, {"fields": languages.rows("title", "summary", "url", "body")}),)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("newsletter.view_campaign")

    def has_add_permission(self, request, obj=None):
        """Let whoever may write a campaign write its parts, as long as it is a draft."""
        return request.user.has_perm("newsletter.change_campaign") and (obj is None or obj.is_editable)

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):
    list_display = (
        *languages.columns("subject"), "state", "next_step", "start_at", "recipient_count", "sent", "failed",
        "uncertain",
    )  # fmt: skip
    list_display_links = languages.columns("subject")
    list_filter = ("state", "kind")
    search_fields = languages.columns("subject", "body")
    ordering = ("-created_at", "pk")
    radio_fields = {"kind": admin.VERTICAL}
    inlines = (BlockInline,)
    fieldsets = (
        (None, {"fields": languages.rows("subject", "body")}),
        (_("For whom and when"), {"fields": ("kind", "topic", "start_at", "only_reason")}),
        (_("So far"), {"fields": ("state", ("started_at", "finished_at"), ("recipient_count", "excluded_count"))}),
    )
    always_locked = ("state", "started_at", "finished_at", "recipient_count", "excluded_count")

    def get_queryset(self, request):
        return super().get_queryset(request).with_counts()

    @admin.display(description=_("sent"), ordering="sent_count")
    def sent(self, campaign):
        return campaign.sent_count

    @admin.display(description=_("refused"), ordering="failed_count")
    def failed(self, campaign):
        return campaign.failed_count

    @admin.display(description=_("uncertain"), ordering="uncertain_count")
    def uncertain(self, campaign):
        return campaign.uncertain_count

    @admin.display(description=_("next step"))
    def next_step(self, campaign):
        return steps.NEXT[campaign.state]

    def get_urls(self):
        """Put the preview and the report before the list."""
        own = self.admin_site.admin_view
        return [
            path("figures/", own(figures.show), name="newsletter_figures"),
            path("preview/", own(preview.show), name="newsletter_campaign_preview"),
            path("<int:pk>/report/", own(report.show), name="newsletter_campaign_report"),
            path("<int:pk>/report/copies.csv", own(report.export), name="newsletter_campaign_export"),
            path("<int:pk>/report/decide/", own(report.decide), name="newsletter_campaign_decide"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request, obj=None):
        """Leave out what a campaign cannot have before it starts."""
        return self.fieldsets[:2] if obj is None or obj.is_editable else self.fieldsets

    def get_readonly_fields(self, request, obj=None):
        if obj is None or obj.is_editable:
            return self.always_locked
        return (*languages.columns("subject", "body"), "kind", "topic", "start_at", "only_reason", *self.always_locked)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """Leave digests to the machine that makes them."""
        if db_field.name == "kind":
            kwargs["choices"] = [each for each in Campaign.Kind.choices if each[0] != Campaign.Kind.DIGEST]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Offer topics without the pencil and the plus, and name both boxes of the start: Django names neither."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "topic" and field is not None:
            field.widget, field.empty_label = field.widget.widget, _("Everybody")
            field.queryset = Topic.objects.on_offer()
        elif db_field.name == "start_at" and field is not None:
            for box, words in zip(field.widget.widgets, (_("Start: day"), _("Start: time")), strict=True):
                box.attrs["aria-label"] = words
        return field

    def add_view(self, request, form_url="", extra_context=None):
        more = {**steps.beside(request, None, [], []), "preview": preview.OPTIONS, **ONE_WAY_TO_SAVE}
        return super().add_view(request, form_url, {**(extra_context or {}), **more})

    def has_delete_permission(self, request, obj=None):
        """Leave nothing to delete but drafts: the rest says who got what."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_editable)

    def get_actions(self, request):
        """Offer no deletion of many at once."""
        return {}

    def save_model(self, request, obj, form, change):
        """Write only what was changed, and only to a draft: the sender may be moving the row right now."""
        if not change:
            super().save_model(request, obj, form, change)
        elif Campaign.objects.select_for_update().filter(pk=obj.pk, state=State.DRAFT).exists():
            obj.save(update_fields=form.changed_data)
        else:
            form.is_late = True
            if form.changed_data:
                messages.error(request, _("Not saved: the campaign is no draft any more."))

    def save_related(self, request, form, formsets, change):
        """Leave the parts alone, too, once the sender has the campaign."""
        if not getattr(form, "is_late", False):
            super().save_related(request, form, formsets, change)
        else:
            for formset in formsets:
                formset.save(commit=False)  # writes nothing; the history asks what it would have written

    def save_formset(self, request, form, formset, change):
        """Copy what was picked, and number the parts from 1 in their order."""
        formset.save(commit=False)
        for block in formset.deleted_objects:
            block.delete()
        kept = [each for each in formset.forms if each not in formset.deleted_forms and each.instance.page is not None]
        kept = [each for each in kept if each.instance.pk or each.has_changed()]
        order = sorted(kept, key=lambda each: (each.cleaned_data["position"], "position" not in each.changed_data))
        for number, each in enumerate(order, start=1):
            each.instance.position = number
            pages.copy_into(each.instance)
            each.instance.save()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        campaign = self.get_object(request, object_id)
        more = self._about(request, campaign) if campaign else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _about(self, request, campaign):
        """Return what stands beside the form: the next steps, the preview, how the sending goes."""
        is_before = campaign.state in (State.DRAFT, State.HELD)
        problems = buttons.stops(campaign) if is_before else []
        readers = stats.waiting_readers(campaign) if is_before and not campaign.is_digest else []
        return {
            "buttons": buttons.offered(request, campaign) if self.has_change_permission(request, campaign) else [],
            "readers": readers,
            "preview": preview.OPTIONS,
            "show_save": campaign.is_editable,
            **ONE_WAY_TO_SAVE,
            **steps.beside(request, campaign, problems, readers),
            **stats.copies(campaign),
        }

    def response_change(self, request, obj):
        """Do what the pressed button says, after the form was saved."""
        pressed = [name for name, _words in buttons.offered(request, obj) if name in request.POST]
        if not pressed:
            if Campaign.objects.filter(pk=obj.pk, state=State.DRAFT).exists():
                messages.success(request, _("Saved. Nothing was sent."))
            return HttpResponseRedirect(request.path)
        try:
            level, message = buttons.BUTTONS[pressed[0]][1](request, Campaign.objects.get(pk=obj.pk))
        except IllegalMoveError:
            level, message = messages.ERROR, _("The campaign was in another state by then. Look again.")
        messages.add_message(request, level, message)
        return HttpResponseRedirect(request.path)

    def response_add(self, request, obj, post_url_continue=None):
        """Go on to the page where a draft is tested and started."""
        messages.success(request, _("Saved. Nothing was sent."))
        return HttpResponseRedirect(f"../{obj.pk}/change/")
