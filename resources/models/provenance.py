"""Hold from where each listing came; where it came from never counts as a check."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Provenance(models.Model):
    """The row of a published list that a listing was made from, as it was last imported."""

    class Source(models.TextChoices):
        SAMHSA = "samhsa", _("SAMHSA")
        DEPARTMENT = "department", _("The department")
        HSDS = "hsds", _("A list in HSDS")
        MEETINGS = "meetings", _("A meeting list")

    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="provenances"
    )
    source = models.CharField(_("source"), max_length=40, choices=Source)
    feed = models.CharField(_("which list"), max_length=40, blank=True, help_text=_("The import's own name for it."))
    source_id = models.CharField(_("id in the source"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year of the list"))
    row = models.JSONField(_("row as imported"), default=dict, editable=False)
    missing_since = models.DateField(_("no longer in the list since"), null=True, blank=True)

    class Meta:
        verbose_name = _("source of a listing")
        verbose_name_plural = _("sources of listings")
        constraints = [
            models.UniqueConstraint(fields=["source", "feed", "source_id"], name="provenance_source_and_id_once"),
            models.CheckConstraint(condition=~Q(source_id=""), name="provenance_has_an_id"),
        ]

    def __str__(self):
        return f"{self.get_source_display()} {self.year}"
