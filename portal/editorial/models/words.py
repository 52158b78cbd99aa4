"""Keep the words that gates ask for: names that are easy to read, and words that hurt with better ones."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class ReadingName(models.Model):
    """A name that readers know as a label: the reading level counts it as one word of two syllables."""

    text = models.CharField(_("name"), max_length=80, help_text=_("A medicine, a program, a place; in any language."))

    class Meta:
        verbose_name = _("name for the reading level")
        verbose_name_plural = _("names for the reading level")
        constraints = [
            models.UniqueConstraint(
                Lower("text"), name="readingname_once", violation_error_message=_("This name is already on the list.")
            )
        ]

    def __str__(self):
        return self.text


class AvoidedWord(models.Model):
    """Words that hurt the people the site is for, and what to write instead."""

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    words = models.TextField(_("words to avoid"), help_text=_("One form on each line: singular, plural, feminine."))
    instead = models.CharField(_("write instead"), max_length=200)
    note = models.CharField(_("why, and by which source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("word to avoid")
        verbose_name_plural = _("words to avoid")

    def __str__(self):
        return ", ".join(self.forms())

    def forms(self) -> list[str]:
        """Return the forms to look for."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]
