"""Say which columns of the articles exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from portal.lib import languages

from .models import Affiliation, Article, ArticleChange, Contributor, Image, Section, Topic, Video


@register(Topic)
class TopicTranslation(TranslationOptions):
    fields = ("name", "slug", "description")
    required_languages = dict.fromkeys(languages.complete(), ("name",))


@register(Article)
class ArticleTranslation(TranslationOptions):
    fields = (
        "title", "slug", "summary", "key_points", "abstract", "conflicts", "state", "published_at", "expires_at"
    )  # fmt: skip


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ("heading", "body")
    part_of = "article"


@register(ArticleChange)
class ArticleChangeTranslation(TranslationOptions):
    fields = ("note",)
    part_of = "article"


@register(Image)
class ImageTranslation(TranslationOptions):
    fields = ("alt", "caption")


@register(Affiliation)
class AffiliationTranslation(TranslationOptions):
    fields = ("name",)


@register(Contributor)
class ContributorTranslation(TranslationOptions):
    fields = ("credentials",)


@register(Video)
class VideoTranslation(TranslationOptions):
    fields = ("title", "slug", "summary", "captions", "captions_there", "transcript")
    required_languages = dict.fromkeys(languages.complete(), ("title",))
