"""Hold the publications that pages cite, and which starter records a database was given."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A publication that a page may cite, and how surely its statement was seen."""

    class Mark(models.TextChoices):
        SEEN = "seen", _("Seen in the source itself")
        SECOND_HAND = "second-hand", _("Seen on another page that names the source")

    code = models.CharField(_("code"), max_length=40, unique=True, help_text=_("Capital letters, as in [SORDO2017]."))
    title = models.CharField(_("title"), max_length=400)
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    publisher = models.CharField(_("publisher or journal"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    doi = models.CharField(_("DOI"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    mark = models.CharField(_("how it was seen"), max_length=20, choices=Mark)
    note = models.TextField(_("note for staff"), blank=True)

    APPROVED = ("title", "authors", "publisher", "year", "published_on", "url", "doi", "language", "mark")

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]+$"), name="source_code_is_capitals"),
        ]

    def __str__(self):
        return f"{self.code}: {self.title}"

    @property
    def byline(self) -> str:
        """The authors as a sentence, or "" where none are named."""
        return f"{self.authors.rstrip('.')}. " if self.authors else ""

    @property
    def link(self) -> str:
        """The address to link: the page itself, else the DOI's."""
        return self.url or (f"https://doi.org/{self.doi}" if self.doi else "")


class StarterRecord(models.Model):
    """A starter record that this database was once given: what staff delete afterwards never comes back."""

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=320)

    class Meta:
        verbose_name = _("starter record")
        verbose_name_plural = _("starter records")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="starterrecord_once")]

    def __str__(self):
        return f"{self.kind}: {self.key}"
