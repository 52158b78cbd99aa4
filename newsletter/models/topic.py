"""Know what readers want to hear of, apart from who they are."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import languages

MOST_TOPICS = 8  # a digest is written once for each mix of topics that readers have


class TopicQuerySet(models.QuerySet):
    def on_offer(self):
        """Return what a reader may choose, in the order of the form."""
        return self.filter(is_active=True).order_by("position", "pk")


class Topic(models.Model):
    """Something to hear of: what is new about treatment, alerts, news of the site."""

    key = models.SlugField(_("key"), unique=True, help_text=_("Never changes."))
    name = models.CharField(_("name"), max_length=80, help_text=_("Name no illness: others may see the screen."))
    description = models.CharField(_("what comes"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_urgent = models.BooleanField(
        _("always at once"), default=False, help_text=_("For alerts: they wait for no daily or weekly mail.")
    )
    is_active = models.BooleanField(_("on offer"), default=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("newsletter topic")
        verbose_name_plural = _("newsletter topics")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(**{f"{column}__isnull": False, f"{column}__regex": r"\S"}),
                name=f"topic_{column}_is_written",
                violation_error_message=_("A topic on offer needs its name in every language."),
            )
            for column in languages.columns("name")
        ]

    def __str__(self):
        return self.name or self.key


class Subscription(models.Model):
    """One topic that one reader wants, under a key that cannot be led back to the address without HASH_KEY."""

    reader_key = models.CharField(_("keyed hash of the reader"), max_length=64)
    topic = models.ForeignKey(Topic, models.CASCADE, verbose_name=_("topic"), related_name="subscriptions")
    started_on = models.DateField(_("since"))

    class Meta:
        verbose_name = _("wish for a topic")
        verbose_name_plural = _("wishes for topics")
        constraints = [
            models.UniqueConstraint(fields=["reader_key", "topic"], name="subscription_topic_once_a_reader"),
        ]

    def __str__(self):
        return str(self.topic)
