"""Hold the days on which a listing is closed, or open at other hours."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Closure(models.Model):
    """Days, both ends included, on which the usual hours do not hold."""

    class Reason(models.TextChoices):
        HOLIDAY = "holiday", _("Holiday")
        OTHER = "other", _("Closed for another reason")

    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="closures"
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, default=Reason.HOLIDAY)
    opens_at = models.TimeField(
        _("opens at"), null=True, blank=True, help_text=_("Only if open for a part of the day.")
    )
    closes_at = models.TimeField(_("closes at"), null=True, blank=True)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="closure_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None) | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="closure_hours_are_whole",
            ),
        ]

    def __str__(self):
        return f"{self.starts_on}–{self.ends_on}"
