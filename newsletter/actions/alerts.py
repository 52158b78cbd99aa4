"""Keep which single pages a reader wants to hear of: asked for by a form, begun by the mail's link, ended on own page.

What a page is called comes from the module that `settings.NEWSLETTER_PAGES` names.
"""

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import tokens
from ..models import PageAlert, Subscriber
from ..models.alert import PageAlertQuerySet
from . import pages

WAITS_FOR = tokens.CONFIRM_FOR


def ask(subscriber: Subscriber, page: str, at) -> None:
    """Note the wish to hear of a page until the reader confirms it; beyond the most that one may watch nothing."""
    key, day = tokens.reader_key(subscriber.pk), timezone.localdate(at)
    if PageAlert.objects.filter(reader_key=key).exclude(page=page).count() < settings.MOST_PAGE_ALERTS:
        wish, is_new = PageAlert.objects.get_or_create(reader_key=key, page=page, defaults={"asked_on": day})
        if not is_new and wish.started_on is None:
            PageAlert.objects.filter(pk=wish.pk).update(asked_on=day)


def start(subscriber: Subscriber, at) -> int:
    """Begin what the reader has asked for; return how many pages these are."""
    return of(subscriber).waiting().update(started_on=timezone.localdate(at))


def end(subscriber: Subscriber, page_keys: Iterable[str]) -> int:
    """End what a reader wanted to hear of; return how many pages these were."""
    ended, _rows = of(subscriber).filter(page__in=list(page_keys)).delete()
    return ended


def of(subscriber: Subscriber) -> PageAlertQuerySet:
    """Return a reader's wishes for pages, also those not confirmed, in the order they were made."""
    return PageAlert.objects.of(tokens.reader_key(subscriber.pk)).order_by("pk")


def named(alerts: Iterable[PageAlert]) -> list[tuple[str, str]]:
    """Return (key, words in the active language) of the pages of these wishes."""
    keys = [alert.page for alert in alerts]
    found = pages.watchable(keys) if keys else {}
    return [(key, found[key].title if key in found else _("A page that is not on our site now")) for key in keys]


def forget_unconfirmed(at) -> None:
    """Delete the wishes that nobody confirmed in time."""
    PageAlert.objects.waiting().filter(asked_on__lt=timezone.localdate(at - WAITS_FOR)).delete()
