"""Change who reads the newsletter, what they want of it, and what is kept of them."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from .. import tokens
from ..models import ConsentEvent, ConsentText, Delivery, Frequency, Subscriber, Subscription, Suppression, Topic

UNCONFIRMED_FOR = tokens.CONFIRM_FOR
ADDRESS_KEPT_FOR = timedelta(days=settings.ADDRESS_DAYS)  # after leaving
DELIVERIES_KEPT_FOR = timedelta(days=settings.DELIVERY_DAYS)
UNDO_WITHIN = timedelta(days=1)

State = Subscriber.State
Kind = ConsentEvent.Kind


@transaction.atomic
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

    Silent about whether the address was known, so that nobody can probe the list.
    """
    norm = email.lower()
    digest = tokens.address_hash(norm)
    if Suppression.objects.filter(email_hash=digest).exclude(reason=Suppression.Reason.LEFT).exists():
        return
    subscriber, _created = Subscriber.objects.select_for_update().get_or_create(
        email_norm=norm,
        defaults={"email": email, "email_hash": digest, "language": language, "requested_at": at},
    )
    if subscriber.state == State.CONFIRMED:
        return
    subscriber.email = email
    subscriber.language, subscriber.frequency = language, frequency
    subscriber.state = State.PENDING
    subscriber.requested_at = subscriber.confirmation_due_at = at
    subscriber.confirmation_tries = 0
    subscriber.save()
    _want(subscriber, topics, at)
    _note(subscriber, Kind.REQUESTED, at, consent_text)


@transaction.atomic
def confirm(*, subscriber_id: int, at) -> bool:
    """Make a pending person a reader; say whether the person is one now. Safe to repeat."""
    subscriber = _locked(subscriber_id)
    if subscriber is None or subscriber.state not in (State.PENDING, State.CONFIRMED):
        return False  # purged, or left since: an old link brings nobody back
    if subscriber.state == State.PENDING:
        subscriber.state = State.CONFIRMED
        subscriber.confirmed_at, subscriber.left_at, subscriber.confirmation_due_at = at, None, None
        subscriber.save()
        Suppression.objects.filter(email_hash=subscriber.email_hash, reason=Suppression.Reason.LEFT).delete()
        _note(subscriber, Kind.CONFIRMED, at)
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
def choose(*, subscriber_id: int | None, language: str, frequency: str, topics: Iterable[Topic], at) -> bool:
    """Write to a reader in this language, this often and about these topics; say whether there is such a reader."""
    subscriber = _locked(subscriber_id)
    if subscriber is None or subscriber.state != State.CONFIRMED:
        return False
    if subscriber.language != language:
        subscriber.language = language
        _note(subscriber, Kind.LANGUAGE, at)
    if _want(subscriber, topics, at) or subscriber.frequency != frequency:
        subscriber.frequency = frequency
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
    key = tokens.reader_key(subscriber.pk)
    before = set(Subscription.objects.filter(reader_key=key, topic__is_active=True).values_list("topic_id", flat=True))
    after = {topic.pk for topic in topics}
    Subscription.objects.filter(reader_key=key, topic__in=before - after).delete()
    day = timezone.localdate(at)
    Subscription.objects.bulk_create(
        [Subscription(reader_key=key, topic_id=topic, started_on=day) for topic in sorted(after - before)],
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
    gone = Subscriber.objects.select_for_update(skip_locked=True).filter(
        state=State.LEFT, left_at__lt=at - ADDRESS_KEPT_FOR
    )
    erased = 0
    for subscriber in gone:
        _erase(subscriber, at)
        erased += 1
    return deleted, erased, Delivery.objects.ended_before(at - DELIVERIES_KEPT_FOR).forget_who()


def _delete_unconfirmed(at) -> int:
    unconfirmed = Subscriber.objects.filter(state=State.PENDING, requested_at__lt=at - UNCONFIRMED_FOR)
    unconfirmed.filter(left_at__isnull=False).update(state=State.LEFT, confirmation_due_at=None)
    never = list(unconfirmed.filter(left_at=None).select_for_update(skip_locked=True).values_list("pk", flat=True))
    _forget_wishes(never)
    _rows, deleted = Subscriber.objects.filter(pk__in=never).delete()
    return deleted.get("newsletter.Subscriber", 0)


def _forget_wishes(subscriber_ids: Iterable[int]) -> None:
    Subscription.objects.filter(reader_key__in=[tokens.reader_key(pk) for pk in subscriber_ids]).delete()


def _erase(subscriber: Subscriber, at) -> None:
    Suppression.objects.get_or_create(
        email_hash=subscriber.email_hash, defaults={"reason": Suppression.Reason.LEFT, "at": at}
    )
    Delivery.objects.filter(subscriber=subscriber).update(email_norm=subscriber.email_hash, smtp_reply="")
    _forget_wishes([subscriber.pk])
    subscriber.email = subscriber.email_norm = subscriber.email_hash = subscriber.confirmation_due_at = None
    subscriber.state = State.ERASED
    subscriber.save()
