"""Publish the alerts, a feed a language."""

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from .models import Alert


class Alerts(Feed):
    """The alerts that are out now, in the language of the address."""

    feed_type = Atom1Feed

    def title(self):
        return _("Alerts about opioids and help")

    def subtitle(self):
        return _("Emergencies, notices and warnings about the drug supply.")

    def link(self):
        return reverse("reference:alerts")

    def feed_url(self):
        return reverse("reference:alerts-feed")

    def items(self):
        return Alert.objects.shown(timezone.now())

    def item_title(self, item):
        return item.get_kind_display()

    def item_description(self, item):
        return item.text

    def item_link(self, item):
        return f"{reverse('reference:alerts')}#alert-{item.pk}"

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return item.published_at
