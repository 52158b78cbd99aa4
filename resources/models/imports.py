"""Hold files on their way into the directory: nothing of them is public before the switch."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """One file: what it is, how far it has come, and what it would do."""

    class Format(models.TextChoices):
        SAMHSA_DIRECTORY = "samhsa-directory", _("SAMHSA's directory (XLSX, or CSV with coordinates)")
        SAMHSA_LOCATOR = "samhsa-locator", _("SAMHSA's locator (CSV, a column a code)")
        SAMHSA_API = "samhsa-api", _("SAMHSA's locator (JSON)")
        HSDS_JSON = "hsds-json", _("HSDS 3.0 (JSON)")
        HSDS_CSV = "hsds-csv", _("HSDS 3.0 (package of CSV files)")
        MEETING_GUIDE = "meeting-guide", _("Meeting Guide (JSON)")
        TABLE = "table", _("A table of our own (CSV or XLSX), columns to be named")

    class State(models.TextChoices):
        MAPPING = "mapping", _("Columns to be named")
        READING = "reading", _("Being read and checked")
        CHECKED = "checked", _("Checked: waits for a person")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    name = models.CharField(_("file"), max_length=200)
    path = models.CharField(_("where it lies"), max_length=300, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    format = models.CharField(_("format"), max_length=30, choices=Format)
    source = models.CharField(_("source"), max_length=40, help_text=_("Rows are known again by source and id."))
    as_of = models.DateField(_("state of the data"), help_text=_("A file older than the last one is refused."))
    mapping = models.JSONField(_("columns"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    drop_accepted = models.BooleanField(_("many missing rows were accepted"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("created by"), related_name="+"
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(state__in=["reading", "applying"]),
                name="import_one_a_source_at_a_time",
            )
        ]

    def __str__(self):
        return self.name


class ImportRow(models.Model):
    """One row of a file after its check: what it says, what it would change, what is wrong with it."""

    class Change(models.TextChoices):
        ADD = "add", _("New")
        UPDATE = "update", _("Changed")
        SAME = "same", _("As before")
        MISSING = "missing", _("No longer in the file")
        LEFT_OUT = "left out", _("Left out")

    run = models.ForeignKey(Import, models.CASCADE, verbose_name=_("import"), related_name="staged")
    number = models.PositiveIntegerField(_("row"))
    source_id = models.CharField(_("id in the source"), max_length=120, blank=True)
    change = models.CharField(_("change"), max_length=20, choices=Change)
    record = models.JSONField(_("what it says"), default=dict)
    difference = models.JSONField(_("what it would change"), default=dict)
    problems = models.JSONField(_("problems"), default=list)
    is_applied = models.BooleanField(_("applied"), default=False)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["run", "change", "is_applied", "number"], name="import_row_to_do")]

    def __str__(self):
        return f"{self.run_id}: {self.number}"
