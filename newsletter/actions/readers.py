"""Change who reads the newsletter, what they want of it, and what is kept of them."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from .. import tokens
from ..models import (
    Campaign,
    ConsentEvent,
    ConsentText,
    Delivery,
    Frequency,
    PageAlert,
    Subscriber,
    Subscription,
    Suppression,
    Topic,
)
from . import alerts

UNCONFIRMED_FOR = tokens.CONFIRM_FOR
ADDRESS_KEPT_FOR = timedelta(days=settings.ADDRESS_DAYS)  # after leaving
DELIVERIES_KEPT_FOR = timedelta(days=settings.DELIVERY_DAYS)
# Who got a digest says what that reader wants to hear of: kept only as long as a copy can still come back.
DIGESTS_KEPT_FOR = min(timedelta(days=14), DELIVERIES_KEPT_FOR)
UNDO_WITHIN = timedelta(days=1)
NOBODY = 0  # the number of no row, for what is to be as much work whoever asks

State = Subscriber.State
Kind = ConsentEvent.Kind


def subscribe(
    *,
    email: str,
    language: str,
    consent_text: ConsentText,
    at,
    frequency: str = Frequency.AT_ONCE,
    topics: Iterable[Topic] = (),
) -> None:
    """Record the wish to subscribe; the sender mails the link that confirms it.

    Silent about whether the address was known, and as much work either way, so that nobody can probe the list: what
    may not be is written and taken back. A reader of single pages gets the link to the page where the newsletter is
    chosen, too.
    """
    with transaction.atomic():
        subscriber, is_barred = _entered(email, language, at)
        is_reader = subscriber.state == State.CONFIRMED
        _wait(subscriber, email, language, frequency, at)
        subscriber.wants_news = True
        subscriber.save()
        _want(subscriber, topics, at)
        _note(subscriber, Kind.REQUESTED, at, consent_text)
        transaction.set_rollback(is_barred or is_reader)
    _mail_own_link(Subscriber.objects.filter(wants_news=False), email, at)


@transaction.atomic
def watch(*, email: str, language: str, page: str, at, frequency: str = Frequency.AT_ONCE) -> None:
    """Record the wish to hear of one page; the sender mails the link that confirms it.

    As silent as `subscribe`. What a reader chose before stays as it is; who is none gets no newsletter by it.
    """
    subscriber, is_barred = _entered(email, language, at, wants_news=False)
    if subscriber.state != State.CONFIRMED:
        subscriber.wants_news = subscriber.wants_news and subscriber.state == State.PENDING
        _wait(subscriber, email, language, frequency, at)
    subscriber.requested_at = subscriber.confirmation_due_at = at
    subscriber.confirmation_tries = 0
    subscriber.save()
    alerts.ask(subscriber, page, at)
    _note(subscriber, Kind.PAGE, at)
    transaction.set_rollback(is_barred)


def _entered(email: str, language: str, at, *, wants_news: bool = True) -> tuple[Subscriber, bool]:
    """Return the row of this address, made where there was none, and whether the address gets no mail from us."""
    norm = email.lower()
    digest = tokens.address_hash(norm)
    is_barred = Suppression.objects.filter(email_hash=digest).exclude(reason=Suppression.Reason.LEFT).exists()
    new = Subscriber(email=email, email_norm=norm, email_hash=digest, requested_at=at)
    new.language, new.wants_news = language, wants_news
    Subscriber.objects.bulk_create([new], ignore_conflicts=True)
    return Subscriber.objects.select_for_update().get(email_norm=norm), is_barred


def _wait(subscriber: Subscriber, email: str, language: str, frequency: str, at) -> None:
    """Let this person wait for the mail that confirms; pages of a time before the leaving are forgotten."""
    _forget_wishes([subscriber.pk if subscriber.state == State.LEFT else NOBODY])
    subscriber.email = email
    subscriber.language, subscriber.frequency = language, frequency
    subscriber.state = State.PENDING
    subscriber.requested_at = subscriber.confirmation_due_at = at
    subscriber.confirmation_tries = 0


def mail_own_link(*, email: str, at) -> None:
    """Have the sender mail the link to a reader's own page to this address, if a reader has it.

    One statement whoever asks, so that nobody can probe the list.
    """
    _mail_own_link(Subscriber.objects.all(), email, at)


def is_reader(email: str) -> bool:
    """Say whether this address has confirmed and not left; never for a page to tell."""
    return Subscriber.objects.filter(email_norm=email.lower(), state=State.CONFIRMED).exists()


def _mail_own_link(among, email: str, at) -> None:
    barred = Suppression.objects.filter(email_hash=OuterRef("email_hash"))
    reader = among.filter(~Exists(barred), email_norm=email.lower(), state=State.CONFIRMED)
    reader.update(confirmation_due_at=at, confirmation_tries=0)


@transaction.atomic
def confirm(*, subscriber_id: int, at) -> bool:
    """Make a pending person a reader, and begin the pages asked for; say whether the person is a reader now.

    Safe to repeat.
    """
    subscriber = _locked(subscriber_id)
    if subscriber is None or subscriber.state not in (State.PENDING, State.CONFIRMED):
        return False  # purged, or left since: an old link brings nobody back
    if subscriber.state == State.PENDING:
        subscriber.state = State.CONFIRMED
        subscriber.confirmed_at, subscriber.left_at, subscriber.confirmation_due_at = at, None, None
        subscriber.save()
        Suppression.objects.filter(email_hash=subscriber.email_hash, reason=Suppression.Reason.LEFT).delete()
        _note(subscriber, Kind.CONFIRMED, at)
    elif alerts.of(subscriber).waiting().exists():
        Subscriber.objects.filter(pk=subscriber.pk).update(confirmation_due_at=None)
        _note(subscriber, Kind.CONFIRMED, at)
    alerts.start(subscriber, at)
    return True


@transaction.atomic
def leave(*, subscriber_id: int | None, how: str, at) -> None:
    """End a subscription, by the page or by one click; safe to repeat, also for somebody long gone."""
    subscriber = _locked(subscriber_id)
    if subscriber is not None and subscriber.state in (State.PENDING, State.CONFIRMED):
        subscriber.state = State.LEFT
        subscriber.left_at, subscriber.confirmation_due_at = at, None
        subscriber.save()
        _note(subscriber, how, at)


@transaction.atomic
def come_back(*, subscriber_id: int | None, at) -> bool:
    """Take back a leaving of the last day, for somebody who had confirmed; say whether that was possible."""
    subscriber = _locked(subscriber_id)
    if subscriber is None or subscriber.state != State.LEFT or subscriber.confirmed_at is None:
        return False
    if subscriber.left_at is None or subscriber.left_at < at - UNDO_WITHIN:
        return False
    subscriber.state = State.CONFIRMED
    subscriber.left_at = None
    subscriber.save()
    _note(subscriber, Kind.RETURNED, at)
    return True


@transaction.atomic
def choose(
    *,
    subscriber_id: int | None,
    language: str,
    frequency: str,
    topics: Iterable[Topic],
    at,
    news: bool = True,
    ended: Iterable[str] = (),
) -> bool:
    """Write to a reader in this language, this often and about these topics; say whether there is such a reader.

    Without `news` only single pages are left, less those `ended`.
    """
    subscriber = _locked(subscriber_id)
    if subscriber is None or subscriber.state != State.CONFIRMED:
        return False
    if subscriber.language != language:
        subscriber.language = language
        _note(subscriber, Kind.LANGUAGE, at)
    changes = [_want(subscriber, topics if news else (), at), alerts.end(subscriber, ended) > 0]
    if any(changes) or (subscriber.frequency, subscriber.wants_news) != (frequency, news):
        subscriber.frequency, subscriber.wants_news = frequency, news
        _note(subscriber, Kind.CHOICES, at)
    subscriber.save()
    return True


def wanted(subscriber: Subscriber) -> list[Topic]:
    """Return the topics that a reader wants."""
    keyed = Subscription.objects.filter(reader_key=tokens.reader_key(subscriber.pk))
    return [row.topic for row in keyed.select_related("topic").order_by("topic__position", "topic_id")]


def _want(subscriber: Subscriber, topics: Iterable[Topic], at) -> bool:
    """Make these the topics of a reader, and say whether that is other than before.

    A topic that is no longer on offer stays as it was: the form could not show it.
    """
    key, after = tokens.reader_key(subscriber.pk), {topic.pk for topic in topics}
    kept = Subscription.objects.filter(reader_key=key, topic__is_active=True)
    before = set(kept.values_list("topic_id", flat=True))
    kept.exclude(topic__in=after).delete()
    day = timezone.localdate(at)
    Subscription.objects.bulk_create(
        [Subscription(reader_key=key, topic_id=topic, started_on=day) for topic in sorted(after)],
        ignore_conflicts=True,
    )
    return before != after


@transaction.atomic
def erase(*, subscriber_id: int | None, at) -> bool:
    """Erase a reader's address and wishes now; say whether there was an address. Only a keyed hash stays."""
    subscriber = _locked(subscriber_id)
    if subscriber is None or subscriber.state == State.ERASED:
        return False
    subscriber.left_at = subscriber.left_at or at
    _erase(subscriber, at)
    return True


