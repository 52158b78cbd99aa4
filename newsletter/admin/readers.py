"""Show who reads the newsletter, what they agreed to, and every copy ever made."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..models import ConsentEvent, ConsentText, Delivery, Subscriber, Topic


def _readable(email: str) -> str:
    """Return an address with its domain as people read it, where that differs: other letters may imitate a name."""
    coded = email.rpartition("@")[2].lower()
    if not any(label.startswith("xn--") for label in coded.split(".")):
        return email
    try:
        read = coded.encode("ascii").decode("idna")
    except UnicodeError:
        return email
    names = {"email": email, "domain": read}
    return gettext("%(email)s (reads as %(domain)s: letters of other alphabets can imitate a known name)") % names


def _never(self, request, obj=None):
    """Answer for rows that only readers and the sender change."""
    return False


class ConsentEventInline(admin.TabularInline):
    model = ConsentEvent
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "kind", "language", "consent_text", "consented_on", "proof")
    ordering = ("at", "pk")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("consent_text")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("newsletter.view_subscriber")

    has_add_permission = has_change_permission = _never


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin):
    list_display = ("address", "language", "state", "requested_at", "confirmed_at", "left_at")
    list_filter = ("state", "language")
    search_fields = ("email_norm",)
    ordering = ("-requested_at", "pk")
    show_full_result_count = False
    fields = ("address", "language", "state", "requested_at", "confirmed_at", "left_at")
    inlines = (ConsentEventInline,)

    @admin.display(description=_("e-mail address"), ordering="email_norm")
    def address(self, reader):
        return _readable(str(reader))

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
    list_display = ("email_norm", "report", "language", "state", "attempt", "smtp_code", "smtp_reply", "done_at")
    list_filter = ("state", "language", "campaign")
    list_select_related = ("campaign",)
    search_fields = ("email_norm", "message_id")
    ordering = ("-created_at", "pk")
    show_full_result_count = False

    @admin.display(description=_("campaign"))
    def report(self, delivery):
        """Lead to the page where staff decide about copies."""
        address = reverse("admin:newsletter_campaign_report", args=[delivery.campaign_id])
        return format_html('<a href="{}">{}</a>', address, delivery.campaign)

    has_add_permission = has_change_permission = has_delete_permission = _never


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = (*languages.columns("name"), "is_urgent", "is_active", "position")
    list_display_links = languages.columns("name")
    ordering = ("position", "pk")
    fieldsets = (
        (None, {"fields": (*languages.rows("name", "description"), ("position", "is_urgent", "is_active"), "key")}),
    )

    def get_readonly_fields(self, request, obj=None):
        """Keep the key, which links topics to what is new."""
        return ("key",) if obj else ()

    has_delete_permission = _never
