"""Hold the ZIP codes with their towns and points, so that no search ever asks another service where a place is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Place(models.Model):
    """One ZIP code: its point, and the town and state it belongs to where those are known."""

    zip = models.CharField(_("ZIP code"), max_length=5, primary_key=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    city_key = models.CharField(_("city as it is looked up"), max_length=100, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=2, blank=True)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))

    class Meta:
        verbose_name = _("ZIP code")
        verbose_name_plural = _("ZIP codes")
        constraints = [
            models.CheckConstraint(condition=Q(zip__regex=r"^\d{5}$"), name="place_zip_has_five_digits"),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)), name="place_point_is_on_earth"
            ),
        ]
        indexes = [models.Index(fields=["city_key", "state"], name="place_city")]

    def __str__(self):
        return f"{self.zip} {self.city}".strip()
