"""Decide about copies that came to no good end; each decision is one statement, and its count says what it did."""

from django.db import transaction
from django.db.models import Q

from ..models import Campaign, Delivery, IllegalMoveError

State = Delivery.State
# A refusal with 4xx was for the moment (RFC 5321, 4.2.1): the sender gave up because it lasted for days.
FOR_THE_MOMENT = Q(state=State.FAILED, smtp_code__gte=400, smtp_code__lt=500, subscriber__isnull=False)
IN_DOUBT = Q(state=State.UNCERTAIN, settled_at=None, subscriber__isnull=False)


@transaction.atomic
def retry_failed(*, campaign: Campaign, at) -> int:
    """Try once more what was refused for the moment; return how many copies."""
    return _again(campaign, FOR_THE_MOMENT, at)


@transaction.atomic
def resend_uncertain(*, campaign: Campaign, at) -> int:
    """Send once more what may have arrived; return how many copies. Some people get it twice."""
    return _again(campaign, IN_DOUBT, at)


def leave_uncertain(*, campaign: Campaign, at) -> int:
    """Leave what may have arrived as it is, and ask nobody about it again; return how many copies."""
    return campaign.deliveries.filter(state=State.UNCERTAIN, settled_at=None).update(settled_at=at)


def _again(campaign: Campaign, which: Q, at) -> int:
    waiting = campaign.deliveries.filter(which, campaign__state__in=Campaign.GONE_OUT)
    count = waiting.update(state=State.RETRY, next_at=at, done_at=None, settled_at=None)
    if count and Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.FINISHED).exists():
        try:
            campaign.move(Campaign.State.RUNNING)
        except IllegalMoveError:
            campaign.refresh_from_db()  # somebody was faster, or it is cancelled: then nothing leaves
    return count
