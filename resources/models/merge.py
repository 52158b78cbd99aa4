"""Hold which listings are the same place."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Merge(models.Model):
    """Two listings that one person found to be the same, or not: the lower id is `first`.

    A merge keeps what it moved, so that it can be undone.
    """

    class State(models.TextChoices):
        MERGED = "merged", _("Merged")
        UNDONE = "undone", _("Merged and taken apart again")
        DIFFERENT = "different", _("Two different places")

    first = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("first listing"), related_name="+"
    )
    second = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("second listing"), related_name="+"
    )
    kept = models.ForeignKey(
        "resources.ServiceAtLocation",
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("listing kept"),
        related_name="+",
    )
    state = models.CharField(_("state"), max_length=20, choices=State)
    moved = models.JSONField(_("what was moved"), default=dict, editable=False)
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), related_name="+"
    )

    class Meta:
        verbose_name = _("duplicate")
        verbose_name_plural = _("duplicates")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="merge_once_a_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="merge_lower_id_first"),
        ]

    def __str__(self):
        return f"{self.first_id} + {self.second_id}"
