"""Hold the alerts on every page, and the approved sentences and words that they are made of."""

import datetime
import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from .facts import whole
from .sources import Source

BLANK = re.compile(r"\{([^{}]*)\}")


class Kind(models.TextChoices):
    EMERGENCY = "emergency", _("Emergency")
    NOTICE = "notice", _("Notice")
    SUPPLY = "supply", _("Drug supply")


class AlertWord(models.Model):
    """A product or an area that an alert may name: what fills the blanks, in every language."""

    class Blank(models.TextChoices):
        PRODUCT = "product", _("Product or substance")
        AREA = "area", _("Area")

    code = models.SlugField(_("code"), unique=True)
    blank = models.CharField(_("fills the blank"), max_length=10, choices=Blank)
    text = models.CharField(_("words"), max_length=120)

    class Meta:
        verbose_name = _("word for alerts")
        verbose_name_plural = _("words for alerts")
        constraints = [
            models.CheckConstraint(
                condition=whole("text"),
                name="alertword_is_whole",
                violation_error_message=_("Write the words in every language."),
            )
        ]

    def __str__(self):
        return self.text


class AlertSentence(models.Model):
    """A sentence approved in advance, with blanks: {product}, {area} and {day}."""

    BLANKS = frozenset({*AlertWord.Blank.values, "day"})

    code = models.SlugField(_("code"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.TextField(
        _("sentence"), max_length=300, help_text=_("It may have the blanks {product}, {area} and {day}.")
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("written by"), related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("approved by"), related_name="+"
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True)

    class Meta:
        verbose_name = _("sentence for alerts")
        verbose_name_plural = _("sentences for alerts")
        permissions = [("approve_alertsentence", _("Can approve a sentence for alerts"))]
        constraints = [
            models.CheckConstraint(
                condition=whole("text"),
                name="alertsentence_is_whole",
                violation_error_message=_("Write the sentence in every language."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_on=None)
                | Q(approved_by__isnull=False, approved_on__isnull=False),
                name="alertsentence_approved_by_and_on_together",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(written_by=None) | ~Q(approved_by=F("written_by")),
                name="alertsentence_approved_by_another",
                violation_error_message=_("Somebody else must approve what you wrote."),
            ),
        ]

    def __str__(self):
        return self.text or self.code

    def clean(self):
        """Refuse blanks that nobody can fill, and blanks that only one language has."""
        source, *others = languages.columns("text")
        if unknown := self.blanks() - self.BLANKS:
            raise ValidationError({source: _("There is no blank {%(name)s}.") % {"name": min(unknown)}})
        for column in others:
            if getattr(self, column) and _blanks(getattr(self, column)) != self.blanks():
                raise ValidationError({column: _("Every language needs the same blanks.")})

    def blanks(self) -> set[str]:
        """Return the names of the blanks of the sentence."""
        return _blanks(getattr(self, languages.columns("text")[0]))


def _blanks(text: str | None) -> set[str]:
    return set(BLANK.findall(text or ""))


class AlertQuerySet(models.QuerySet):
    def out(self):
        """Keep those that somebody published and nobody took down, the worst kind and the newest first."""
        return self.filter(published_at__isnull=False, hidden_at=None).order_by("kind", "-published_at", "pk")

    def shown(self, at: datetime.datetime):
        """Keep those that visitors see at this moment."""
        return self.out().filter(starts_at__lte=at, ends_at__gt=at)


class Alert(models.Model):
    """A sentence on every page, for a time, in every language at once; one on the drug supply says its source and area.

    `text` is the sentence with its blanks filled, fixed when it is published, so that later changes to a sentence do
    not change what was said.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    sentence = models.ForeignKey(AlertSentence, models.PROTECT, verbose_name=_("sentence"), related_name="+")
    product = models.ForeignKey(
        AlertWord, models.PROTECT, null=True, blank=True, verbose_name=_("product or substance"), related_name="+"
    )
    area = models.ForeignKey(AlertWord, models.PROTECT, null=True, blank=True, verbose_name=_("area"), related_name="+")
    day = models.DateField(_("day"), null=True, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name=_("source"), related_name="+"
    )
    starts_at = models.DateTimeField(_("shown from"), default=timezone.now)
    ends_at = models.DateTimeField(_("shown until"))
    text = models.TextField(_("what readers see"), max_length=600, blank=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("published by"),
        related_name="+",
    )
    hidden_at = models.DateTimeField(_("taken down at"), null=True, blank=True, editable=False)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("taken down by"),
        related_name="+",
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        permissions = [("publish_alert", _("Can publish an alert and take it down"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="alert_ends_after_it_starts",
                violation_error_message=_("It must end after it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.SUPPLY) | Q(source__isnull=False, area__isnull=False),
                name="alert_on_supply_says_source_and_area",
                violation_error_message=_("An alert on the drug supply needs its source and its area."),
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | (Q(published_at__isnull=False, published_by__isnull=False) & whole("text")),
                name="alert_published_says_it_in_every_language",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None) | Q(hidden_at__isnull=False, hidden_by__isnull=False),
                name="alert_hidden_says_who_and_when",
            ),
        ]

    def __str__(self):
        return self.text or str(self.sentence)

    def clean(self):
        """Refuse a sentence of another kind, and blanks left empty or filled with the wrong words."""
        if self.sentence_id is None:
            return
        if self.kind and self.sentence.kind != self.kind:
            raise ValidationError({"sentence": _("This sentence is for another kind of alert.")})
        for blank, word in self.filled().items():
            if blank in self.sentence.blanks() and not word:
                raise ValidationError({blank: _("The sentence has a blank for this.")})
            if isinstance(word, AlertWord) and word.blank != blank:
                raise ValidationError({blank: _("These words are for another blank.")})

    def filled(self) -> dict:
        """Return what fills each blank, or None."""
        return {"product": self.product, "area": self.area, "day": self.day}
