"""Move the rows of a campaign: each move is one statement, and one commit says who won.

The order makes the promise. A row is claimed, its message is opened up to the server's 354, the row is marked as being
handed over, the text leaves, the row is done. A sender that dies before the mark sent nothing: the row goes back in the
queue. One that dies after it may have sent: the row is uncertain and is never sent again by itself (RFC 1047).
"""

import random
from collections import namedtuple
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from newsletter.models import Campaign, Delivery
from portal.lib.mail import RefusedError

from . import journal

CLAIM = 50  # rows a sender takes at a time: what waits when it dies
LOCKS = 42  # the first key of the advisory locks that say a sender lives
PAUSES = [timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12)]
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321, 4.5.4.1

Claimed = namedtuple("Claimed", "id campaign_id subscriber_id email language variant message_id attempt created_at")
Marked = namedtuple("Marked", "attempt dated_at")
Answer = namedtuple("Answer", "delivery_id attempt code reply at")  # the mail server took this message
State = Delivery.State

# A second row for a person or an address is an error: then nothing starts. Rows lie in the order in which they leave.
ENQUEUE = """
WITH candidate AS (
    SELECT s.id, s.email_norm, s.language, r.variant,
           EXISTS (SELECT 1 FROM newsletter_suppression x WHERE x.email_hash = s.email_hash) AS is_suppressed
    FROM unnest(%(readers)s::bigint[], %(variants)s::text[]) AS r (id, variant)
    JOIN newsletter_subscriber s ON s.id = r.id
    WHERE s.state = 'confirmed'
), inserted AS (
    INSERT INTO newsletter_delivery (id, campaign_id, subscriber_id, email_norm, language, variant, state, attempt,
                                     message_id, next_at, created_at, smtp_reply)
    SELECT w.id, %(campaign)s, w.subscriber_id, w.email_norm, w.language, w.variant, 'queued', 0,
           '<' || w.id || '@' || %(domain)s || '>', %(at)s, %(at)s, ''
    FROM (SELECT gen_random_uuid() AS id, c.id AS subscriber_id, c.email_norm, c.language, c.variant
          FROM candidate c WHERE NOT c.is_suppressed ORDER BY 1) w
    RETURNING 1
)
SELECT (SELECT count(*) FROM candidate),
       (SELECT count(*) FROM inserted),
       (SELECT count(*) FROM candidate WHERE is_suppressed)
"""

CLAIM_ROWS = """
WITH taken AS (
    SELECT waiting.id
    FROM (
        SELECT id FROM newsletter_campaign WHERE state = 'running' ORDER BY kind <> 'urgent', id
    ) c
    CROSS JOIN LATERAL (
        SELECT d.id FROM newsletter_delivery d
        WHERE d.campaign_id = c.id AND d.state IN ('queued', 'retry') AND d.next_at <= %(at)s
        ORDER BY d.next_at, d.id
        LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    ) waiting
    LIMIT %(limit)s
)
UPDATE newsletter_delivery d SET state = 'claimed', worker = %(worker)s
FROM taken, newsletter_subscriber s
WHERE d.id = taken.id AND s.id = d.subscriber_id
RETURNING d.id, d.campaign_id, d.subscriber_id, COALESCE(s.email, ''), d.language, d.variant, d.message_id, d.attempt,
          d.created_at
"""

# The last moment at which a pause, a cancellation or a person who leaves still stops this copy. The same commit brings
# the answer to the message before, which until then stands in the journal. Prepared: planning costs more than doing it.
PREPARE_MARK = """
DEALLOCATE ALL;
PREPARE newsletter_mark (uuid, bigint, timestamptz, uuid, int, int, text, timestamptz) AS
WITH before AS (
    UPDATE newsletter_delivery
    SET state = 'sent', worker = NULL, smtp_code = $6, smtp_reply = $7, done_at = $8
    WHERE id = $4 AND attempt = $5 AND state IN ('sending', 'uncertain')
)
UPDATE newsletter_delivery d
SET state = 'sending', attempt = d.attempt + 1, marked_at = $3, dated_at = COALESCE(d.dated_at, $3)
FROM newsletter_campaign c, newsletter_subscriber s
WHERE d.id = $1 AND d.state = 'claimed' AND d.worker = $2
  AND c.id = d.campaign_id AND c.state = 'running'
  AND s.id = d.subscriber_id AND s.state = 'confirmed'
  AND NOT EXISTS (SELECT 1 FROM newsletter_suppression x WHERE x.email_hash = s.email_hash)
RETURNING d.attempt, d.dated_at
"""
MARK = "EXECUTE newsletter_mark (%s, %s, %s, %s, %s, %s, %s, %s)"

