"""List the published articles for search engines, each language's address apart."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Max

from portal.lib import languages

from .models import Article, Topic


class ArticleSitemap(Sitemap):
    """The articles published in one language, a thousand a file."""

    limit = 1000

    def __init__(self, language):
        self.language = language

    def items(self):
        slugs = languages.columns("slug", "topic__slug")
        articles = Article.objects.published(self.language).select_related("topic")
        return articles.only("key", "topic__key", "updated_at", *slugs).order_by("pk")

    def location(self, item):
        return item.url(self.language)

    def lastmod(self, item):
        return item.updated_at

    def get_latest_lastmod(self):
        """Ask the database for the newest change: Django's own would read every article."""
        return Article.objects.published(self.language).aggregate(newest=Max("updated_at"))["newest"]


class TopicSitemap(Sitemap):
    """The topics, in every language."""

    def items(self):
        return [(code, topic) for code in languages.codes() for topic in Topic.objects.in_order()]

    def location(self, item):
        code, topic = item
        return topic.url(code)


SITEMAPS = {f"articles-{code}": ArticleSitemap(code) for code in languages.codes()} | {"topics": TopicSitemap}
