"""Count what came back, once each, and stop writing to addresses that do not exist or complain."""

import datetime
import logging

from django.db import transaction
from django.utils import timezone

from ..bounces import mailbox, reports
from ..models import Bounce, ConsentEvent, Delivery, Subscriber, Suppression

SOFT_ALLOWED, SOFT_OF = 2, 5  # more soft bounces than this among a reader's last copies, and no more are sent
Kind = Bounce.Kind

logger = logging.getLogger(__name__)


def collect(url: str, *, at: datetime.datetime | None = None) -> int:
    """Read the mailbox once; return how many reports counted. Raises `mailbox.MailboxError`.

    A message is taken out of the mailbox only after what it says is kept.
    """
    counted = 0
    with mailbox.opened(url) as box:
        for name, data in mailbox.messages(box):
            report = reports.read(data)
            if report is not None:
                counted += record(report=report, source="mailbox", at=at or timezone.now())
            mailbox.delete(box, name)
    return counted


@transaction.atomic
def record(*, report: reports.Report, source: str, at: datetime.datetime) -> bool:
    """Keep one report and do what it asks for; say whether it was new and about a copy of ours."""
    delivery = Delivery.objects.filter(pk=report.delivery_id).select_related("subscriber").first()
    if delivery is None:
        return False
    _bounce, is_new = Bounce.objects.get_or_create(
        event_id=report.event_id,
        defaults={"delivery": delivery, "kind": report.kind, "status": report.status, "source": source, "at": at},
    )
    if is_new and delivery.subscriber is not None:
        _settle(delivery.subscriber, report.kind, at)
    return is_new


def _settle(reader: Subscriber, kind: str, at: datetime.datetime) -> None:
    if kind == Kind.COMPLAINT:
        _suppress(reader, Suppression.Reason.COMPLAINED, at)
    elif kind == Kind.HARD or (kind == Kind.SOFT and _is_often_soft(reader)):
        _suppress(reader, Suppression.Reason.BOUNCED, at)
    elif kind == Kind.BLOCKED:
        logger.warning("A mail server refused a copy as unwanted mail. See the bounces in the admin.")


def _is_often_soft(reader: Subscriber) -> bool:
    """Say whether more than two of the reader's last five copies came back for the moment."""
    last = list(
        reader.deliveries.filter(state="sent").order_by("-created_at", "pk").values_list("pk", flat=True)[:SOFT_OF]
    )
    soft = Bounce.objects.filter(delivery__in=last, kind=Kind.SOFT).values("delivery").distinct().count()
    return soft > SOFT_ALLOWED


def _suppress(reader: Subscriber, reason: str, at: datetime.datetime) -> None:
    """Never write to this address again; what the reader is told by staff is theirs to say."""
    locked = Subscriber.objects.select_for_update().get(pk=reader.pk)
    if locked.email_hash is None:
        return
    row, _created = Suppression.objects.get_or_create(
        email_hash=locked.email_hash, defaults={"reason": reason, "at": at}
    )
    if reason == Suppression.Reason.COMPLAINED and row.reason != reason:
        Suppression.objects.filter(pk=row.pk).update(reason=reason, at=at)
    if locked.state in (Subscriber.State.PENDING, Subscriber.State.CONFIRMED):
        locked.state, locked.left_at, locked.confirmation_due_at = Subscriber.State.LEFT, at, None
        locked.save()
        ConsentEvent.objects.create(subscriber=locked, kind=ConsentEvent.Kind.STOPPED, at=at, language=locked.language)
