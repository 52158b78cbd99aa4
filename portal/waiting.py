"""Collect from each feature what waits for a member of staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from newsletter.models import Bounce, Campaign, Delivery, SenderGuard, Subscriber
from portal.articles.models import Article
from portal.editorial.translations import missing
from portal.lib import languages
from portal.reference.models import Line
from resources.actions import calls, withdrawal
from resources.models import AccuracySample, Correction, Import, Proposal, ServiceAtLocation

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
FEWEST_IN_A_FLOOD = 10  # sign-ups an hour; fewer are no flood, however quiet the week was
OUT_OF_REACH = timedelta(minutes=15)


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
    if user.has_perm("resources.add_verification"):
        queues.insert(0, _calls())
    if user.has_perm("newsletter.send_campaign"):
        queues.extend(_alerts(timezone.now()))
    return sorted(queues, key=lambda queue: queue.count == 0)


def _calls() -> Queue:
    """Return the queue that has a page of its own in the admin."""
    due = calls.queue(timezone.now()).count() + calls.doubts().count()
    return Queue(
        _("Calls to make"), due, reverse("admin:resources_calls"), _("One place at a time, the most needed first.")
    )


def _alerts(at: datetime) -> Iterator[Queue]:
    """Yield what the one who answers for the newsletter should look at soon, and nothing while all is well."""
    deliveries = reverse("admin:newsletter_delivery_changelist")
    readers = reverse("admin:newsletter_subscriber_changelist")
    if SenderGuard.objects.filter(unreachable_since__lt=at - OUT_OF_REACH).exists():
        yield Queue(
            _("Mail server out of reach"), 1, deliveries,
            _("No mail has left for a quarter of an hour. Everything waits and will be sent when it answers again."),
        )  # fmt: skip
    if blocked := Bounce.objects.filter(kind=Bounce.Kind.BLOCKED, at__gte=at - WEEK).count():
        yield Queue(
            _("Copies refused as unwanted mail, last seven days"), blocked, deliveries,
            _("A mail server takes us for a sender of spam. Have the technician run check_mail_dns."),
        )  # fmt: skip
    if asked := _flood(at):
        yield Queue(
            _("Unusually many sign-ups in the last hour"), asked, readers,
            _("More than five times the usual. Somebody may be entering other people's addresses."),
        )  # fmt: skip


def _flood(at: datetime) -> int:
    """Return how many asked for the newsletter in the last hour where that is five times the usual, else 0."""
    last_hour = Subscriber.objects.filter(requested_at__gt=at - HOUR).count()
    before = Subscriber.objects.filter(requested_at__gt=at - WEEK, requested_at__lte=at - HOUR).count()
    usual = before * HOUR / (WEEK - HOUR)
    return last_hour if last_hour > max(5 * usual, FEWEST_IN_A_FLOOD) else 0


def _list(model) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_changelist"


def _query(filters: dict) -> str:
    return f"?{urlencode(filters)}" if filters else ""


def _all() -> Iterator[tuple]:
    """Yield (permission, title, rows, filters of the list, what to do) for every queue."""
    yield from _editorial()
    yield from _told()
    yield from _brought()
    listings = ServiceAtLocation.objects.open()
    yield (
        "resources.withdraw_serviceatlocation",
        _("To take off the list, or to keep"),
        withdrawal.waiting_for_a_publisher(timezone.localdate()),
        {"withdrawal": "waits"},
        _("The last methadone program within 10 miles: only a person takes it off."),
    )
    yield (
        "resources.view_serviceatlocation",
        _("Places off the list"),
        withdrawal.withdrawn(timezone.localdate()),
        {"withdrawal": "done"},
        _("A wrong number or a closure was confirmed, or nobody has reached them for long."),
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
        Delivery.objects.filter(state=Delivery.State.UNCERTAIN, settled_at=None),
        {"state__exact": "uncertain", "settled_at__isnull": "True"},
        _("The mail server may or may not have taken them. They are never sent again by themselves."),
    )


def _told() -> Iterator[tuple]:
    """Yield the queues of what strangers told us, and of the calls that measure the directory."""
    yield (
        "resources.change_correction",
        _("Reports of mistakes, overdue"),
        Correction.objects.overdue(timezone.localdate()),
        {"overdue": "yes"},
        _("The day by which we promised an answer is over."),
    )
    yield (
        "resources.change_correction",
        _("Reports of mistakes"),
        Correction.objects.open(),
        {"state__exact": "open"},
        _("Call, put right what is wrong, and write the answer for the public ledger."),
    )
    yield (
        "resources.change_sampledlisting",
        _("Samples to score"),
        AccuracySample.objects.filter(published_at=None),
        {},
        _("Call the places that were drawn this month. The figures appear with the last one."),
    )


def _brought() -> Iterator[tuple]:
    """Yield the queues of what files bring."""
    yield (
        "resources.change_proposal",
        _("Proposed changes"),
        Proposal.objects.waiting(),
        {"state__exact": "waiting"},
        _("A provider or a list says something else than what staff have checked or changed."),
    )
    yield (
        "resources.change_import",
        _("Imports that wait"),
        Import.objects.filter(state__in=[Import.State.MAPPING, Import.State.CHECKED, Import.State.FAILED]),
        {"state__in": "mapping,checked,failed"},
        _("Look at what each list would change, then accept or refuse it."),
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
