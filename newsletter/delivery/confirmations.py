"""Send the mails that ask whether an address is right, and the own links that readers have lost.

Here a second copy does no harm and a lost one costs a reader, so an uncertain mail is sent again.
"""

import logging
from datetime import timedelta

from django.db import transaction

from newsletter import render
from newsletter.actions import alerts
from newsletter.models import Subscriber
from portal.lib import mail

MOST_TRIES = 5
NEXT_TRY = timedelta(minutes=20)  # longer than the longest wait for a server's answer
BATCH = 50

logger = logging.getLogger(__name__)


def send_due(channel, *, at) -> int:
    """Send what is due, up to a batch; return how many were sent. Raises `mail.UnreachableError`."""
    sent = 0
    for _turn in range(BATCH):
        subscriber = _take(at)
        if subscriber is None:
            break
        sent += _send(channel, subscriber, at)
    return sent


@transaction.atomic
def _take(at) -> Subscriber | None:
    """Take the next one by moving its due moment: if we die, it is due again."""
    due = Subscriber.objects.awaiting_mail(at).select_for_update(skip_locked=True)
    subscriber = due.first()
    if subscriber is not None:
        subscriber.confirmation_tries += 1
        is_last = subscriber.confirmation_tries >= MOST_TRIES
        subscriber.confirmation_due_at = None if is_last else at + NEXT_TRY * subscriber.confirmation_tries
        subscriber.save(update_fields=["confirmation_tries", "confirmation_due_at"])
    return subscriber


def _send(channel, subscriber: Subscriber, at) -> int:
    taken = Subscriber.objects.filter(pk=subscriber.pk, confirmation_tries=subscriber.confirmation_tries)
    try:
        channel.open_message(mail.sender(), subscriber.email)
        has_wish = subscriber.state == Subscriber.State.PENDING or alerts.of(subscriber).waiting().exists()
        wanted = render.confirmation if has_wish else render.own_link
        channel.send_message(wanted(subscriber, at))
    except mail.RefusedError as error:
        logger.warning("Confirmation mail %s refused: %s", subscriber.pk, error.code)
        if error.is_permanent:
            taken.update(confirmation_due_at=None)
        return 0
    except mail.UnknownOutcomeError:
        return 0
    except mail.UnreachableError:
        taken.update(confirmation_due_at=at, confirmation_tries=subscriber.confirmation_tries - 1)
        raise
    taken.update(confirmation_due_at=None)
    return 1
