"""Publish what has gone out, a feed a language."""

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from .models import Campaign

EDITIONS = 20
WORDS_SHOWN = 400  # characters


class Editions(Feed):
    """The newest editions in the language of the address."""

    feed_type = Atom1Feed

    def title(self):
        return _("Earlier newsletters")

    def subtitle(self):
        return _("All newsletters that have gone out, the newest first.")

    def link(self):
        return reverse("newsletter:archive")

    def feed_url(self):
        return reverse("newsletter:feed")

    def items(self):
        return Campaign.objects.in_archive()[:EDITIONS]

    def item_title(self, item):
        return item.subject

    def item_description(self, item):
        return strip_tags(item.body or "")[:WORDS_SHOWN]

    def item_link(self, item):
        return reverse("newsletter:edition", args=[item.pk])

    def item_pubdate(self, item):
        return item.started_at
