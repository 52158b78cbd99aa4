"""Let staff write a campaign in every language, send it, and see what became of each copy."""

from django.contrib import admin, messages
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib import languages, mail

from . import actions
from .models import Campaign, ConsentEvent, ConsentText, Delivery, IllegalMoveError, Subscriber

State = Campaign.State


def _test(request, campaign):
    if not request.user.email:
        return messages.ERROR, _("Your account has no e-mail address. Enter it first.")
    if found := actions.problems(campaign):
        return messages.ERROR, " ".join(found)
    try:
        actions.send_test(campaign=campaign, email=request.user.email, at=timezone.now())
    except (mail.UnreachableError, mail.RefusedError, mail.UnknownOutcomeError) as error:
        return messages.ERROR, _("The mail server did not take the test: %(why)s") % {"why": error}
    return messages.SUCCESS, _("A test in each language is on its way to you.")


def _start(request, campaign):
    if found := actions.problems(campaign):
        return messages.ERROR, " ".join(found)
    actions.begin(campaign=campaign, at=timezone.now())
    if campaign.state == State.SCHEDULED:
        return messages.SUCCESS, _("The campaign is scheduled.")
    return messages.SUCCESS, _("The campaign starts within a minute.")


def _unschedule(request, campaign):
    campaign.move(State.DRAFT)
    return messages.SUCCESS, _("The campaign is a draft again.")


def _pause(request, campaign):
    campaign.move(State.PAUSED)
    return messages.SUCCESS, _("The campaign is paused. A message that is being handed over right now still arrives.")


def _resume(request, campaign):
    actions.resume(campaign=campaign)
    if campaign.state == State.DRAFT:
        return messages.SUCCESS, _("The campaign is a draft again.")
    return messages.SUCCESS, _("The campaign goes on.")


def _cancel(request, campaign):
    actions.cancel(campaign=campaign, at=timezone.now())
    return messages.SUCCESS, _("The campaign is cancelled. Nobody else gets it.")


# Button -> (its words, what it does, in which states it stands there, whether it takes the right to send).
BUTTONS = {
    "_test": (_("Send a test to me"), _test, {State.DRAFT, State.SCHEDULED}, False),
    "_start": (_("Start, or schedule"), _start, {State.DRAFT}, True),
    "_unschedule": (_("Back to draft"), _unschedule, {State.SCHEDULED}, True),
    "_pause": (_("Pause"), _pause, {State.RUNNING}, True),
    "_resume": (_("Go on"), _resume, {State.PAUSED, State.HELD}, True),
    "_cancel": (_("Cancel for good"), _cancel, set(Campaign.WOULD_SEND) | {State.HELD}, True),
}  # fmt: skip


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):
    list_display = (
        *languages.columns("subject"), "state", "start_at", "recipient_count", "sent", "failed", "uncertain",
    )  # fmt: skip
    list_display_links = languages.columns("subject")
    list_filter = ("state",)
    search_fields = languages.columns("subject", "body")
    ordering = ("-created_at", "pk")
    fieldsets = (
        (None, {"fields": languages.rows("subject", "body")}),
        (_("When"), {"fields": ("start_at",)}),
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

    def get_readonly_fields(self, request, obj=None):
        if obj is None or obj.is_editable:
            return self.always_locked
        return (*languages.columns("subject", "body"), "start_at", *self.always_locked)

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
        elif form.changed_data:
            messages.error(request, _("Not saved: the campaign is no draft any more."))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        campaign = self.get_object(request, object_id)
        report = {"buttons": self._buttons(request, campaign), **_report(campaign)} if campaign else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **report})

    def response_change(self, request, obj):
        """Do what the pressed button says, after the form was saved."""
        pressed = [name for name, _words in self._buttons(request, obj) if name in request.POST]
        if not pressed:
            return super().response_change(request, obj)
        try:
            level, message = BUTTONS[pressed[0]][1](request, Campaign.objects.get(pk=obj.pk))
        except IllegalMoveError:
            level, message = messages.ERROR, _("The campaign was in another state by then. Look again.")
        messages.add_message(request, level, message)
        return HttpResponseRedirect(request.path)

    def _buttons(self, request, campaign):
        may_send = request.user.has_perm("newsletter.send_campaign")
        if not self.has_change_permission(request, campaign):
            return []
        return [
            (name, words)
            for name, (words, _do, states, needs_right) in BUTTONS.items()
            if campaign.state in states and (may_send or not needs_right)
        ]


def _report(campaign) -> dict:
    """Return how many copies of each language are in each state, as rows of a table."""
    counted = campaign.deliveries.values("language", "state").annotate(count=Count("pk")).order_by()
    found = {(row["language"], row["state"]): row["count"] for row in counted}
    states = [(state, label) for state, label in Delivery.State.choices if any(key[1] == state for key in found)]
    rows = [
        (languages.name(code), [found.get((code, state), 0) for state, _label in states]) for code in languages.codes()
    ]
    problems = actions.problems(campaign) if campaign.state in (State.DRAFT, State.HELD) else []
    return {"report_states": [label for _state, label in states], "report_rows": rows, "problems": problems}


def _never(self, request, obj=None):
    """Answer for rows that only readers and the sender change."""
    return False


class ConsentEventInline(admin.TabularInline):
    model = ConsentEvent
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "kind", "language", "consent_text")
    ordering = ("at", "pk")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("consent_text")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("newsletter.view_subscriber")

    has_add_permission = has_change_permission = _never


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin):
    list_display = ("email", "language", "state", "requested_at", "confirmed_at", "left_at")
    list_filter = ("state", "language")
    search_fields = ("email_norm",)
    ordering = ("-requested_at", "pk")
    show_full_result_count = False
    fields = ("email", "language", "state", "requested_at", "confirmed_at", "left_at")
    inlines = (ConsentEventInline,)
    has_add_permission = has_change_permission = has_delete_permission = _never


@admin.register(ConsentText)
class ConsentTextAdmin(admin.ModelAdmin):
    list_display = ("version", "effective_at", *languages.columns("text"))
    ordering = ("-effective_at", "pk")
    fieldsets = ((None, {"fields": (("version", "effective_at"), *languages.rows("text"))}),)

    def has_change_permission(self, request, obj=None):
        """Keep what people agreed to as it was: other words are a new version."""
        return False

    has_delete_permission = _never


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ("email_norm", "campaign", "language", "state", "attempt", "smtp_code", "smtp_reply", "done_at")
    list_filter = ("state", "language", "campaign")
    list_select_related = ("campaign",)
    search_fields = ("email_norm", "message_id")
    ordering = ("-created_at", "pk")
    show_full_result_count = False
    has_add_permission = has_change_permission = has_delete_permission = _never
