"""Hold what people looked for in vain, so that nobody can be told from it."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class UnmetSearch(models.Model):
    """How often a search found no place on a day: a keyed hash, and the words only once five had typed them."""

    day = models.DateField(_("day"))
    language = models.CharField(_("language"), max_length=10)
    digest = models.CharField(_("keyed hash"), max_length=64)
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("search without a place")
        verbose_name_plural = _("searches without a place")
        constraints = [models.UniqueConstraint(fields=["day", "language", "digest"], name="unmet_once_a_day")]

    def __str__(self):
        return f"{self.day} {self.language}"


class UnmetTerm(models.Model):
    """The words of searches without a place that were typed five times within 30 days."""

    language = models.CharField(_("language"), max_length=10)
    digest = models.CharField(_("keyed hash"), max_length=64)
    term = models.CharField(_("words"), max_length=40)

    class Meta:
        verbose_name = _("words looked for in vain")
        verbose_name_plural = _("what people look for in vain")
        constraints = [
            models.UniqueConstraint(fields=["language", "digest"], name="unmet_term_once"),
            models.CheckConstraint(condition=~Q(term__regex="[0-9@]"), name="unmet_term_has_no_digit_or_at"),
        ]

    def __str__(self):
        return self.term


class SearchTerm(models.Model):
    """A word that search knows, with how often it stands in vocabulary and listings: typos are measured against it."""

    word = models.CharField(_("word"), max_length=60, primary_key=True)
    weight = models.PositiveIntegerField(_("weight"), default=1)

    class Meta:
        verbose_name = _("known word")
        verbose_name_plural = _("known words")
        indexes = [GinIndex(fields=["word"], name="search_term_word", opclasses=["gin_trgm_ops"])]

    def __str__(self):
        return self.word
