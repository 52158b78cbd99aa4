"""Keep the pace that mail servers bear: so many messages a second in all, so many a minute to one domain.

The budgets are rows in the database, so they hold for any number of senders on any number of machines and outlive a
restart; the clock is the database's. A sender takes a budget for its whole batch: no message waits for a row. What is
beyond the budget of its domain goes back with a moment of its own, so that it is not claimed over and over.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from .outbox import Claimed

ALL = ""  # the row of the rate for everything
FARTHEST = timedelta(minutes=15)  # ahead that is planned; what comes later is spread and planned again
REFUSALS = 3  # temporary ones in a row, from one domain, before it is left alone
PAUSES = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
IDLE_FOR = timedelta(days=1)  # then a domain's row is forgotten

MAKE = """
INSERT INTO newsletter_pace (domain, tokens, refilled_at, planned_until, failures)
SELECT d, %(burst)s, clock_timestamp(), clock_timestamp(), 0 FROM unnest(%(domains)s::text[]) d ORDER BY d
ON CONFLICT DO NOTHING
"""

TAKE = """
WITH asked AS (
    SELECT * FROM unnest(%(domains)s::text[], %(counts)s::int[]) AS a (domain, wanted)
), found AS (
    SELECT p.*, a.wanted, clock_timestamp() AS now,
           LEAST(%(burst)s, p.tokens + %(rate)s * EXTRACT(EPOCH FROM clock_timestamp() - p.refilled_at)) AS budget
    FROM newsletter_pace p JOIN asked a USING (domain) ORDER BY p.domain FOR UPDATE OF p
), shared AS (
    SELECT *, LEAST(wanted, GREATEST(0, floor(budget))) * (CASE WHEN held_until > now THEN 0 ELSE 1 END) AS granted,
           GREATEST(now, held_until, CASE WHEN budget < %(burst)s THEN planned_until END) AS planned
    FROM found
)
UPDATE newsletter_pace p
SET tokens = s.budget - s.granted, refilled_at = s.now,
    planned_until = LEAST(s.now + %(farthest)s, s.planned + (s.wanted - s.granted) / %(rate)s * interval '1 second')
FROM shared s
WHERE p.domain = s.domain
RETURNING p.domain, s.granted::int, s.now, s.planned, s.failures, s.held_until
"""

FAILED = """
INSERT INTO newsletter_pace AS p (domain, tokens, refilled_at, planned_until, failures)
VALUES (%(domain)s, 0, clock_timestamp(), clock_timestamp(), 1)
ON CONFLICT (domain) DO UPDATE
SET failures = LEAST(p.failures + 1, 1000),
    held_until = CASE WHEN p.failures + 1 >= %(refusals)s
                      THEN clock_timestamp() + (%(pauses)s::interval[])[LEAST(p.failures + 2 - %(refusals)s, %(last)s)]
                 END
"""


class Share(NamedTuple):
    """What a domain may have of what was asked for."""

    granted: int
    now: datetime
    planned: datetime  # from here on the rest may leave, one after the other
    failures: int
    held_until: datetime | None


class Allotment(NamedTuple):
    """A batch, divided."""

    now: list[Claimed]
    later: list[tuple[Claimed, datetime]]
    failing: set[str]  # domains whose last answers were temporary refusals


def domain_of(email: str) -> str:
    """Return whose mail server an address belongs to."""
    return email.rpartition("@")[2].lower()


def budget(most: int) -> int:
    """Take up to this many messages out of the rate for everything, SEND_PER_SECOND."""
    rate = settings.SEND_PER_SECOND
    return _take({ALL: most}, rate, burst=rate)[ALL].granted if rate else most


def refund(count: int) -> None:
    """Give back what was taken and not used."""
    if settings.SEND_PER_SECOND and count:
        _execute("UPDATE newsletter_pace SET tokens = tokens + %(count)s WHERE domain = ''", count=count)


def allot(rows: Sequence[Claimed]) -> Allotment:
    """Divide a batch into what may leave now and what has to wait for its domain, SEND_PER_DOMAIN_PER_MINUTE."""
    counts = Counter(domain_of(row.email) for row in rows)
    rate = settings.SEND_PER_DOMAIN_PER_MINUTE / 60
    shares = _take(counts, rate, burst=max(1, rate * 6)) if rate else _held(counts)
    result = Allotment([], [], set())
    seen: dict[str, int] = defaultdict(int)
    for row in rows:
        domain = domain_of(row.email)
        share = shares.get(domain)
        if share is None or seen[domain] < share.granted:
            result.now.append(row)
        else:
            result.later.append((row, _slot(share, seen[domain] - share.granted, rate)))
        if share and share.failures:
            result.failing.add(domain)
        seen[domain] += 1
    return result


def _slot(share: Share, place: int, rate: float) -> datetime:
    """Return when the row at this place of those that wait should be tried."""
    gap = (place + 1) / rate if rate else random.uniform(0, 60)
    planned = share.planned + timedelta(seconds=gap)
    if planned < share.now + FARTHEST or (share.held_until and share.held_until > share.now):
        return planned
    return share.now + FARTHEST * random.uniform(1, 2)


def failed(domain: str) -> None:
    """Count a temporary refusal; after a few in a row the domain is left alone for a while."""
    _execute(FAILED, domain=domain, refusals=REFUSALS, pauses=PAUSES, last=len(PAUSES))


def recovered(domain: str) -> None:
    """Note that the domain takes mail again."""
    _execute(
        "UPDATE newsletter_pace SET failures = 0, held_until = NULL WHERE domain = %(domain)s AND failures > 0",
        domain=domain,
    )


def forget_idle() -> int:
    """Delete the rows of domains to which nothing went for a day: a rare domain may name a person."""
    return _execute("DELETE FROM newsletter_pace WHERE refilled_at < clock_timestamp() - %(idle)s", idle=IDLE_FOR)


def _take(counts: dict[str, int], rate: float, *, burst: float) -> dict[str, Share]:
    domains = sorted(counts)
    wanted = [counts[domain] for domain in domains]
    values: dict[str, Any] = {"domains": domains, "counts": wanted, "rate": rate, "burst": burst, "farthest": FARTHEST}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        shares = {row[0]: Share(*row[1:]) for row in cursor.fetchall()}
    if len(shares) == len(domains):
        return shares
    _execute(MAKE, domains=sorted(counts.keys() - shares.keys()), burst=burst)
    return shares | _take({domain: counts[domain] for domain in counts.keys() - shares.keys()}, rate, burst=burst)


def _held(counts: dict[str, int]) -> dict[str, Share]:
    """Return the share of each domain that has refused of late, where no rate is set."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT domain, failures, held_until, clock_timestamp() FROM newsletter_pace WHERE domain = ANY(%s)",
            [list(counts)],
        )
        return {
            domain: Share(0 if until and until > now else counts[domain], now, until or now, failures, until)
            for domain, failures, until, now in cursor.fetchall()
        }


def _execute(sql: str, **values) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount
