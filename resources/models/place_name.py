"""Hold the names by which people here call a place."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .place import Place


class PlaceName(models.Model):
    """A neighbourhood or another name for a place, which search reads as the ZIP code it lies in."""

    name = models.CharField(_("name"), max_length=100)
    key = models.CharField(_("name as it is looked up"), max_length=100, unique=True, editable=False)
    place = models.ForeignKey(Place, models.CASCADE, verbose_name=_("ZIP code"), related_name="names")
    is_starter = models.BooleanField(
        _("waits for a check"), default=False, help_text=_("Shipped with the site. Does the name lie in that ZIP code?")
    )

    class Meta:
        verbose_name = _("place name")
        verbose_name_plural = _("place names")
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="place_name_has_a_key")]

    def __str__(self):
        return self.name
