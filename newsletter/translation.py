"""Say which columns of the newsletter exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from portal.lib import languages

from .models import Block, Campaign, ConsentText, Topic


@register(Campaign)
class CampaignTranslation(TranslationOptions):
    fields = ("subject", "body")


@register(ConsentText)
class ConsentTextTranslation(TranslationOptions):
    fields = ("text",)
    required_languages = tuple(languages.complete())


@register(Topic)
class TopicTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Block)
class BlockTranslation(TranslationOptions):
    fields = ("title", "summary", "url", "body")
    part_of = "campaign"
