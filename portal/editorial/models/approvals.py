"""Record who approved which words, what waits for a second person, what was taken off, and every move of a text."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def _person(label, **options):
    """Return the field of a member of staff, who then cannot be deleted: the record names a person for good."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=label, related_name="+", **options)


class Approval(models.Model):
    """A named person's word that a row says the right thing in one language."""

    class Kind(models.TextChoices):
        MEDICAL = "medical", _("Medically right")
        TRANSLATION = "translation", _("Translation right")
        LEGAL = "legal", _("Legally right")
        PUBLICATION = "publication", _("Fit to publish")

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind of record"), related_name="+")
    object_id = models.PositiveBigIntegerField(_("record"))
    row = GenericForeignKey()
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    fingerprint = models.CharField(_("fingerprint of the words"), max_length=64)
    kind = models.CharField(_("approved as"), max_length=20, choices=Kind)
    by = _person(_("approved by"))
    at = models.DateTimeField(_("approved at"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        indexes = [models.Index(fields=["content_type", "object_id"], name="approval_of_row")]

    def __str__(self):
        return f"{self.row}: {self.get_kind_display()}"


class PendingChange(models.Model):
    """A change of a row that no second person has approved: what readers will see, and who wrote it.

    Without values the row itself holds the words already, because nobody but staff sees it yet.
    """

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind of record"), related_name="+")
    object_id = models.PositiveBigIntegerField(_("record"))
    row = GenericForeignKey()
    values = models.JSONField(_("new values"), default=dict, encoder=DjangoJSONEncoder)
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("written by"), related_name="+")
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("change that waits")
        verbose_name_plural = _("changes that wait")
        constraints = [models.UniqueConstraint(fields=["content_type", "object_id"], name="pendingchange_one_a_row")]

    def __str__(self):
        return str(self.row)


class Removal(models.Model):
    """Something that one person took off the site at once; a second person looks at it afterwards."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind of record"), related_name="+")
    object_id = models.PositiveBigIntegerField(_("record"))
    row = GenericForeignKey()
    name = models.CharField(_("what"), max_length=300)
    by = _person(_("taken off by"))
    at = models.DateTimeField(_("taken off at"))
    note = models.CharField(_("why"), max_length=300, blank=True)
    seen_by = _person(_("seen by"), null=True, blank=True)
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")
        permissions = [("acknowledge_removal", _("Can say that a removal was seen"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_by=None, seen_at=None) | Q(seen_by__isnull=False, seen_at__isnull=False),
                name="removal_seen_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=Q(seen_by=None) | ~Q(seen_by=F("by")), name="removal_seen_by_a_second_person"
            ),
        ]

    def __str__(self):
        return self.name


class Move(models.Model):
    """One step of a text from state to state in one language."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind of record"), related_name="+")
    object_id = models.PositiveBigIntegerField(_("record"))
    row = GenericForeignKey()
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    from_state = models.CharField(_("from"), max_length=20)
    to_state = models.CharField(_("to"), max_length=20)
    by = _person(_("moved by"))
    at = models.DateTimeField(_("moved at"))
    note = models.TextField(_("note"), blank=True)
    overridden = ArrayField(
        models.CharField(max_length=40), verbose_name=_("rules set aside"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        indexes = [models.Index(fields=["content_type", "object_id", "-at"], name="move_of_row")]
        constraints = [
            models.CheckConstraint(
                condition=Q(overridden=[]) | ~Q(note=""), name="move_that_sets_a_rule_aside_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.row}: {self.from_state} → {self.to_state}"
