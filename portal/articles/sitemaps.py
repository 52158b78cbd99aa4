"""List the published articles for search engines, each language's address with its twins."""

from django.contrib.sitemaps import Sitemap

from portal.lib import languages

from .models import Article, Topic


class ArticleSitemap(Sitemap):
    """The articles published in one language."""

    limit = 1000

    def __init__(self, language):
        self.language = language

    def items(self):
        return Article.objects.published(self.language).for_cards().order_by("pk")

    def location(self, item):
        return item.url(self.language)

    def lastmod(self, item):
        return item.updated_at


class TopicSitemap(Sitemap):
    """The topics, in every language."""

    def items(self):
        return [(code, topic) for code in languages.codes() for topic in Topic.objects.in_order()]

    def location(self, item):
        code, topic = item
        return topic.url(code)


SITEMAPS = {f"articles-{code}": ArticleSitemap(code) for code in languages.codes()} | {"topics": TopicSitemap}
