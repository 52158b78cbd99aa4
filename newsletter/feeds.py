"""Publish what has gone out, a feed a language."""

from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from portal.lib import languages

from .models import Campaign
from .render import parts

EDITIONS = 20


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
        shown = Campaign.objects.in_archive().select_related("digest_run")
        return shown.prefetch_related("blocks", "digest_run__items")[:EDITIONS]

    def item_title(self, item):
        return item.subject

    def item_description(self, item):
        language = languages.current()
        shown = ({"part": part, "language": language} for part in parts(item, language))
        return "".join(render_to_string("email/_part.html", each) for each in shown)

    def item_link(self, item):
        return reverse("newsletter:edition", args=[item.pk])

    def item_pubdate(self, item):
        return item.started_at
