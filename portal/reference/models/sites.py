"""Hold the sites that the home page leads to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .facts import whole


class SiteLinkQuerySet(models.QuerySet):
    def in_order(self):
        """Return those on the home page, in their order."""
        return self.filter(is_public=True).order_by("position", "pk")


class SiteLink(models.Model):
    """Another site worth a visit, with an address in each language."""

    name = models.CharField(_("name"), max_length=120)
    url = models.URLField(_("address"), max_length=400, help_text=_("The page in this language, where there is one."))
    description = models.CharField(_("what is there"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_public = models.BooleanField(_("is public"), default=False)

    objects = SiteLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("related site")
        verbose_name_plural = _("related sites")
        constraints = [
            models.CheckConstraint(
                condition=whole("name", "url"),
                name="sitelink_is_whole",
                violation_error_message=_("Write the name and the address in every language."),
            )
        ]

    def __str__(self):
        return self.name
