"""Hold what is known of each text in each language: when it was written, by whom, and from which words of another."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TextState(models.Model):
    """One translated field of one row in one language. A text without such a row counts as current.

    `page` is the row on whose page and form the text stands: the article of a section, or the row itself.
    """

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind of record"), related_name="+")
    object_id = models.BigIntegerField(_("number of the record"))
    page_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name=_("kind of page"), related_name="+")
    page_id = models.BigIntegerField(_("number of the page"))
    field = models.CharField(_("field"), max_length=60)
    language = models.CharField(_("language"), max_length=15)
    digest = models.CharField(_("digest of the text"), max_length=64)
    source_language = models.CharField(
        _("translated from"), max_length=15, blank=True, help_text=_("Empty for the language it was written in first.")
    )
    source_text = models.TextField(_("the text it was translated from"), blank=True)
    made_at = models.DateTimeField(_("written or confirmed at"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )
    is_machine = models.BooleanField(
        _("written by a machine"), default=False, help_text=_("Not for readers until a person has confirmed it.")
    )
    stale_since = models.DateTimeField(_("stale since"), null=True, blank=True)

    class Meta:
        verbose_name = _("text to translate")
        verbose_name_plural = _("texts to translate")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "field", "language"], name="text_state_once_a_text"
            ),
            models.CheckConstraint(
                condition=Q(stale_since=None) | ~Q(source_language=""), name="text_state_stale_is_a_translation"
            ),
        ]
        indexes = [
            models.Index(
                fields=["page_type", "page_id", "language"], name="text_state_stale", condition=~Q(stale_since=None)
            ),
            models.Index(fields=["page_type", "page_id"], name="text_state_page"),
        ]

    def __str__(self):
        return f"{self.field} ({self.language})"
