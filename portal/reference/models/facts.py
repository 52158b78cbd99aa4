"""Hold the numbers, doses and laws that pages quote, and the words that they explain."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from .sources import Source


def whole(*fields: str) -> Q:
    """Return the condition that each translated field says something in every language that is complete."""
    said = Q()
    for column in languages.complete_columns(*fields):
        said &= Q(**{f"{column}__isnull": False}) & ~Q(**{column: ""})
    return said


def _blank(*fields: str) -> Q:
    """Return the condition that no translated field says anything in any language."""
    silent = Q()
    for column in languages.columns(*fields):
        silent &= Q(**{f"{column}__isnull": True}) | Q(**{column: ""})
    return silent


class FactQuerySet(models.QuerySet):
    def expired(self, day: datetime.date):
        """Keep those to be read in their source again; pages go on showing them."""
        return self.filter(expires_on__lte=day)

    def to_approve(self):
        """Keep those where a change waits, or that no named person has approved yet."""
        return self.filter(Q(approved_by=None) | ~_blank("proposed"))

    def dangerous(self):
        """Keep those where a mistake could cost a life or send somebody to court."""
        return self.filter(kind__in=Fact.DANGEROUS)


class Fact(models.Model):
    """A number, dose, law or date that pages quote as `{fact:code}`.

    Pages show `value`. A change waits in `proposed` until somebody approves it, and the value stays meanwhile; it also
    stays after `expires_on`, when staff are told and nothing new that quotes it can be published.
    """

    class Kind(models.TextChoices):
        DOSE = "dose", _("Dose, interval or how to use")
        LAW = "law", _("Law or right")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")

    DANGEROUS = (Kind.DOSE, Kind.LAW)

    code = models.SlugField(_("code"), unique=True, help_text=_("Pages quote it by this: {fact:code}. Never changes."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("what it is"), max_length=200)
    value = models.CharField(_("pages show"), max_length=400, blank=True)
    proposed = models.CharField(
        _("change it to"), max_length=400, blank=True, help_text=_("Shown on every page as soon as it is approved.")
    )
    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"), related_name="+")
    source_date = models.DateField(_("read in the source on"))
    expires_on = models.DateField(_("look again by"), help_text=_("Later it stays on the pages, and staff are told."))
    needs_counsel = models.BooleanField(
        _("counsel must approve it"),
        default=False,
        help_text=_("Until then pages show a link to the source and not the value."),
    )
    note = models.TextField(_("note for staff"), blank=True, help_text=_("Doubts, and what other sources say."))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("changed by"), related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("approved by"), related_name="+"
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approval_note = models.CharField(
        _("who else agreed"), max_length=200, blank=True, help_text=_("For a law: the name of the counsel and the day.")
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        permissions = [("approve_fact", _("Can approve a fact"))]
        constraints = [
            models.CheckConstraint(
                condition=whole("value") | (_blank("value") & whole("proposed")),
                name="fact_is_whole",
                violation_error_message=_("Write the value in every language."),
            ),
            models.CheckConstraint(
                condition=_blank("proposed") | whole("proposed"),
                name="fact_change_is_whole",
                violation_error_message=_("Write the change in every language: both go on the pages together."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_on=None)
                | Q(approved_by__isnull=False, approved_on__isnull=False),
                name="fact_approved_by_and_on_together",
            ),
            models.CheckConstraint(
                condition=Q(needs_counsel=False) | Q(approved_by=None) | ~Q(approval_note=""),
                name="fact_of_counsel_names_the_counsel",
                violation_error_message=_("Write the name of the counsel who agreed, and the day."),
            ),
        ]

    def __str__(self):
        return self.name or self.code

    @property
    def is_withheld(self) -> bool:
        """Whether pages link its source instead, because counsel has not approved it."""
        return self.needs_counsel and self.approved_by_id is None

    @property
    def has_change(self) -> bool:
        """Whether a change waits for approval."""
        return any(getattr(self, column) for column in languages.columns("proposed"))


class GlossaryTerm(models.Model):
    """A word that readers may not know, in plain words; pages quote it as `{term:code}`."""

    code = models.SlugField(_("code"), unique=True, help_text=_("Pages quote it by this: {term:code}. Never changes."))
    term = models.CharField(_("word"), max_length=120)
    definition = models.TextField(_("what it means"), max_length=500, help_text=_("Plain text. It may quote facts."))
    words = models.TextField(_("other words for it"), blank=True, help_text=_("One on each line."))
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, verbose_name=_("source"), related_name="+"
    )
    note = models.TextField(_("note for staff"), blank=True)

    class Meta:
        verbose_name = _("glossary word")
        verbose_name_plural = _("glossary")
        constraints = [
            models.CheckConstraint(
                condition=whole("term", "definition"),
                name="glossaryterm_is_whole",
                violation_error_message=_("Write the word and what it means in every language."),
            ),
        ]

    def __str__(self):
        return self.term or self.code
