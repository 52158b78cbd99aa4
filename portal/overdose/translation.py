"""Say which columns of the guides exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from .models import Guide, Passage


@register(Guide)
class GuideTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(Passage)
class PassageTranslation(TranslationOptions):
    fields = ("heading", "text", "drawing_alt", "say_sounds", "say_means")
    part_of = "guide"