GIVE_BACK = """
UPDATE newsletter_delivery d
SET worker = NULL,
    state = CASE WHEN c.state = 'cancelled' THEN 'cancelled'
                 WHEN s.state <> 'confirmed'
                      OR EXISTS (SELECT 1 FROM newsletter_suppression x WHERE x.email_hash = s.email_hash)
                 THEN 'skipped' ELSE 'queued' END,
    done_at = CASE WHEN c.state = 'cancelled' OR s.state <> 'confirmed'
                        OR EXISTS (SELECT 1 FROM newsletter_suppression x WHERE x.email_hash = s.email_hash)
                   THEN %(at)s::timestamptz END
FROM newsletter_campaign c, newsletter_subscriber s
WHERE d.worker = %(worker)s AND d.state = 'claimed' AND (%(id)s::uuid IS NULL OR d.id = %(id)s)
  AND c.id = d.campaign_id AND s.id = d.subscriber_id
"""

DEFER = """
UPDATE newsletter_delivery d SET state = 'queued', worker = NULL, next_at = later.next_at
FROM unnest(%(ids)s::uuid[], %(moments)s::timestamptz[]) AS later (id, next_at)
WHERE d.id = later.id AND d.worker = %(worker)s AND d.state = 'claimed'
"""

# `attempt` fences: an answer belongs to the attempt that asked, whatever happened to the row since.
DONE = """
UPDATE newsletter_delivery
SET state = %(state)s, worker = NULL, done_at = %(done_at)s, next_at = COALESCE(%(next_at)s, next_at),
    smtp_code = %(code)s, smtp_reply = %(reply)s
WHERE id = %(id)s AND attempt = %(attempt)s AND state IN ('sending', 'uncertain')
"""

REFUSED = """
UPDATE newsletter_delivery
SET state = %(state)s, worker = NULL, attempt = attempt + 1, done_at = %(done_at)s,
    next_at = COALESCE(%(next_at)s, next_at), smtp_code = %(code)s, smtp_reply = %(reply)s
WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'claimed' AND worker = %(worker)s
"""

UNKNOWN = """
UPDATE newsletter_delivery SET state = 'uncertain', worker = NULL, done_at = %(at)s
WHERE id = %(id)s AND attempt = %(attempt)s AND state = 'sending'
"""

UNCERTAIN = """
UPDATE newsletter_delivery SET state = 'uncertain', worker = NULL, done_at = %(at)s
WHERE worker = %(worker)s AND state = 'sending'
"""

FINISH = """
UPDATE newsletter_campaign c SET state = 'finished', finished_at = %(at)s
WHERE c.state = 'running'
  AND NOT EXISTS (SELECT 1 FROM newsletter_delivery d WHERE d.campaign_id = c.id AND d.state IN ('queued', 'retry'))
  AND NOT EXISTS (SELECT 1 FROM newsletter_delivery d WHERE d.campaign_id = c.id AND d.state IN ('claimed', 'sending'))
"""


def enlist() -> int:
    """Return a new sender's number; the lock on it, held by this connection, is its sign of life.

    No clock decides who is dead: a stopped process keeps its lock, a lost connection loses it. The connection must be
    a session of its own, never one of a transaction pooler.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET tcp_keepalives_idle = 30")
        cursor.execute(PREPARE_MARK)
        cursor.execute("SELECT nextval('newsletter_worker')")
        worker = cursor.fetchone()[0]
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCKS, worker])
    return worker


def retire(worker: int) -> None:
    """Give the number's lock back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, worker])


def enqueue(*, campaign: Campaign, recipients: Iterable[tuple[int, str]], domain: str, at) -> tuple[int, int]:
    """Make a row for each (reader, mix of topics) given; return how many, and how many are suppressed."""
    pairs = list(recipients)
    readers, variants = [reader for reader, _variant in pairs], [variant for _reader, variant in pairs]
    values = {"campaign": campaign.pk, "readers": readers, "variants": variants, "domain": domain, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE, values)
        candidates, inserted, excluded = cursor.fetchone()
    if candidates != inserted + excluded:
        raise RuntimeError(f"{candidates} candidates, but {inserted} rows and {excluded} left out")
    return inserted, excluded


