"""Keep how far a list of readers from elsewhere is brought in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReaderImport(models.Model):
    """One file of addresses; known by its bytes, so that the same file is brought in once and goes on where it stopped.

    The bytes are kept only until the last row is done.
    """

    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, unique=True)
    name = models.CharField(_("file"), max_length=120)
    content = models.BinaryField(_("bytes"), null=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    counts = models.JSONField(_("what became of them"), default=dict, blank=True)
    created_at = models.DateTimeField(_("handed in"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("list of readers")
        verbose_name_plural = _("lists of readers")
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None, content__isnull=False) | Q(finished_at__isnull=False, content=None),
                name="readerimport_keeps_its_bytes_until_finished",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_finished(self) -> bool:
        """Whether every row is done."""
        return self.finished_at is not None
