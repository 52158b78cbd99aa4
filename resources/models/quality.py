"""Hold facts that help to choose well, each with its source and date; no stars."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class QualityFact(models.Model):
    """One fact about a listing, such as an accreditation, as a named source told it on a day."""

    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="quality_facts"
    )
    text = models.CharField(_("fact"), max_length=300)
    source = models.CharField(_("source"), max_length=200)
    url = models.URLField(_("address of the source"), max_length=300, blank=True)
    as_of = models.DateField(_("as of"))

    class Meta:
        verbose_name = _("quality fact")
        verbose_name_plural = _("quality facts")

    def __str__(self):
        return self.text
