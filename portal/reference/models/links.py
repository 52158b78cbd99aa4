"""Keep what came of asking the pages elsewhere that this site leads to."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

TOLD_AFTER = 2  # different days on which a link failed, before staff are asked to look


class LinkCheckQuerySet(models.QuerySet):
    def failing(self):
        """Keep the links that failed on more than one day in a row."""
        return self.filter(failed_days__gte=TOLD_AFTER)

    def due(self, at: datetime.datetime, *, ok_for: datetime.timedelta, failed_for: datetime.timedelta):
        """Keep what is to be asked now, what failed before the rest and then the oldest first."""
        never = Q(checked_at=None)
        old = Q(failed_days=0, checked_at__lte=at - ok_for) | Q(failed_days__gt=0, checked_at__lte=at - failed_for)
        return self.filter(never | old).order_by("-failed_days", models.F("checked_at").asc(nulls_first=True), "pk")


class LinkCheck(models.Model):
    """One address elsewhere, in the language in which it is promised, and how it answered."""

    class Result(models.TextChoices):
        WAITING = "waiting", _("not asked yet")
        OK = "ok", _("answers")
        GONE = "gone", _("page not found")
        BROKEN = "broken", _("answers with an error")
        SILENT = "silent", _("does not answer")
        REFUSED = "refused", _("no address of the open web")
        LANGUAGE = "language", _("answers in another language than promised")
        UNSURE = "unsure", _("keeps machines out; look at it yourself")

    url = models.URLField(_("address"), max_length=2000)
    language = models.CharField(
        _("promised language"), max_length=15, blank=True, help_text=_("Empty where none was promised.")
    )
    found_in = ArrayField(models.CharField(max_length=300), verbose_name=_("stands in"), default=list, blank=True)
    result = models.CharField(_("result"), max_length=20, choices=Result, default=Result.WAITING)
    detail = models.CharField(_("more"), max_length=200, blank=True)
    checked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    first_failed_on = models.DateField(_("fails since"), null=True, blank=True)
    last_failed_on = models.DateField(_("failed last on"), null=True, blank=True)
    failed_days = models.PositiveSmallIntegerField(_("days on which it failed"), default=0)

    objects = LinkCheckQuerySet.as_manager()

    FAILURES = (Result.GONE, Result.BROKEN, Result.SILENT, Result.REFUSED, Result.LANGUAGE)

    class Meta:
        verbose_name = _("link to another site")
        verbose_name_plural = _("links to other sites")
        constraints = [
            models.UniqueConstraint(fields=["url", "language"], name="linkcheck_once_a_language"),
            models.CheckConstraint(
                condition=Q(failed_days=0, first_failed_on=None) | Q(failed_days__gt=0, first_failed_on__isnull=False),
                name="linkcheck_failing_says_since_when",
            ),
        ]

    def __str__(self):
        return self.url

    def note(self, result: str, detail: str, *, on: datetime.date) -> None:
        """Write down an answer: days count once each, and one good answer ends the count."""
        self.result, self.detail = result, detail[:200]
        if result not in self.FAILURES:
            self.failed_days, self.first_failed_on, self.last_failed_on = 0, None, None
        elif self.last_failed_on != on:
            self.failed_days += 1
            self.first_failed_on = self.first_failed_on or on
            self.last_failed_on = on
        self.save(update_fields=["result", "detail", "failed_days", "first_failed_on", "last_failed_on"])
