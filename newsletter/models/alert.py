"""Know which single pages readers want to hear of, apart from who they are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PageAlertQuerySet(models.QuerySet):
    def of(self, reader_key):
        """Keep the wishes of one reader."""
        return self.filter(reader_key=reader_key)

    def started(self):
        """Keep what readers have confirmed."""
        return self.filter(started_on__isnull=False)

    def waiting(self):
        """Keep what was asked for and nobody has confirmed yet."""
        return self.filter(started_on=None)


class PageAlert(models.Model):
    """One page that one reader wants to hear of, under a key that cannot be led back to the address without HASH_KEY.

    `page` is a key that only the site's features understand (portal/digest.py). Days, not moments: a moment would say
    whose it is.
    """

    reader_key = models.CharField(_("keyed hash of the reader"), max_length=64)
    page = models.CharField(_("page"), max_length=120)
    asked_on = models.DateField(_("asked for"))
    started_on = models.DateField(_("since"), null=True, blank=True)

    objects = PageAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish to hear of a page")
        verbose_name_plural = _("wishes to hear of pages")
        indexes = [models.Index(fields=["page"], name="pagealert_page")]
        constraints = [
            models.UniqueConstraint(fields=["reader_key", "page"], name="pagealert_page_once_a_reader"),
            models.CheckConstraint(condition=~Q(page=""), name="pagealert_names_a_page"),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(started_on__gte=F("asked_on")), name="pagealert_starts_after_the_wish"
            ),
        ]

    def __str__(self):
        return self.page
