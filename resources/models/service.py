"""Hold what kinds of help there are."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from .organization import Organization


class Service(models.Model):
    """One kind of help of an organization, named as the person looking for it would name it."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, verbose_name=_("organization"), related_name="services"
    )
    name = models.CharField(_("name"), max_length=200)
    alternate_name = models.CharField(_("other name"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    uuid = models.UUIDField(_("HSDS id"), unique=True, editable=False, db_default=RandomUUID())
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = [
            models.CheckConstraint(
                condition=~Q(**{column: ""}) & Q(**{f"{column}__isnull": False}), name=f"service_has_a_{column}"
            )
            for column in languages.complete_columns("name")
        ]

    def __str__(self):
        return self.name
