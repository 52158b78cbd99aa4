"""List the published articles for search engines, each language's address with its twins."""

from django.contrib.sitemaps import Sitemap

from portal.lib import languages

from .models import Article


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


SITEMAPS = {f"articles-{code}": ArticleSitemap(code) for code in languages.codes()}