def claim(*, worker: int, at, limit: int = CLAIM) -> list[Claimed]:
    """Take the next rows for this sender; no two senders get the same."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_ROWS, {"worker": worker, "at": at, "limit": limit})
        return [Claimed(*row) for row in cursor.fetchall()]


def mark(*, row: Claimed, worker: int, at, before: Answer | None = None) -> Marked | None:
    """Note the answer to the message before, and that this one's text is about to leave; on an enlisted connection.

    None when it must not leave: taken away, paused, cancelled, left, suppressed.
    """
    last = before or Answer(None, None, None, None, None)
    with connection.cursor() as cursor:
        cursor.execute(MARK, [row.id, worker, at, *last])
        found = cursor.fetchone()
    return Marked(*found) if found else None


def give_back(*, worker: int, at, row: Claimed | None = None) -> int:
    """Put what this sender claimed and did not mark, or one such row, where it belongs: queued, skipped, cancelled."""
    return _execute(GIVE_BACK, worker=worker, at=at, id=row.id if row else None)


def defer(*, worker: int, later: Iterable[tuple[Claimed, datetime]]) -> int:
    """Put rows that this sender claimed back in the queue, each for a moment of its own."""
    pairs = list(later)
    if not pairs:
        return 0
    ids, moments = [row.id for row, _moment in pairs], [moment for _row, moment in pairs]
    return _execute(DEFER, worker=worker, ids=ids, moments=moments)


def accepted(answer: Answer) -> int:
    """Note that the server took the message."""
    fate = {"state": State.SENT, "done_at": answer.at, "next_at": None, "code": answer.code, "reply": answer.reply}
    return _execute(DONE, id=answer.delivery_id, attempt=answer.attempt, **fate)


def refused(*, row: Claimed, error: RefusedError, worker: int, at) -> int:
    """Note a definite no before the mark."""
    fate = _after_refusal(error, row.attempt + 1, row.created_at, at)
    return _execute(REFUSED, id=row.id, attempt=row.attempt, worker=worker, **fate)


def refused_after_mark(*, row: Claimed, attempt: int, error: RefusedError, at) -> int:
    """Note a definite no after the mark, also one after the final dot: nothing was accepted."""
    return _execute(DONE, id=row.id, attempt=attempt, **_after_refusal(error, attempt, row.created_at, at))


def lost_before_dot(*, row: Claimed, attempt: int, at) -> int:
    """Note that the message cannot have been accepted, so that it may be sent again soon."""
    return _execute(
        DONE,
        id=row.id,
        attempt=attempt,
        state=State.RETRY,
        done_at=None,
        next_at=at + timedelta(minutes=random.uniform(1, 2)),
        code=None,
        reply="",
    )


def unknown(*, row: Claimed, attempt: int, at) -> int:
    """Note that nobody can tell whether this message was accepted."""
    return _execute(UNKNOWN, id=row.id, attempt=attempt, at=at)


def uncertain(*, worker: int, at) -> int:
    """Note that nobody can tell whether a dead sender's marked message was accepted."""
    return _execute(UNCERTAIN, worker=worker, at=at)


def finish(*, at) -> int:
    """End the campaigns in which nothing waits any more."""
    return _execute(FINISH, at=at)


def reap(*, own: int | None, at) -> int:
    """Take over from senders that are dead: journal first, then back in the queue, or uncertain."""
    return sum(_bury(worker, at) for worker in _known_workers() - {own})


def _known_workers() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT worker FROM newsletter_delivery WHERE state IN ('claimed', 'sending')")
        return {worker for (worker,) in cursor.fetchall()} | set(journal.workers())


def _bury(worker: int, at) -> int:
    """Settle a dead sender's rows; a sender whose lock is held is alive and left alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, worker])
        if not cursor.fetchone()[0]:
            return 0
        try:
            for delivery_id, attempt, code, reply in journal.read(worker):
                accepted(Answer(delivery_id, attempt, code, reply, at))
            settled = give_back(worker=worker, at=at) + uncertain(worker=worker, at=at)
            journal.remove(worker)
            return settled
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, worker])


def _after_refusal(error: RefusedError, attempt: int, created_at, at) -> dict:
    """Return the fate of a refused row: again after a growing pause, or failed."""
    pause = PAUSES[min(attempt, len(PAUSES)) - 1] * random.uniform(0.8, 1.2)
    is_over = error.is_permanent or at + pause > created_at + GIVE_UP_AFTER
    return {
        "state": State.FAILED if is_over else State.RETRY,
        "done_at": at if is_over else None,
        "next_at": None if is_over else at + pause,
        "code": error.code,
        "reply": error.reply,
    }


def _execute(sql: str, **values) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount
