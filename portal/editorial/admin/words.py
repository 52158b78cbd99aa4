"""Let staff keep the lists that gates ask for: names that are easy to read, and words to avoid."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from ..models import AvoidedWord, ReadingName


@admin.register(ReadingName)
class ReadingNameAdmin(admin.ModelAdmin):
    list_display = ("text",)
    search_fields = ("text",)
    ordering = ("text", "pk")


@admin.register(AvoidedWord)
class AvoidedWordAdmin(admin.ModelAdmin):
    list_display = ("__str__", "language_name", "instead")
    list_filter = ("language",)
    search_fields = ("words", "instead")
    ordering = ("language", "words", "pk")

    @admin.display(description=_("language"), ordering="language")
    def language_name(self, word):
        return languages.name(word.language)
