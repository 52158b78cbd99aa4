"""Keep which news went into which digest, so that nothing goes out twice and no empty mail leaves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .campaign import Campaign
from .subscriber import Frequency
from .topic import Topic


class DigestRun(models.Model):
    """One gathering of what is new, for the readers of one frequency: exactly one a period."""

    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency)
    period_start = models.DateTimeField(_("from"))
    period_end = models.DateTimeField(_("to"))
    made_at = models.DateTimeField(_("made"))
    campaign = models.OneToOneField(
        Campaign, models.PROTECT, null=True, blank=True, verbose_name=_("campaign"), related_name="digest_run"
    )

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [
            models.UniqueConstraint(fields=["frequency", "period_start"], name="digestrun_once_a_period"),
            models.CheckConstraint(condition=Q(period_end__gt=F("period_start")), name="digestrun_ends_after_start"),
        ]

    def __str__(self):
        return f"{self.get_frequency_display()} {self.period_start:%Y-%m-%d}"


class DigestItem(models.Model):
    """One new thing in a digest, for readers of one language, as it was when the run gathered it.

    An article, a change in one, or an edition. Where their language lacks it, the text is in another and says so; once
    it is there, it is news once more. What is the same in several languages has the same position in each.
    """

    run = models.ForeignKey(DigestRun, models.CASCADE, related_name="items", verbose_name=_("digest"))
    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency)
    key = models.CharField(_("what"), max_length=120)
    language = models.CharField(_("language of the readers"), max_length=10, choices=settings.LANGUAGES)
    text_language = models.CharField(_("language of the text"), max_length=10, choices=settings.LANGUAGES)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, verbose_name=_("topic"), related_name="+")
    page = models.CharField(
        _("page"), max_length=120, blank=True, help_text=_("Who wants to hear of this page gets it, too.")
    )
    is_alert = models.BooleanField(_("only for who wants to hear of the page"), default=False)
    title = models.CharField(_("title"), max_length=160)
    summary = models.TextField(_("summary"), blank=True)
    url = models.CharField(_("address"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("news in a digest")
        verbose_name_plural = _("news in digests")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["frequency", "key", "language", "text_language"], name="digestitem_once_a_frequency"
            ),
            models.CheckConstraint(condition=Q(is_alert=False) | ~Q(page=""), name="digestitem_alert_names_its_page"),
        ]

    def __str__(self):
        return self.title
