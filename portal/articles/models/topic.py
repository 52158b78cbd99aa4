"""Hold the shelves that articles stand on."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal.lib import languages

from .addresses import refuse_reserved, slug_of, with_slug

TOPIC_ICONS = ["book", "info", "pill", "naloxone", "heart", "family", "shield", "scale", "home", "talk"]


class TopicQuerySet(models.QuerySet):
    def in_order(self):
        """Order the shelves as staff arranged them."""
        return self.order_by("position", "pk")

    def as_rows(self):
        """Read only what the list of shelves shows: name, description, icon, slug and key."""
        name, description, slug = (
            languages.column(field, languages.current()) for field in ("name", "description", "slug")
        )
        return self.values_list(name, description, "icon", slug, "key")

    def with_slug(self, slug):
        """Keep what has this slug in any language; which address it stands at, its `url` says."""
        return self.filter(with_slug(slug))


class Topic(models.Model):
    """A shelf of articles."""

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=120, null=True, blank=True, validators=[refuse_reserved])
    description = models.CharField(_("description"), max_length=300, blank=True)
    icon = models.CharField(_("icon"), max_length=30, choices=[(name, name) for name in TOPIC_ICONS], default="book")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [*languages.slug_constraints("topic")]

    def __str__(self):
        return self.name or self.key

    def get_absolute_url(self):
        return self.url(languages.current())

    def url(self, language):
        """Return the page's address in this language."""
        with override(language):
            return reverse("articles:topic", args=[slug_of(self, language)])

    def feed_url(self, language):
        """Return the address of its feed in this language."""
        with override(language):
            return reverse("articles:topic-feed", args=[slug_of(self, language)])
