"""Hold who runs the places."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Organization(models.Model):
    """Whoever runs one or more services; its name is a proper name, the same in every language."""

    name = models.CharField(_("name"), max_length=200)
    alternate_name = models.CharField(_("other name"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    website = models.URLField(_("web page"), max_length=300, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    uuid = models.UUIDField(_("HSDS id"), unique=True, editable=False, db_default=RandomUUID())
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="organization_has_a_name")]

    def __str__(self):
        return self.name
