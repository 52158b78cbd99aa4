"""Keep each edition of the newsletter: written in every language, frozen when it starts."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from portal.lib.richtext import RichTextField, clean

from .topic import Topic


class IllegalMoveError(Exception):
    """A campaign cannot go from the state it is in to the one asked for."""


def refuse_places(words: str) -> None:
    """Refuse, with a `ValidationError`, the marks around what is filled in for each person (portal/lib/mail)."""
    html = clean(words)
    if any("%%" in text for text in (words, html, strip_tags(html))):
        raise ValidationError(_("Two percent signs in a row cannot be sent. Leave one out."), code="place")


class CampaignQuerySet(models.QuerySet):
    def due(self, at):
        """Return what the sender should start now."""
        return self.filter(
            Q(state=Campaign.State.PREPARING) | Q(state=Campaign.State.SCHEDULED, start_at__lte=at)
        ).order_by("start_at", "pk")

    def in_archive(self):
        """Return what has gone out, the newest first; of digests those that hold more than changes of single pages."""
        with_news = Campaign.objects.filter(digest_run__items__is_alert=False).values("pk")
        shown = self.filter(~Q(kind=Campaign.Kind.DIGEST) | Q(pk__in=with_news), state__in=Campaign.GONE_OUT)
        return shown.order_by("-started_at", "-pk")

    def with_counts(self):
        """Bring how many copies there are, and how many in the ends that staff look for."""
        ends = ("sent", "failed", "uncertain")
        counts = {f"{end}_count": Count("deliveries", filter=Q(deliveries__state=end)) for end in ends}
        return self.annotate(**counts)


class Campaign(models.Model):
    """One edition of the newsletter, the same in every language."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        PREPARING = "preparing", _("About to start")
        RUNNING = "running", _("Being sent")
        PAUSED = "paused", _("Paused")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")
        HELD = "held", _("Held back")

    MOVES = {
        State.DRAFT: {State.SCHEDULED, State.PREPARING, State.CANCELLED},
        State.SCHEDULED: {State.DRAFT, State.PREPARING, State.RUNNING, State.CANCELLED, State.HELD},
        State.PREPARING: {State.RUNNING, State.CANCELLED, State.HELD},
        State.RUNNING: {State.PAUSED, State.FINISHED, State.CANCELLED, State.HELD},
        State.PAUSED: {State.RUNNING, State.CANCELLED, State.HELD},
        State.HELD: {State.DRAFT, State.RUNNING, State.CANCELLED},
        State.FINISHED: {State.RUNNING},  # staff have copies tried again
        State.CANCELLED: set(),
    }
    GONE_OUT = (State.RUNNING, State.PAUSED, State.FINISHED)
    WOULD_SEND = (State.SCHEDULED, State.PREPARING, State.RUNNING, State.PAUSED)

    class Kind(models.TextChoices):
        EDITION = "edition", _("Edition: at once to readers who want that, to the others in their digest")
        URGENT = "urgent", _("Urgent alert: at once to everybody who wants alerts")
        DIGEST = "digest", _("Digest: made by itself from what is new")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EDITION)
    topic = models.ForeignKey(
        Topic,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("topic"),
        related_name="campaigns",
        help_text=_("Empty: everybody."),
    )
    subject = models.CharField(
        _("subject"),
        max_length=120,
        help_text=_("Name no illness: others may see the screen."),
        validators=[refuse_places],
    )
    body = RichTextField(_("text"), blank=True, validators=[refuse_places])
    only_reason = models.CharField(
        _("why only in one language"),
        max_length=200,
        blank=True,
        help_text=_("Leave empty for both languages. With a reason, the others get the same text, marked as such."),
    )
    tested_as = models.CharField(_("words that were tested"), max_length=64, blank=True, editable=False)
    tested_at = models.DateTimeField(_("tested"), null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    start_at = models.DateTimeField(
        _("start at"), null=True, blank=True, help_text=_("Empty: as soon as you start it.")
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    recipient_count = models.PositiveIntegerField(_("recipients"), default=0)
    excluded_count = models.PositiveIntegerField(_("left out"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        permissions = [("send_campaign", _("Can send campaigns"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft", "scheduled", "preparing", "running", "paused", "finished", "cancelled", "held",
                    ]
                ),
                name="campaign_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(start_at__isnull=False), name="campaign_scheduled_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "paused", "finished"]) | Q(started_at__isnull=False),
                name="campaign_started_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(finished_at__isnull=False), name="campaign_finished_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["draft", "scheduled", "preparing"]) | Q(started_at=None),
                name="campaign_started_never_a_draft_again",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.subject or str(_("Campaign without a subject"))

    def move(self, to, **fields) -> None:
        """Go to another state and set these fields, at once and only by a legal move.

        Raises `IllegalMoveError`, also when another process moved the campaign first.
        """
        origins = [state for state, targets in self.MOVES.items() if to in targets]
        moved = Campaign.objects.filter(pk=self.pk, state__in=origins).update(state=to, **fields)
        self.refresh_from_db()
        if not moved:
            raise IllegalMoveError(f"{self.state} -> {to}")

    @property
    def is_digest(self) -> bool:
        """Whether it was made by itself, of what is new, and differs by a reader's topics."""
        return self.kind == self.Kind.DIGEST

    @property
    def is_editable(self) -> bool:
        """Whether its words may still change."""
        return self.state == self.State.DRAFT


class CampaignText(models.Model):
    """What goes out in one language, frozen at the start: a second attempt sends the same bytes."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, verbose_name=_("campaign"), related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    variant = models.CharField(
        _("mix of news"), max_length=100, blank=True, default="", help_text=_("Empty: the same for everybody.")
    )
    subject = models.CharField(_("subject"), max_length=120)
    html = models.TextField(_("HTML part"))
    text = models.TextField(_("text part"))
    sha256 = models.CharField(_("SHA-256 of the three"), max_length=64)
    frozen_at = models.DateTimeField(_("frozen"))

    class Meta:
        verbose_name = _("frozen text")
        verbose_name_plural = _("frozen texts")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language", "variant"], name="campaigntext_one_a_language_and_mix"
            ),
        ]

    def __str__(self):
        return self.subject
