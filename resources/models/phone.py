"""Hold the numbers to call."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import phones


class Phone(models.Model):
    """One number of a listing; of the voice numbers, the first in order is the one to call."""

    class Type(models.TextChoices):
        VOICE = "voice", _("Voice")
        TEXT = "text", _("Text messages")
        FAX = "fax", _("Fax")
        TTY = "textphone", _("TTY")

    class Use(models.TextChoices):
        MAIN = "main", _("Main number")
        INTAKE = "intake", _("For new patients")

    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="phones"
    )
    number = models.CharField(_("number"), max_length=30, validators=[phones.validate])
    extension = models.CharField(
        _("extension"), max_length=10, blank=True, validators=[RegexValidator(r"^\d+$", _("Digits only."))]
    )
    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.VOICE)
    use = models.CharField(_("for"), max_length=20, choices=Use, default=Use.MAIN)
    note = models.CharField(_("note"), max_length=200, blank=True, help_text=_("For example: press 2 for Spanish."))
    languages = ArrayField(
        models.CharField(max_length=10), verbose_name=_("languages spoken"), default=list, blank=True
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")
        constraints = [
            models.UniqueConstraint(fields=["listing", "number", "extension"], name="phone_once_a_listing"),
            models.CheckConstraint(condition=~Q(number=""), name="phone_has_a_number"),
        ]

    def __str__(self):
        return self.display

    @property
    def tel(self) -> str:
        """The number as a `tel:` address, extension included (RFC 3966)."""
        return phones.tel(self.number, self.extension)

    @property
    def display(self) -> str:
        """The number as people read it; the extension is a word of the page's language and stands apart."""
        return phones.display(self.number)
