"""Say which columns of the newsletter exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from portal.lib import languages

from .models import Campaign, ConsentText


@register(Campaign)
class CampaignTranslation(TranslationOptions):
    fields = ("subject", "body")


@register(ConsentText)
class ConsentTextTranslation(TranslationOptions):
    fields = ("text",)
    required_languages = tuple(languages.complete())
