"""Let staff make alerts out of approved sentences, publish them in every language and take them down."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.editorial.approvals import RefusedError
from portal.lib import languages

from ..actions import approve_sentence
from ..alerts import hide, publish, said
from ..models import Alert, AlertSentence, AlertWord


@admin.register(AlertWord)
class AlertWordAdmin(admin.ModelAdmin):
    list_display = (*languages.columns("text"), "blank")
    list_display_links = languages.columns("text")
    list_filter = ("blank",)
    ordering = ("blank", "code")
    fieldsets = ((None, {"fields": (("code", "blank"), *languages.rows("text"))}),)


@admin.register(AlertSentence)
class AlertSentenceAdmin(admin.ModelAdmin):
    change_form_template = "admin/reference/alertsentence/change_form.html"
    list_display = (*languages.columns("text"), "kind", "is_approved")
    list_display_links = languages.columns("text")
    list_filter = ("kind", ("approved_by", admin.EmptyFieldListFilter))
    ordering = ("kind", "code")
    readonly_fields = ("written_by", "approved_by", "approved_on")
    fieldsets = (
        (None, {"fields": (("code", "kind"), *languages.rows("text"))}),
        (gettext_lazy("Approval"), {"fields": (("written_by", "approved_by", "approved_on"),)}),
    )

    @admin.display(description=gettext_lazy("approved"), boolean=True)
    def is_approved(self, sentence):
        return sentence.approved_by_id is not None

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        can_approve = obj is not None and request.user.has_perm("reference.approve_alertsentence")
        return super().render_change_form(
            request, context | {"can_approve": can_approve}, add=add, change=change, form_url=form_url, obj=obj
        )

    def save_model(self, request, obj, form, change):
        """A sentence that was changed must be approved again; alerts that are out keep what they said."""
        if {"kind", *languages.columns("text")} & set(form.changed_data):
            obj.written_by, obj.approved_by, obj.approved_on = request.user, None, None
        super().save_model(request, obj, form, change)

    def response_change(self, request, obj):
        if "_approve" not in request.POST or not request.user.has_perm("reference.approve_alertsentence"):
            return super().response_change(request, obj)
        try:
            approve_sentence(sentence=obj, by=request.user, on=timezone.localdate())
        except RefusedError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.log_change(request, obj, [{"changed": {"fields": ["approved_by"]}}])
            self.message_user(request, _("Approved. Alerts can use this sentence now."), messages.SUCCESS)
        return HttpResponseRedirect(request.path)


@admin.register(Alert)
class AlertAdmin(admin.ModelAdmin):
    change_form_template = "admin/reference/alert/change_form.html"
    list_display = ("__str__", "kind", "state", "starts_at", "ends_at", "published_by", "hidden_by")
    list_filter = ("kind", ("published_at", admin.EmptyFieldListFilter), ("hidden_at", admin.EmptyFieldListFilter))
    list_select_related = ("sentence", "published_by", "hidden_by")
    ordering = ("-starts_at", "-pk")
    autocomplete_fields = ("source",)
    actions = ("take_down",)
    fieldsets = (
        (gettext_lazy("1. Choose a sentence"), {"fields": (("kind", "sentence"),)}),
        (gettext_lazy("2. Fill its blanks"), {"fields": (("product", "area", "day"),)}),
        (gettext_lazy("3. From when until when"), {"fields": (("starts_at", "ends_at"), "source")}),
        (gettext_lazy("4. Look, then publish"), {"fields": ("preview", "state")}),
    )

    @admin.display(description=gettext_lazy("what readers see"))
    def preview(self, alert):
        if alert.sentence_id is None:
            return _("Save first. Then both languages stand here.")
        column = languages.column
        texts = ((code, getattr(alert, column("text", code)) or said(alert, code)) for code in languages.codes())
        return format_html_join(
            "", '<p><strong>{}:</strong> <span lang="{}">{}</span></p>', ((languages.name(c), c, t) for c, t in texts)
        )

    @admin.display(description=gettext_lazy("state"))
    def state(self, alert):
        now = timezone.now()
        if alert.hidden_at:
            return _("Taken down")
        if not alert.published_at:
            return _("Not published")
        if alert.ends_at <= now:
            return _("Over")
        return format_html("<strong>{}</strong>", _("On every page") if alert.starts_at <= now else _("Will be out"))

    def get_readonly_fields(self, request, obj=None):
        """Keep what was published: only its end may be moved. Something else is another alert."""
        shown = ["preview", "state"]
        if obj and obj.published_at:
            shown += ["kind", "sentence", "product", "area", "day", "source", "starts_at"]
        return shown

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offer approved sentences, and the words for each blank."""
        if db_field.name == "sentence":
            kwargs["queryset"] = AlertSentence.objects.filter(approved_by__isnull=False).order_by("kind", "code")
        if db_field.name in AlertWord.Blank.values:
            kwargs["queryset"] = AlertWord.objects.filter(blank=db_field.name).order_by("code")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Leave out the pencil and the cross beside a list: in a hurry nobody should change a sentence by mistake."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.is_relation:
            field.widget.can_change_related = field.widget.can_delete_related = False
        return field

    def has_delete_permission(self, request, obj=None):
        """Keep what was said to the public."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.published_at is None)

    def get_actions(self, request):
        """Leave out deleting many at once: what was published is kept."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        may = obj is not None and request.user.has_perm("reference.publish_alert")
        extra = {
            "can_publish": may and obj.published_at is None,
            "can_take_down": may and obj.published_at is not None and obj.hidden_at is None,
        }
        return super().render_change_form(request, context | extra, add=add, change=change, form_url=form_url, obj=obj)

    def response_add(self, request, obj, post_url_continue=None):
        """Show the alert as readers will see it, before anybody publishes it."""
        request.POST = request.POST.copy()
        request.POST["_continue"] = "1"
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        if not request.user.has_perm("reference.publish_alert"):
            return super().response_change(request, obj)
        if "_take_down" in request.POST:
            self.take_down(request, [obj])
            return HttpResponseRedirect(request.path)
        if "_publish" in request.POST:
            self._publish(request, obj)
            return HttpResponseRedirect(request.path)
        return super().response_change(request, obj)

    def _publish(self, request, alert):
        try:
            publish(alert=alert, by=request.user, at=timezone.now())
        except RefusedError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.log_change(request, alert, [{"changed": {"fields": ["published_at"]}}])
            self.message_user(request, _("Published in every language."), messages.SUCCESS)

    @admin.action(description=gettext_lazy("Take down now, in every language"), permissions=["publish"])
    def take_down(self, request, queryset):
        """Take alerts off every page; one person is enough."""
        for alert in queryset:
            if hide(alert=alert, by=request.user, at=timezone.now()):
                self.log_change(request, alert, [{"changed": {"fields": ["hidden_at"]}}])
        self.message_user(request, _("Taken down in every language."), messages.SUCCESS)

    def has_publish_permission(self, request):
        return request.user.has_perm("reference.publish_alert")
