"""Hold the parts of a campaign, in the order in which a reader meets them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib.richtext import RichTextField

from .campaign import Campaign, refuse_places


class Block(models.Model):
    """One part of a campaign: words of its own, a page of the site, or a fact.

    A page block holds its own copy of address, title and summary per language: what readers get is what was copied,
    when it was picked and again when the campaign was frozen, whatever happens to the page. Of a fact the summary is
    the statement with its number, the title names the source.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        PAGE = "page", _("A page of the site")
        FACT = "fact", _("A number with its source")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="blocks", verbose_name=_("campaign"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    page = models.CharField(
        _("page"), max_length=200, blank=True, help_text=_("The key of the page or fact that was picked.")
    )
    title = models.CharField(_("heading"), max_length=160, blank=True, validators=[refuse_places])
    summary = models.TextField(_("summary"), blank=True, validators=[refuse_places])
    url = models.CharField(_("address"), max_length=300, blank=True)
    body = RichTextField(_("text"), blank=True, validators=[refuse_places])

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="text") | ~Q(page=""),
                name="block_says_what_was_picked",
                violation_error_message=_("Pick the page or the fact."),
            ),
        ]

    def __str__(self):
        return self.title or self.get_kind_display()