def _locked(subscriber_id: int | None) -> Subscriber | None:
    """Return the person's row, held until the transaction ends; None for a test mail's nobody."""
    if subscriber_id is None:
        return None
    return Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()


def _note(subscriber: Subscriber, kind: str, at, consent_text: ConsentText | None = None) -> None:
    ConsentEvent.objects.create(
        subscriber=subscriber, kind=kind, at=at, consent_text=consent_text, language=subscriber.language
    )


@transaction.atomic
def purge(*, at) -> tuple[int, int, int]:
    """Delete who never confirmed, erase who left long ago, forget who got what; return how many of each.

    Of an erased address a keyed hash stays, so that no list read in later brings it back.
    """
    deleted = _delete_unconfirmed(at)
    alerts.forget_unconfirmed(at)
    gone = Subscriber.objects.select_for_update(skip_locked=True).filter(
        state=State.LEFT, left_at__lt=at - ADDRESS_KEPT_FOR
    )
    erased = 0
    for subscriber in gone:
        _erase(subscriber, at)
        erased += 1
    forgotten = Delivery.objects.ended_before(at - DELIVERIES_KEPT_FOR).forget_who()
    made = Delivery.objects.ended_before(at - DIGESTS_KEPT_FOR).filter(campaign__kind=Campaign.Kind.DIGEST)
    return deleted, erased, forgotten + made.forget_who()


