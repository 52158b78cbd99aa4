"""Hold the parts of an article: its sections, its numbered sources and the notes on what changed."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib.richtext import RichTextField
from portal.reference.models import Source

from .addresses import refuse_reserved_anchor
from .image import Image
from .words import keep_words, word_indexes


class Section(models.Model):
    """A part of an article under its own heading; the anchor is the same in every language and never changes."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        SELF = "self", _("Care card: what you can do yourself")
        URGENT = "urgent", _("Care card: get help soon")
        EMERGENCY = "emergency", _("Care card: call 911")
        DO = "do", _("List of what to do")
        DONT = "dont", _("List of what not to do")

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="sections", verbose_name=_("article"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.TEXT)
    anchor = models.CharField(
        _("anchor"),
        max_length=60,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*$"), refuse_reserved_anchor],
        help_text=_("Never changes."),
    )
    heading = models.CharField(_("heading"), max_length=160, blank=True)
    body = RichTextField(_("text"), blank=True)
    image = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("picture below the text")
    )
    is_hidden = models.BooleanField(
        _("is hidden"), default=False, help_text=_("Takes the section off the page in every language at once.")
    )

    APPROVED = ("position", "kind", "heading", "body", "image")

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        indexes = word_indexes("section")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "anchor"],
                name="section_anchor_once_an_article",
                violation_error_message=_("Another section of this article has this anchor."),
            ),
        ]

    def __str__(self):
        return self.heading or self.anchor


class Reference(models.Model):
    """A source in the numbered list of an article."""

    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="references", verbose_name=_("article")
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("source"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_hidden = models.BooleanField(_("is hidden"), default=False, editable=False)  # until a second person approves it

    APPROVED = ("position", "source")

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "source"],
                name="reference_source_once_an_article",
                violation_error_message=_("This source is already in the list."),
            ),
        ]

    def __str__(self):
        return str(self.source)

    @property
    def page(self):
        """The article that a second person approves it with."""
        return self.article


class ArticleChange(models.Model):
    """A sentence for readers on what was changed in an article, and when."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="changes", verbose_name=_("article"))
    made_on = models.DateField(_("changed on"), default=timezone.localdate)
    note = models.CharField(
        _("what changed"), max_length=300, blank=True, help_text=_("One sentence a reader understands.")
    )
    is_public = models.BooleanField(_("shown to readers"), default=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("history of changes")
        ordering = ["-made_on", "-pk"]

    def __str__(self):
        return f"{self.made_on}: {self.note}"


keep_words(Section, heading="B", body="D")
