"""Hold the vocabulary of search."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Concept(models.Model):
    """One thing people look for, with every word they type for it; words match and are never displayed."""

    class Kind(models.TextChoices):
        NEED = "need", _("What somebody needs")
        QUALIFIER = "qualifier", _("A wish about it")
        TOPIC = "topic", _("Something to read about")

    code = models.SlugField(_("code"), unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    label = models.CharField(_("name shown"), max_length=120)
    words = models.TextField(_("words people type"), help_text=_("One on each line. They are never displayed."))
    claims = ArrayField(models.SlugField(), verbose_name=_("what a listing must offer"), default=list, blank=True)
    samhsa_codes = ArrayField(models.CharField(max_length=10), verbose_name=_("SAMHSA codes"), default=list, blank=True)

    class Meta:
        verbose_name = _("search concept")
        verbose_name_plural = _("search concepts")

    def __str__(self):
        return self.label or self.code
