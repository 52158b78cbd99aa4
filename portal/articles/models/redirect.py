"""Keep the addresses that articles and topics had, so that old links go on leading somewhere."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

from .article import Article
from .topic import Topic


class SlugRedirectQuerySet(models.QuerySet):
    def follow(self, row, before):
        """Note where a saved article or topic stood before, and free the addresses that it stands at now.

        What never was public leaves nothing behind. A redirect names the row and not an address, so there is no chain.
        """
        kind = row._meta.model_name
        for code in languages.codes():
            column = languages.column("slug", code)
            old, new = getattr(before, column, None), getattr(row, column)
            if new:
                self.filter(**{f"{kind}__isnull": False}, language=code, slug=new).delete()
            if old and old != new and _was_public(before, code):
                self.filter(**{f"{kind}__isnull": False}, language=code, slug=old).delete()
                self.create(language=code, slug=old, **{kind: row})

    def article_at(self, slug, language):
        """Return the article that had this slug, or has it and moved to another topic, or None."""
        column = languages.column("slug", language)
        found = Article.objects.select_related("topic").filter(
            Q(**{column: slug}) | Q(pk__in=self.filter(language=language, slug=slug).values("article"))
        )
        return found.order_by(models.Case(models.When(**{column: slug}, then=0), default=1), "pk").first()

    def topic_at(self, slug, language):
        """Return the topic that had this address, or None."""
        return Topic.objects.filter(pk__in=self.filter(language=language, slug=slug).values("topic")).first()


def _was_public(row, language):
    """Say whether anybody outside can know the address: topics stand on every page, an article once it was out."""
    return isinstance(row, Topic) or getattr(row, languages.column("published_at", language)) is not None


class SlugRedirect(models.Model):
    """An address in one language that an article or topic had before."""

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    slug = models.SlugField(_("address before"), max_length=120)
    article = models.ForeignKey(
        Article, models.CASCADE, null=True, blank=True, related_name="former_slugs", verbose_name=_("article")
    )
    topic = models.ForeignKey(
        Topic, models.CASCADE, null=True, blank=True, related_name="former_slugs", verbose_name=_("topic")
    )

    objects = SlugRedirectQuerySet.as_manager()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [
            models.CheckConstraint(
                condition=Q(article=None, topic__isnull=False) | Q(article__isnull=False, topic=None),
                name="slugredirect_of_an_article_or_a_topic",
            ),
            models.UniqueConstraint(
                fields=["language", "slug"], condition=Q(topic=None), name="slugredirect_article_once_a_language"
            ),
            models.UniqueConstraint(
                fields=["language", "slug"], condition=Q(article=None), name="slugredirect_topic_once_a_language"
            ),
        ]

    def __str__(self):
        return f"{self.slug} ({self.language})"
