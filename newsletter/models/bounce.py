"""Keep what came back: addresses that do not exist, full mailboxes, complaints; each message counted once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .delivery import Delivery


class Bounce(models.Model):
    """One report about one copy; the words of the report are not kept, they hold addresses."""

    class Kind(models.TextChoices):
        HARD = "hard", _("The address does not exist")
        SOFT = "soft", _("Not delivered this time")
        BLOCKED = "blocked", _("Refused as unwanted mail: look at why")
        COMPLAINT = "complaint", _("Called it spam")

    event_id = models.CharField(_("report"), max_length=64, unique=True)
    delivery = models.ForeignKey(Delivery, models.CASCADE, verbose_name=_("delivery"), related_name="bounces")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    status = models.CharField(_("status (RFC 3463)"), max_length=12, blank=True)
    source = models.CharField(_("told by"), max_length=30)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("bounces")
        indexes = [models.Index(fields=["kind", "at"], name="bounce_kind_at")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.status}".strip()
