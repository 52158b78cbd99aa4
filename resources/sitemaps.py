"""List the listings that a visitor can use, in every language, for search engines."""

from django.contrib.sitemaps import Sitemap

from .models import ServiceAtLocation


class ListingSitemap(Sitemap):
    """Every open listing, once a language, with its twins."""

    i18n = True
    alternates = True
    x_default = True
    limit = 5000

    def items(self):
        return ServiceAtLocation.objects.open().order_by("pk").only("slug", "updated_at")

    def lastmod(self, listing):
        return listing.updated_at


SITEMAPS = {"listings": ListingSitemap}
