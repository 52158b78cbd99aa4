"""Keep one row for each copy of a campaign, so that nobody is skipped and nobody gets it twice."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from .campaign import Campaign
from .subscriber import Subscriber


class DeliveryQuerySet(models.QuerySet):
    def ended_before(self, at):
        """Return the copies that came to their end before a moment and still say whose they were."""
        return self.filter(done_at__lt=at, subscriber__isnull=False).exclude(state__in=["queued", "retry"])

    def forget_who(self) -> int:
        """Take away whose copies these were; counts by campaign, language and state stay. Return how many."""
        return self.update(subscriber=None, email_norm=Cast("id", models.CharField()), smtp_reply="")


class Delivery(models.Model):
    """One copy of a campaign for one person, and how far it has come.

    `delivery/outbox.py` makes every move; MOVES is the list it is tested against.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        CLAIMED = "claimed", _("Taken by a sender")
        SENDING = "sending", _("Being handed over")
        SENT = "sent", _("Accepted by the mail server")
        RETRY = "retry", _("To be tried again")
        FAILED = "failed", _("Refused")
        UNCERTAIN = "uncertain", _("Uncertain: handed over, no answer")
        SKIPPED = "skipped", _("Not sent: the person left")
        CANCELLED = "cancelled", _("Not sent: cancelled")

    MOVES = {
        State.QUEUED: {State.CLAIMED, State.CANCELLED},
        State.RETRY: {State.CLAIMED, State.CANCELLED},
        State.CLAIMED: {State.SENDING, State.QUEUED, State.RETRY, State.FAILED, State.SKIPPED, State.CANCELLED},
        State.SENDING: {State.SENT, State.RETRY, State.FAILED, State.UNCERTAIN},
        State.UNCERTAIN: {State.SENT, State.RETRY, State.FAILED},
        State.SENT: set(),
        State.FAILED: {State.RETRY},  # by staff, where the refusal was one for the moment
        State.SKIPPED: set(),
        State.CANCELLED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # A row is written four times, each time into every index: the two unique constraints serve the foreign keys, too.
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, verbose_name=_("campaign"), related_name="deliveries", db_index=False
    )
    subscriber = models.ForeignKey(
        Subscriber,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("subscriber"),
        related_name="deliveries",
        db_index=False,
    )
    email_norm = models.CharField(_("address in small letters"), max_length=254)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    variant = models.CharField(_("mix of news"), max_length=100, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0)
    worker = models.BigIntegerField(_("sender"), null=True, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=320)
    next_at = models.DateTimeField(_("next attempt"))
    created_at = models.DateTimeField(_("created"))
    dated_at = models.DateTimeField(_("date in the message"), null=True, blank=True)
    marked_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    settled_at = models.DateTimeField(_("left as it is by staff"), null=True, blank=True)
    smtp_code = models.PositiveSmallIntegerField(_("answer's code"), null=True, blank=True)
    smtp_reply = models.CharField(_("answer"), max_length=200, blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "campaign"], name="delivery_one_a_subscriber"),
            models.UniqueConstraint(fields=["campaign", "email_norm"], name="delivery_one_an_address"),
            models.UniqueConstraint(fields=["message_id"], name="delivery_one_a_message_id"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "queued", "claimed", "sending", "sent", "retry", "failed", "uncertain", "skipped", "cancelled",
                    ]
                ),
                name="delivery_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["claimed", "sending"], worker__isnull=False)
                | (~Q(state__in=["claimed", "sending"]) & Q(worker=None)),
                name="delivery_held_by_a_worker_only_while_under_way",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent", "uncertain"])
                | Q(marked_at__isnull=False, dated_at__isnull=False, attempt__gte=1),
                name="delivery_handed_over_only_after_the_mark",
            ),
            models.CheckConstraint(
                condition=Q(subscriber__isnull=False)
                | Q(state__in=["sent", "failed", "uncertain", "skipped", "cancelled"]),
                name="delivery_forgotten_only_after_its_end",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "failed", "uncertain", "skipped", "cancelled"])
                | Q(done_at__isnull=False),
                name="delivery_ended_says_when",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["campaign", "next_at", "id"],
                condition=Q(state__in=["queued", "retry"]),
                name="delivery_waiting",
            ),
            models.Index(fields=["worker"], condition=Q(state__in=["claimed", "sending"]), name="delivery_under_way"),
        ]

    def __str__(self):
        return str(self.pk)


class SenderGuard(models.Model):
    """The one installation that may send from this database: a copy must not mail everybody again."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    instance_id = models.CharField(_("installation"), max_length=100)
    epoch = models.PositiveIntegerField(
        _("signs of life"), default=1, help_text=_("Also kept outside the database: one that is behind was restored.")
    )
    adopted_at = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    unreachable_since = models.DateTimeField(_("mail server unreachable since"), null=True, blank=True)

    class Meta:
        verbose_name = _("what the sender does")
        verbose_name_plural = _("what the sender does")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="senderguard_only_one")]

    def __str__(self):
        return str(self.epoch)


class Pace(models.Model):
    """How fast mail leaves for one domain, or for all ("" as the domain): `delivery/pace.py` reckons with it."""

    domain = models.CharField(_("domain"), max_length=254, primary_key=True)
    tokens = models.FloatField(_("messages that may leave now"))
    refilled_at = models.DateTimeField(_("reckoned"))
    planned_until = models.DateTimeField(_("the rest is planned until"))
    failures = models.PositiveSmallIntegerField(_("temporary refusals in a row"), default=0)
    held_until = models.DateTimeField(_("left alone until"), null=True, blank=True)

    class Meta:
        verbose_name = _("pace of sending")
        verbose_name_plural = _("pace of sending")

    def __str__(self):
        return self.domain or str(_("All domains"))
