"""Publish what is new to read as Atom: a feed a language, and one a topic."""

from django.contrib.syndication.views import Feed
from django.http import Http404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from portal.lib import languages

from .models import Article, Topic

NEWEST = 20


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
        return Article.objects.published().for_cards().newest_first()[:NEWEST]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return item.summary

    def item_link(self, item):
        return item.get_absolute_url()

    def item_categories(self, item):
        return [item.topic.name, item.get_kind_display()]

    def item_pubdate(self, item):
        return getattr(item, languages.column("published_at", languages.current()))

    def item_updateddate(self, item):
        return item.updated_at


class TopicArticles(NewestArticles):
    """The 20 newest articles of one topic."""

    def get_object(self, request, topic_slug):
        for topic in Topic.objects.with_slug(topic_slug):
            if topic.feed_url(languages.current()) == request.path:
                return topic
        raise Http404

    def title(self, topic):
        return topic.name

    def subtitle(self, topic):
        return topic.description

    def link(self, topic):
        return topic.get_absolute_url()

    def feed_url(self, topic):
        return topic.feed_url(languages.current())

    def items(self, topic):
        return Article.objects.published().filter(topic=topic).for_cards().newest_first()[:NEWEST]
