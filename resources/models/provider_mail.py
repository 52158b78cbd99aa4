"""Hold to whom the monthly link went, so that nobody gets it twice."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ProviderMail(models.Model):
    """One mail to one address in one month; the address stands here only as a keyed hash."""

    month = models.DateField(_("month"), help_text=_("Its first day."))
    digest = models.CharField(_("keyed hash"), max_length=64)

    class Meta:
        verbose_name = _("monthly link")
        verbose_name_plural = _("monthly links")
        constraints = [
            models.UniqueConstraint(fields=["month", "digest"], name="providermail_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="providermail_month_is_a_first_day"),
        ]

    def __str__(self):
        return f"{self.month:%Y-%m}"
