"""Hold the monthly samples by which the directory measures itself."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AccuracySampleQuerySet(models.QuerySet):
    def published(self):
        """Keep the samples of which every listing is scored."""
        return self.filter(published_at__isnull=False)


class AccuracySample(models.Model):
    """One month's random sample: its seed and its listings stand before the first call is made."""

    month = models.DateField(_("month"), unique=True, help_text=_("Its first day."))
    seed = models.CharField(_("seed"), max_length=64)
    drawn_at = models.DateTimeField(_("drawn at"))
    population = models.PositiveIntegerField(_("listings drawn from"))
    drawn_from = ArrayField(
        models.PositiveIntegerField(),
        verbose_name=_("their numbers"),
        default=list,
        help_text=_("The short codes of all listings that could be drawn, in order."),
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = AccuracySampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("accuracy sample")
        verbose_name_plural = _("accuracy samples")
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="sample_month_is_a_first_day")]

    def __str__(self):
        return f"{self.month:%Y-%m}"


class SampledListingQuerySet(models.QuerySet):
    def to_score(self):
        """Keep the listings whose score is still open."""
        return self.filter(scored_at=None)


class SampledListing(models.Model):
    """One listing of a sample, with the page as it stood before the call and how it scored."""

    sample = models.ForeignKey(AccuracySample, models.CASCADE, verbose_name=_("sample"), related_name="listings")
    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="sampled"
    )
    position = models.PositiveIntegerField(_("position"))
    shown = models.JSONField(_("as the page stood"), default=dict)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    tried_on = models.DateField(_("last tried on"), null=True, blank=True)
    answers = models.JSONField(_("what was right"), default=dict, blank=True)
    is_functional = models.BooleanField(_("enough is right to start care"), null=True, blank=True)
    is_exact = models.BooleanField(_("every field is right"), null=True, blank=True)
    is_spanish_right = models.BooleanField(_("the Spanish field is right"), null=True, blank=True)
    scored_at = models.DateTimeField(_("scored at"), null=True, blank=True)
    scored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("scored by"), related_name="+"
    )

    objects = SampledListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing of a sample")
        verbose_name_plural = _("listings of samples")
        constraints = [
            models.UniqueConstraint(fields=["sample", "listing"], name="sampled_once_a_sample"),
            models.CheckConstraint(
                condition=Q(is_functional=None, is_exact=None, scored_at=None, scored_by=None)
                | Q(
                    is_functional__isnull=False,
                    is_exact__isnull=False,
                    scored_at__isnull=False,
                    scored_by__isnull=False,
                ),
                name="sampled_score_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(is_exact=True) | Q(is_functional=True), name="sampled_exact_is_functional"
            ),
            models.CheckConstraint(
                condition=Q(tries=0, tried_on=None) | Q(tries__gt=0, tried_on__isnull=False),
                name="sampled_tries_say_when",
            ),
        ]

    def __str__(self):
        return f"{self.sample_id}: {self.position}"
