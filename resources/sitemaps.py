"""List the listings that a visitor can use, in every language, for search engines."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Max

from portal.lib import languages

from .models import ServiceAtLocation


class ListingSitemap(Sitemap):
    """Every open listing in one language, a thousand a file; each page itself names its twins.

    Django's way to list every language at once reads all listings for each file, and for the index.
    """

    limit = 1000

    def __init__(self, language):
        self.language = language

    def items(self):
        return ServiceAtLocation.objects.open().order_by("pk").only("slug", "updated_at")

    def location(self, item):
        return item.url(self.language)

    def lastmod(self, item):
        return item.updated_at

    def get_latest_lastmod(self):
        """Ask the database for the newest change: Django's own would read every listing."""
        return ServiceAtLocation.objects.open().aggregate(newest=Max("updated_at"))["newest"]


SITEMAPS = {f"listings-{code}": ListingSitemap(code) for code in languages.codes()}