def _delete_unconfirmed(at) -> int:
    unconfirmed = Subscriber.objects.filter(state=State.PENDING, requested_at__lt=at - UNCONFIRMED_FOR)
    unconfirmed.filter(left_at__isnull=False).update(state=State.LEFT, confirmation_due_at=None)
    never = list(unconfirmed.filter(left_at=None).select_for_update(skip_locked=True).values_list("pk", flat=True))
    _forget_wishes(never)
    _rows, deleted = Subscriber.objects.filter(pk__in=never).delete()
    return deleted.get("newsletter.Subscriber", 0)


def _forget_wishes(subscriber_ids: Iterable[int]) -> None:
    keys = [tokens.reader_key(pk) for pk in subscriber_ids]
    Subscription.objects.filter(reader_key__in=keys).delete()
    PageAlert.objects.filter(reader_key__in=keys).delete()


def _erase(subscriber: Subscriber, at) -> None:
    Suppression.objects.get_or_create(
        email_hash=subscriber.email_hash, defaults={"reason": Suppression.Reason.LEFT, "at": at}
    )
    Delivery.objects.filter(subscriber=subscriber).update(email_norm=subscriber.email_hash, smtp_reply="")
    _forget_wishes([subscriber.pk])
    subscriber.email = subscriber.email_norm = subscriber.email_hash = subscriber.confirmation_due_at = None
    subscriber.state = State.ERASED
    subscriber.save()
