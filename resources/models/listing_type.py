"""Hold what kinds of places the directory lists."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ListingType(models.Model):
    """A kind of place, such as a treatment program or an emergency department; staff may add more."""

    class Block(models.TextChoices):
        PLACES = "places", _("Among the places")
        EMERGENCY = "emergency", _("Emergency departments, in a block of their own")
        PEERS = "peers", _("Support from peers, not treatment, in a block of its own")

    code = models.SlugField(_("code"), unique=True, help_text=_("Search finds the places by it, as by a claim."))
    name = models.CharField(_("name"), max_length=120)
    plural = models.CharField(_("name of several"), max_length=120)
    block = models.CharField(_("shown"), max_length=20, choices=Block, default=Block.PLACES)
    claims = models.CharField(
        _("what every such place offers"), max_length=200, blank=True, help_text=_("Codes of claims, one space apart.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("kind of place")
        verbose_name_plural = _("kinds of places")
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="listing_type_has_a_code")]

    def __str__(self):
        return self.name or self.code
