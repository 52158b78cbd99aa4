"""Know who wants the newsletter, in which language, and what they agreed to."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from portal.lib import languages


class Frequency(models.TextChoices):
    """How often a reader wants mail; urgent alerts wait for no day."""

    AT_ONCE = "at once", _("As soon as there is something new")
    DAILY = "daily", _("Once a day at most")
    WEEKLY = "weekly", _("Once a week at most")


class SubscriberQuerySet(models.QuerySet):
    def awaiting_mail(self, at):
        """Return those whose confirmation mail, or own link, is due, the longest waiting first."""
        return self.filter(confirmation_due_at__lte=at).order_by("confirmation_due_at", "pk")

    def share_of(self, domain) -> float:
        """Return how much of the list has its address at this domain, from 0 to 1."""
        readers = self.filter(state=Subscriber.State.CONFIRMED).aggregate(
            everybody=Count("pk"), here=Count("pk", filter=Q(email_norm__endswith=f"@{domain}"))
        )
        return readers["here"] / readers["everybody"] if readers["everybody"] else 0.0


class Subscriber(models.Model):
    """A person who asked for the newsletter, known by an e-mail address alone."""

    class State(models.TextChoices):
        PENDING = "pending", _("Has not confirmed yet")
        CONFIRMED = "confirmed", _("Receives the newsletter")
        LEFT = "left", _("Has left")
        ERASED = "erased", _("Has left, address erased")

    email = models.CharField(_("e-mail address"), max_length=254, null=True, blank=True)  # noqa: DJ001 (erased is NULL)
    email_norm = models.CharField(  # noqa: DJ001
        _("address in small letters"), max_length=254, unique=True, null=True, blank=True, editable=False
    )
    email_hash = models.CharField(  # noqa: DJ001
        _("keyed hash of the address"), max_length=64, unique=True, null=True, blank=True, editable=False
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    frequency = models.CharField(_("how often"), max_length=10, choices=Frequency, default=Frequency.AT_ONCE)
    wants_news = models.BooleanField(
        _("wants the newsletter"), default=True, help_text=_("Otherwise only to hear of single pages.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    requested_at = models.DateTimeField(_("asked for it"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    # The mail that a person asks for by a form of the site: until confirmed the one that confirms, then the own link.
    confirmation_due_at = models.DateTimeField(_("confirmation mail due"), null=True, blank=True)
    confirmation_tries = models.PositiveSmallIntegerField(_("attempts at the confirmation mail"), default=0)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "confirmed", "left", "erased"]), name="subscriber_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="erased", email=None, email_norm=None, email_hash=None)
                | (~Q(state="erased") & Q(email__isnull=False, email_norm__isnull=False, email_hash__isnull=False)),
                name="subscriber_has_address_until_erased",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="subscriber_confirmed_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["left", "erased"]) | Q(left_at__isnull=False), name="subscriber_left_says_when"
            ),
            models.CheckConstraint(
                condition=Q(confirmation_due_at=None) | Q(state__in=["pending", "confirmed"]),
                name="subscriber_gone_awaits_no_mail",
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirmation_due_at"],
                condition=Q(confirmation_due_at__isnull=False),
                name="subscriber_confirmation_due",
            ),
        ]

    def __str__(self):
        return self.email or str(_("Erased address"))


class ConsentTextQuerySet(models.QuerySet):
    def current(self, at):
        """Return the text that a person agrees to at this moment, or None before there is one."""
        return self.filter(effective_at__lte=at).order_by("-effective_at", "-pk").first()


class ConsentText(models.Model):
    """The words beside the box, one row a version: a version is never changed, a new one is added."""

    version = models.CharField(_("version"), max_length=20, unique=True)
    text = models.TextField(_("text beside the box"))
    effective_at = models.DateTimeField(_("in use from"))

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{column}__isnull": False, f"{column}__regex": r"\S"}),
                name=f"consenttext_{column}_is_written",
                violation_error_message=_("A consent text needs its words in every language."),
            )
            for column in languages.complete_columns("text")
        ]

    def __str__(self):
        return self.version


class ConsentEvent(models.Model):
    """One thing a person did about the newsletter; rows are added and never changed."""

    class Kind(models.TextChoices):
        REQUESTED = "requested", _("Asked for it")
        PAGE = "page", _("Asked to hear of a page")
        CONFIRMED = "confirmed", _("Confirmed")
        LANGUAGE = "language", _("Changed the language")
        CHOICES = "choices", _("Changed topics or frequency")
        IMPORTED = "imported", _("Brought from another list, with proof of consent")
        LEFT_PAGE = "left by page", _("Left by the page")
        LEFT_ONE_CLICK = "left by one click", _("Left by the mail program's button")
        STOPPED = "stopped", _("Stopped by what came back: no such address, or a complaint")
        RETURNED = "returned", _("Took the leaving back")

    subscriber = models.ForeignKey(
        Subscriber, models.CASCADE, verbose_name=_("subscriber"), related_name="consent_events"
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("when"))
    consent_text = models.ForeignKey(
        ConsentText, models.PROTECT, null=True, blank=True, verbose_name=_("text version"), related_name="+"
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    consented_on = models.DateField(_("agreed on"), null=True, blank=True)
    proof = models.CharField(_("proof of consent"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")

    def __str__(self):
        return self.get_kind_display()


class Suppression(models.Model):
    """An address that gets no newsletter, kept as a keyed hash: it outlives the address itself."""

    class Reason(models.TextChoices):
        LEFT = "left", _("Left, address erased since")
        BOUNCED = "bounced", _("The address does not exist")
        COMPLAINED = "complained", _("Called it spam")
        STAFF = "staff", _("Asked staff never to be written to")

    email_hash = models.CharField(_("keyed hash of the address"), max_length=64, primary_key=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self):
        return self.get_reason_display()
