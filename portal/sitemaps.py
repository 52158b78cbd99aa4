"""Join every feature's sitemap into one index."""

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index, sitemap
from django.urls import path, reverse
from django.utils.translation import override

from portal.articles.sitemaps import SITEMAPS as ARTICLES
from portal.lib import languages
from resources.sitemaps import SITEMAPS as RESOURCES

FIXED_PAGES = [
    "home",
    "articles:index",
    "find",
    "overdose:overdose",
    "overdose:naloxone",
    "overdose:withdrawal",
    "videos",
    "reference:glossary",
    "reference:alerts",
    "newsletter:index",
    "resources:accuracy",
    "resources:ledger",
    "resources:data",
    "about",
    "privacy",
    "terms",
    "accessibility",
]


class PageSitemap(Sitemap):
    """The pages that always exist, in every language."""

    def items(self):
        return [(code, name) for code in languages.codes() for name in FIXED_PAGES]

    def location(self, item):
        code, name = item
        with override(code):
            return reverse(name)


SITEMAPS = {"pages": PageSitemap, **ARTICLES, **RESOURCES}

urlpatterns = [
    path("sitemap.xml", index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, name="sitemap-index"),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]
