"""Hold when a listing is open, in the fields of HSDS (iCalendar's words)."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

_DAY = "(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)"
_NUMBER = "-?([1-9]|[12][0-9]|3[01])"


class Schedule(models.Model):
    """A rule such as "weekly on Monday and Tuesday from 5:30 to 11:00", in the listing's own time zone."""

    class Frequency(models.TextChoices):
        WEEKLY = "WEEKLY", _("Every week")
        MONTHLY = "MONTHLY", _("Every month")

    class Purpose(models.TextChoices):
        GENERAL = "", _("Everything")
        NEW_PATIENTS = "new patients", _("New patients")
        DOSING = "dosing", _("Dosing")
        OFFICE = "office", _("Office")
        PHONE = "phone", _("Phone")

    listing = models.ForeignKey(
        "resources.ServiceAtLocation", models.CASCADE, verbose_name=_("listing"), related_name="schedules"
    )
    purpose = models.CharField(_("for"), max_length=20, choices=Purpose, default=Purpose.GENERAL, blank=True)
    freq = models.CharField(_("how often"), max_length=10, choices=Frequency, default=Frequency.WEEKLY)
    byday = models.CharField(
        _("days"),
        max_length=60,
        blank=True,
        validators=[
            RegexValidator(rf"^{_DAY}(,{_DAY})*$", _("Enter days like MO,TU,WE, or 1MO for the first Monday."))
        ],
        help_text=_("As in iCalendar: MO,TU,WE,TH,FR,SA,SU; 1MO is the first Monday."),
    )
    interval = models.PositiveSmallIntegerField(
        _("every how many"), default=1, help_text=_("2: every second week, counted from “valid from”.")
    )
    bymonthday = models.CharField(
        _("days of the month"),
        max_length=60,
        blank=True,
        validators=[
            RegexValidator(rf"^{_NUMBER}(,{_NUMBER})*$", _("Enter days of the month like 1,15, or -1 for the last."))
        ],
    )
    opens_at = models.TimeField(_("opens at"), null=True, blank=True)
    closes_at = models.TimeField(_("closes at"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    description = models.CharField(_("in words"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="schedule_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(interval__gte=1), name="schedule_interval_is_positive"),
        ]

    def __str__(self):
        return f"{self.byday} {self.opens_at or ''}–{self.closes_at or ''}".strip()
