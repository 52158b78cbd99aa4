"""Hold what strangers say is wrong with a listing."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CorrectionQuerySet(models.QuerySet):
    def open(self):
        """Keep the reports that nobody has decided yet."""
        return self.filter(state=Correction.State.OPEN)

    def told(self):
        """Keep of the open reports the newest of each thing of each listing, which is what its page tells."""
        newest = self.open().order_by("listing", "field", "-reported_on", "-pk")
        return newest.distinct("listing", "field")

    def overdue(self, today):
        """Keep the open reports whose day is over."""
        return self.open().filter(due_on__lt=today)

    def accepted(self):
        """Keep what turned out to be wrong: the public ledger."""
        return self.filter(state=Correction.State.ACCEPTED)


class Correction(models.Model):
    """A report that something on a listing is wrong: no name, no address, and its text is erased in the end."""

    class Field(models.TextChoices):
        PHONE = "phone", _("the phone")
        ADDRESS = "address", _("the address")
        HOURS = "hours", _("the hours")
        SERVICES = "services", _("what they offer")
        LANGUAGES = "languages", _("the languages")
        PAYMENT = "payment", _("the payment")
        CLOSED = "closed", _("whether it is open at all")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        OPEN = "open", _("Not decided")
        ACCEPTED = "accepted", _("It was wrong and is mended")
        REFUSED = "refused", _("It was right")

    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="corrections"
    )
    field = models.CharField(_("what is wrong"), max_length=20, choices=Field)
    text = models.TextField(_("in their words"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=10)
    reported_on = models.DateField(_("reported on"))
    due_on = models.DateField(_("to be answered by"))
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.OPEN)
    answer = models.CharField(_("answer for the public ledger"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("decided by"), related_name="+"
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a mistake")
        verbose_name_plural = _("reports of mistakes")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None, closed_by=None)
                | (~Q(state="open") & Q(closed_at__isnull=False, closed_by__isnull=False)),
                name="correction_decided_says_when_and_by_whom",
            )
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="correction_due")]

    def __str__(self):
        return f"{self.listing_id}: {self.get_field_display()}"

    @property
    def closed_on(self) -> datetime.date | None:
        """The day of the decision, in the site's time zone."""
        return self.closed_at and timezone.localdate(self.closed_at)

    @property
    def is_overdue(self) -> bool:
        """Nobody has decided it, and the day by which somebody should is over."""
        return self.state == self.State.OPEN and self.due_on < timezone.localdate()
