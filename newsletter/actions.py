"""Change who reads the newsletter and what becomes of a campaign."""

import json
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from portal.lib import languages, mail
from portal.reference.actions import unseen
from portal.reference.models import Department

from . import render, tokens
from .delivery import outbox
from .models import Campaign, ConsentEvent, ConsentText, Delivery, Subscriber, Suppression

UNCONFIRMED_FOR = tokens.CONFIRM_FOR
ADDRESS_KEPT_FOR = timedelta(days=28)  # after leaving; GOV.UK's rule, and long enough to settle a complaint
UNDO_WITHIN = timedelta(days=1)
STARTER = Path(__file__).parent / "starter" / "consent_texts.json"

State = Subscriber.State
Kind = ConsentEvent.Kind


@transaction.atomic
def subscribe(*, email: str, language: str, consent_text: ConsentText, at) -> None:
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
    subscriber.language = language
    subscriber.state = State.PENDING
    subscriber.requested_at = subscriber.confirmation_due_at = at
    subscriber.confirmation_tries = 0
    subscriber.save()
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
def change_language(*, subscriber_id: int | None, language: str, at) -> bool:
    """Write to a reader in another language from now on; say whether there is such a reader."""
    subscriber = _locked(subscriber_id)
    if subscriber is None or subscriber.state != State.CONFIRMED:
        return False
    if subscriber.language != language:
        subscriber.language = language
        subscriber.save()
        _note(subscriber, Kind.LANGUAGE, at)
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
def purge(*, at) -> tuple[int, int]:
    """Delete who never confirmed and erase who left long ago; return how many of each.

    Of an erased address a keyed hash stays, so that no list read in later brings it back.
    """
    unconfirmed = Subscriber.objects.filter(state=State.PENDING, requested_at__lt=at - UNCONFIRMED_FOR)
    unconfirmed.filter(left_at__isnull=False).update(state=State.LEFT, confirmation_due_at=None)
    _rows, deleted = unconfirmed.filter(left_at=None).delete()
    gone = Subscriber.objects.select_for_update(skip_locked=True).filter(
        state=State.LEFT, left_at__lt=at - ADDRESS_KEPT_FOR
    )
    erased = 0
    for subscriber in gone:
        _erase(subscriber, at)
        erased += 1
    return deleted.get("newsletter.Subscriber", 0), erased


def _erase(subscriber: Subscriber, at) -> None:
    Suppression.objects.get_or_create(
        email_hash=subscriber.email_hash, defaults={"reason": Suppression.Reason.LEFT, "at": at}
    )
    Delivery.objects.filter(subscriber=subscriber).update(email_norm=subscriber.email_hash, smtp_reply="")
    subscriber.email = subscriber.email_norm = subscriber.email_hash = None
    subscriber.state = State.ERASED
    subscriber.save()


def problems(campaign: Campaign) -> list[str]:
    """List, in words for staff, what stands against sending this campaign."""
    if Department.objects.current() is None:
        return [_("Enter the department first: every newsletter must show its postal address.")]
    found = []
    for code in languages.codes():
        name = languages.name(code)
        if not getattr(campaign, languages.column("subject", code)):
            found.append(_("The subject is missing in this language: %(language)s.") % {"language": name})
        if render.is_empty(getattr(campaign, languages.column("body", code))):
            found.append(_("The text is missing in this language: %(language)s.") % {"language": name})
        elif render.size(campaign, code) > render.MAX_BYTES:
            found.append(_("The text is too long in this language: %(language)s.") % {"language": name})
    return found


def begin(*, campaign: Campaign, at) -> None:
    """Let the sender start the campaign, now or at its own moment; its words are fixed from here on.

    Raises `IllegalMoveError`.
    """
    is_later = campaign.start_at is not None and campaign.start_at > at
    campaign.move(Campaign.State.SCHEDULED if is_later else Campaign.State.PREPARING)


@transaction.atomic
def start(*, campaign: Campaign, at) -> None:
    """Freeze the words and make a row for every reader; called by the sender when the moment has come.

    Raises `IllegalMoveError` when another sender was first. A campaign with problems is held back instead.
    """
    if problems(campaign):
        campaign.move(Campaign.State.HELD)
        return
    campaign.move(Campaign.State.RUNNING, started_at=at)
    for code in languages.codes():
        render.campaign_text(campaign=campaign, language=code, at=at).save()
    recipients, excluded = outbox.enqueue(campaign=campaign, domain=mail.domain(), at=at)
    Campaign.objects.filter(pk=campaign.pk).update(recipient_count=recipients, excluded_count=excluded)


def resume(*, campaign: Campaign) -> None:
    """Go on where it stopped; what was held back before it began becomes a draft again. Raises `IllegalMoveError`."""
    has_begun = campaign.started_at is not None
    campaign.move(Campaign.State.RUNNING if has_begun else Campaign.State.DRAFT)


@transaction.atomic
def cancel(*, campaign: Campaign, at) -> int:
    """Stop for good and return how many copies will not be sent. Raises `IllegalMoveError`.

    A copy that a sender holds right now is stopped by its mark.
    """
    campaign.move(Campaign.State.CANCELLED)
    waiting = campaign.deliveries.filter(state__in=[Delivery.State.QUEUED, Delivery.State.RETRY])
    return waiting.update(state=Delivery.State.CANCELLED, done_at=at)


def send_test(*, campaign: Campaign, email: str, at) -> None:
    """Send every language's version to one member of staff; its links change nothing for anybody.

    Raises `mail.UnreachableError`, `mail.RefusedError` or `mail.UnknownOutcomeError`.
    """
    channel = mail.channel(patience=10)
    try:
        for code in languages.codes():
            message_id = f"<test.{campaign.pk}.{code}.{at.timestamp()}@{mail.domain()}>"
            text = render.campaign_text(campaign=campaign, language=code, at=at)
            text.subject = f"[Test] {text.subject}"
            places = render.places(subscriber_id=tokens.TEST, email=email, language=code, message_id=message_id, at=at)
            channel.open_message(mail.sender(), email)
            channel.send_message(render.letter(text).fill(places))
    finally:
        channel.close()


@transaction.atomic
def load_starter() -> int:
    """Add the starter consent texts that were never loaded here before; return how many were added."""
    records = {record["version"]: record for record in json.loads(STARTER.read_text())}
    added = 0
    for version in unseen("consenttext", records):
        record = records[version]
        words = {languages.column("text", code): record["text"][code] for code in languages.codes()}
        _text, is_new = ConsentText.objects.get_or_create(
            version=version, defaults={"effective_at": record["effective_at"], **words}
        )
        added += is_new
    return added
