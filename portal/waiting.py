"""Collect from each feature what waits for a member of staff."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from newsletter.models import Campaign, Delivery
from portal.articles.models import Article
from portal.editorial.translations import missing
from portal.lib import languages
from portal.reference.models import Line
from resources.models import CallToMake, ServiceAtLocation


@dataclass(frozen=True)
class Queue:
    """Rows that wait: how many, and the list of the admin that shows them."""

    title: str
    count: int
    url: str
    help: str


def waiting_for(user) -> list[Queue]:
    """Return the queues this person may work on, those with something in them first."""
    queues = [
        Queue(title, rows.count(), reverse(f"admin:{_list(rows.model)}") + _query(filters), help_text)
        for permission, title, rows, filters, help_text in _all()
        if user.has_perm(permission)
    ]
    return sorted(queues, key=lambda queue: queue.count == 0)


def _list(model) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_changelist"


def _query(filters: dict) -> str:
    return f"?{urlencode(filters)}" if filters else ""


def _all() -> Iterator[tuple]:
    """Yield (permission, title, rows, filters of the list, what to do) for every queue."""
    yield from _editorial()
    listings = ServiceAtLocation.objects.open()
    yield (
        "resources.change_calltomake",
        _("Calls to make"),
        CallToMake.objects.waiting(),
        {"done_at__isnull": "True"},
        _("A doubt about a place, or a place that is missing."),
    )
    yield (
        "resources.view_serviceatlocation",
        _("Listings never checked"),
        listings.never_checked(),
        {"checked": "never"},
        _("Call, read the fields back, and record how it went."),
    )
    yield (
        "newsletter.change_campaign",
        _("Campaigns not sent"),
        Campaign.objects.filter(state__in=[Campaign.State.DRAFT, Campaign.State.SCHEDULED, Campaign.State.HELD]),
        {},
        _("Finish, test and start them, or cancel them."),
    )
    yield (
        "newsletter.send_campaign",
        _("Copies in doubt"),
        Delivery.objects.filter(state=Delivery.State.UNCERTAIN),
        {"state__exact": "uncertain"},
        _("The mail server may or may not have taken them. They are never sent again by themselves."),
    )


def _editorial() -> Iterator[tuple]:
    """Yield the queues of writers, translators and reviewers."""
    for code in languages.codes():
        language = languages.name(code)
        state = languages.column("state", code)
        yield (
            "articles.change_article",
            _("Drafts: %(language)s") % {"language": language},
            Article.objects.filter(**{state: Article.State.DRAFT}),
            {f"{state}__exact": "draft"},
            _("Articles that visitors cannot read in this language."),
        )
        yield (
            "articles.change_article",
            _("Translation missing: %(language)s") % {"language": language},
            Article.objects.filter(missing(Article, code)),
            {"missing": code},
            _("Another language has text here."),
        )
    yield (
        "articles.review_article",
        _("Starter articles to review"),
        Article.objects.filter(is_starter=True),
        {"is_starter__exact": "1"},
        _("Readers see that the department has not reviewed them."),
    )
    yield (
        "reference.change_line",
        _("Phone lines nobody has confirmed"),
        Line.objects.filter(confirmed_on=None),
        {"confirmed_on__isnull": "True"},
        _("Call each line, then fill in who confirmed it and when."),
    )
