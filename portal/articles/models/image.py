"""Hold the pictures of articles, with what they show in words."""

from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.lib.pictures import PictureField


class Image(models.Model):
    """A picture, with what it shows said in each language for those who do not see it."""

    file = PictureField(
        _("picture"),
        upload_to="images/%Y",
        width_field="width",
        height_field="height",
        validators=[FileExtensionValidator(["jpg", "jpeg", "png", "webp"])],  # an SVG could hold a script
        help_text=_("JPEG, PNG or WebP."),
    )
    width = models.PositiveIntegerField(_("width"), null=True, editable=False)
    height = models.PositiveIntegerField(_("height"), null=True, editable=False)
    alt = models.CharField(
        _("what it shows"), max_length=300, blank=True, help_text=_("Read aloud to people who do not see the picture.")
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True, help_text=_("Who made it, and the licence."))

    APPROVED = ("alt", "caption", "credit")

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self):
        return self.alt or self.file.name
