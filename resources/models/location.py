"""Hold where help is given."""

from zoneinfo import available_timezones

from django.contrib.postgres.functions import RandomUUID
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .answer import Answer


def validate_time_zone(name: str) -> None:
    """Raise `ValidationError` for a name that is no time zone's."""
    if name not in available_timezones():
        raise ValidationError(_("No such time zone: %(name)s"), code="time_zone", params={"name": name})


class Location(models.Model):
    """A building, or a virtual place without a point for help that comes by phone or video."""

    class Type(models.TextChoices):
        PHYSICAL = "physical", _("A place to go to")
        VIRTUAL = "virtual", _("By phone or video")

    class PointSource(models.TextChoices):
        ADDRESS = "address", _("The address itself")
        ZIP_CENTROID = "zip-centroid", _("The middle of the ZIP code")

    name = models.CharField(_("name"), max_length=200, blank=True)
    location_type = models.CharField(_("kind"), max_length=20, choices=Type, default=Type.PHYSICAL)
    address_1 = models.CharField(_("street and number"), max_length=200, blank=True)
    address_2 = models.CharField(_("floor or suite"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    state_province = models.CharField(
        _("state"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Enter two capital letters, like CT."))],
    )
    postal_code = models.CharField(
        _("ZIP code"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^\d{5}(-\d{4})?$", _("Enter a ZIP code with 5 digits, like 06112."))],
    )
    country = models.CharField(_("country"), max_length=2, default="US")
    latitude = models.FloatField(
        _("latitude"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        _("longitude"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    point_source = models.CharField(_("what the point is"), max_length=20, choices=PointSource, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Blank: that of the site. Like America/New_York."),
    )
    transit = models.CharField(
        _("how to get there"), max_length=300, blank=True, help_text=_("Bus lines and landmarks, in words.")
    )
    wheelchair = models.CharField(_("wheelchair access"), max_length=10, choices=Answer, default=Answer.UNKNOWN)
    uuid = models.UUIDField(_("HSDS id"), unique=True, editable=False, db_default=RandomUUID())
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None, point_source="")
                | (Q(latitude__range=(-90, 90), longitude__range=(-180, 180)) & ~Q(point_source="")),
                name="location_point_is_whole_and_has_a_source",
            ),
            models.CheckConstraint(
                condition=~Q(location_type="virtual") | Q(latitude=None), name="location_virtual_has_no_point"
            ),
            models.CheckConstraint(
                condition=Q(state_province__regex=r"^([A-Z]{2})?$"), name="location_state_is_a_code_or_unknown"
            ),
        ]

    def __str__(self):
        return ", ".join(part for part in (self.name or self.address_1, self.city, self.state_province) if part)

    @property
    def lines(self) -> list[str]:
        """The address as it stands on an envelope."""
        town = f"{self.city}, {self.state_province} {self.postal_code}".strip()
        return [line for line in (self.address_1, self.address_2, town if self.city else "") if line]
