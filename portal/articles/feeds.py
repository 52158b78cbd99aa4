"""Publish what is new to read, a feed a language."""

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from portal.lib import languages

from .models import Article


class NewestArticles(Feed):
    """The 20 newest articles of the language in the address."""

    feed_type = Atom1Feed

    def title(self):
        return _("Opioid use disorder: new to read")

    def subtitle(self):
        return _("Articles about opioid use disorder, treatment and naloxone.")

    def link(self):
        return reverse("articles:index")

    def feed_url(self):
        return reverse("articles:feed")

    def items(self):
        return Article.objects.published().for_cards().newest_first()[:20]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.summary

    def item_link(self, item):
        return item.get_absolute_url()

    def item_pubdate(self, item):
        return getattr(item, languages.column("published_at", languages.current()))

    def item_updateddate(self, item):
        return item.updated_at
