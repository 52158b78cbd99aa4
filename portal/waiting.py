"""Collect from each feature what waits for a member of staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from newsletter.models import Bounce, Campaign, Delivery, SenderGuard, Subscriber
from portal.articles.gates import without_approval as articles_without_approval
from portal.articles.models import Article
from portal.editorial.models import PendingChange, Removal
from portal.editorial.translations.worklist import page_models, work
from portal.lib import languages
from portal.overdose.gates import without_approval as guides_without_approval
from portal.reference.models import AlertSentence, Fact, Line, LinkCheck
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
    if user.has_perm("editorial.view_textstate"):
        queues[:0] = [_to_translate(user, code) for code in languages.codes()]
    queues[:0] = [queue for permission, queue in _second_person(user) if user.has_perm(permission)]
    if user.has_perm("newsletter.send_campaign"):
        queues.extend(_alerts(timezone.now()))
    return sorted(queues, key=lambda queue: queue.count == 0)


def _calls() -> Queue:
    """Return the queue that has a page of its own in the admin."""
    due = calls.queue(timezone.now()).count() + calls.doubts().count()
    return Queue(
        _("Calls to make"), due, reverse("admin:resources_calls"), _("One place at a time, the most needed first.")
    )


def _to_translate(user, code: str) -> Queue:
    """Return the queue of texts that are missing or stale in a language."""
    return Queue(
        _("To translate: %(language)s") % {"language": languages.name(code)},
        len(work(page_models(user), code)),
        reverse("admin:editorial_textstate_changelist") + _query({"language": code}),
        _("Missing, or older than what they were translated from. What a life may depend on comes first."),
    )


def _second_person(user) -> Iterator[tuple[str, Queue]]:
    """Yield (permission, queue) of what one person did and another must look at."""
    yield (
        "editorial.view_pendingchange",
        Queue(
            _("Changes that wait for a second person"),
            PendingChange.objects.exclude(values={}).count(),
            reverse("admin:editorial_pendingchange_changelist"),
            _("Readers still see the approved words of emergency pages and lines."),
        ),
    )
    yield (
        "editorial.acknowledge_removal",
        Queue(
            _("Taken off the site by others"),
            Removal.objects.filter(seen_by=None).exclude(by=user).count(),
            reverse("admin:editorial_removal_changelist") + _query({"seen_at__isempty": "1"}),
            _("One person may take something off at once. Look at it, and say that you have seen it."),
        ),
    )
    yield (
        "articles.review_article",
        Queue(
            _("Emergency articles nobody has approved"),
            len(articles_without_approval()),
            reverse("admin:articles_article_changelist") + _query({"is_emergency__exact": "1"}),
            _("Read each in every language and put your name to it."),
        ),
    )
    yield (
        "overdose.review_guide",
        Queue(
            _("Emergency guides nobody has approved"),
            len(guides_without_approval()),
            reverse("admin:overdose_guide_changelist"),
            _("Read each in every language and put your name to it."),
        ),
    )


def _alerts(at: datetime) -> Iterator[Queue]:
    """Yield what the one who answers for the newsletter should look at soon, and nothing while all is well."""
    bounces = reverse("admin:newsletter_bounce_changelist") + _query({"kind__exact": Bounce.Kind.BLOCKED})
    sender = reverse("admin:newsletter_senderguard_changelist")
    readers = reverse("admin:newsletter_subscriber_changelist")
    if SenderGuard.objects.filter(unreachable_since__lt=at - OUT_OF_REACH).exists():
        yield Queue(
            _("Mail server out of reach"), 1, sender,
            _("No mail has left for a quarter of an hour. Everything waits and will be sent when it answers again."),
        )  # fmt: skip
    if blocked := Bounce.objects.filter(kind=Bounce.Kind.BLOCKED, at__gte=at - WEEK).count():
        yield Queue(
            _("Copies refused as unwanted mail, last seven days"), blocked, bounces,
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
    yield from _quoted()
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


def _quoted() -> Iterator[tuple]:
    """Yield the queues of what pages quote."""
    yield (
        "reference.change_fact",
        _("Facts to look up again"),
        Fact.objects.expired(timezone.localdate()),
        {"waits": "expired"},
        _("They stay on the pages. Read each in its source and set a new day. Until then nothing new may quote them."),
    )
    yield (
        "reference.approve_fact",
        _("Facts to approve"),
        Fact.objects.to_approve(),
        {"waits": "approval"},
        _("Doses and laws need a person’s name behind them. Changes wait until somebody else approves them."),
    )
    yield (
        "reference.approve_alertsentence",
        _("Sentences for alerts to approve"),
        AlertSentence.objects.filter(approved_by=None),
        {"approved_by__isempty": "1"},
        _("Only an approved sentence can go on every page within a minute."),
    )
    yield (
        "reference.view_linkcheck",
        _("Links to other sites that fail"),
        LinkCheck.objects.failing(),
        {"failing": "yes"},
        _("They failed on more than one day. Put the right address where the link stands, or take the link out."),
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
        yield from (
            (
                permission,
                title % {"language": language},
                Article.objects.filter(**{state: value}),
                {f"{state}__exact": value},
                help_text,
            )
            for permission, title, value, help_text in _on_the_way()
        )
    yield (
        "articles.change_article",
        _("Articles past their next review"),
        Article.objects.review_due(timezone.localdate()),
        {"review": "due"},
        _("Readers see that the review is late. Read them again, and have them reviewed."),
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


def _on_the_way() -> list[tuple[str, str, str, str]]:
    """Return (permission, title, state, what to do) of each state between draft and publication."""
    state = Article.State
    return [
        (
            "articles.review_article",
            _("In medical review: %(language)s"),
            state.MEDICAL_REVIEW,
            _("Read the text and its sources; pass it on, or send it back with a note."),
        ),
        (
            "articles.translate_article",
            _("In translation: %(language)s"),
            state.TRANSLATION,
            _("See that the languages say the same, then call it ready."),
        ),
        (
            "articles.publish_article",
            _("Ready: %(language)s"),
            state.READY,
            _("Look at what the rules say, and publish."),
        ),
    ]
