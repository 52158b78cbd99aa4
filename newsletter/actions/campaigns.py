"""Bring a campaign from its draft to its readers, or stop it."""

from django.db import transaction

from portal.lib import languages, mail

from .. import render, tokens
from ..delivery import outbox
from ..models import Campaign, CampaignText, Delivery
from . import pages
from .checks import fingerprint, problems
from .recipients import recipients


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
    pages.refresh(campaign)
    if problems(campaign):
        campaign.move(Campaign.State.HELD)
        return
    campaign.move(Campaign.State.RUNNING, started_at=at)
    readers = list(recipients(campaign))
    _freeze(campaign, {variant for _reader, variant in readers}, at)
    inserted, excluded = outbox.enqueue(campaign=campaign, recipients=readers, domain=mail.domain(), at=at)
    Campaign.objects.filter(pk=campaign.pk).update(recipient_count=inserted, excluded_count=excluded)


def _freeze(campaign: Campaign, variants: set[str], at) -> None:
    """Keep what goes out, in each language and for each mix of topics that a reader has."""
    texts = [
        render.campaign_text(campaign=campaign, language=code, variant=variant, at=at)
        for code in languages.codes()
        for variant in sorted(variants or {""})
    ]
    CampaignText.objects.bulk_create(texts)


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
    """Send every language's version to one member of staff, and note which words these were.

    Its links change nothing for anybody. Raises `mail.UnreachableError`, `mail.RefusedError` or
    `mail.UnknownOutcomeError`.
    """
    codes = languages.codes()
    texts = {code: render.campaign_text(campaign=campaign, language=code, at=at) for code in codes}
    tested_as = fingerprint(texts)
    channel = mail.channel(patience=10)
    try:
        for code, text in texts.items():
            message_id = f"<test.{campaign.pk}.{code}.{at.timestamp()}@{mail.domain()}>"
            text.subject = f"[Test] {text.subject}"
            places = render.places(subscriber_id=tokens.TEST, email=email, language=code, message_id=message_id, at=at)
            channel.open_message(mail.sender(), email)
            channel.send_message(render.letter(text).fill(places))
    finally:
        channel.close()
    Campaign.objects.filter(pk=campaign.pk).update(tested_as=tested_as, tested_at=at)
