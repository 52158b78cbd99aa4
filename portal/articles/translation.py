"""Say which columns of the articles exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from portal.lib import languages

from .models import Article, Section, Topic


@register(Topic)
class TopicTranslation(TranslationOptions):
    fields = ("name", "slug", "description")
    required_languages = dict.fromkeys(languages.codes(), ("name",))


@register(Article)
class ArticleTranslation(TranslationOptions):
    fields = ("title", "slug", "summary", "key_points", "state", "published_at")


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ("heading", "body")
