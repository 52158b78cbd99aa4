"""Hold the codes that say what a listing offers."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TaxonomyTerm(models.Model):
    """A code with its words; SAMHSA's are capitals, a claim of our own is a word in small letters."""

    taxonomy = models.CharField(_("taxonomy"), max_length=40)
    code = models.CharField(_("code"), max_length=60, unique=True)
    category = models.CharField(_("category"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=200)
    uuid = models.UUIDField(_("HSDS id"), unique=True, editable=False, db_default=RandomUUID())

    class Meta:
        verbose_name = _("taxonomy term")
        verbose_name_plural = _("taxonomy terms")
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="taxonomy_term_has_a_code")]

    def __str__(self):
        return f"{self.code}: {self.name}" if self.name else self.code
