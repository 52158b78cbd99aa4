"""Count what strangers set off, under keyed hashes that expire: never an address, never an IP.

The counts live in the shared cache, so they hold across processes and machines.
"""

import datetime
import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

HOUR = 60 * 60
DAY = 24 * HOUR


def allowed(what: str, whose: str, *limits: tuple[int, int]) -> bool:
    """Count one event for `whose` and say whether it is within every (how many, in how many seconds) limit.

    A refused event is not counted. What is kept expires with the longest of the limits.
    """
    digest = salted_hmac(f"ratelimit.{what}", whose, secret=settings.HASH_KEY, algorithm="sha256").hexdigest()
    key = f"ratelimit:{what}:{digest}"
    longest = max(seconds for _most, seconds in limits)
    now = time.time()
    with transaction.atomic():
        _wait_for_turn(digest)
        moments = [moment for moment in cache.get(key, []) if moment > now - longest]
        for most, seconds in limits:
            if sum(moment > now - seconds for moment in moments) >= most:
                return False
        cache.set(key, [*moments, now], longest)
    return True


def forget_expired(at: datetime.datetime) -> int:
    """Delete from the shared cache what no limit needs any more; return how many rows.

    The cache itself throws an expired row out only when somebody asks for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portal_cache WHERE expires < %s", [at])
        return cursor.rowcount


def _wait_for_turn(digest: str) -> None:
    """Let one process at a time read and write this count: the cache cannot do both in one step."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(digest[:15], 16)])


def network(request) -> str:
    """Return the network a request comes from: /24 of IPv4, /48 of IPv6.

    Behind a proxy (a site with an https address) the last word of `X-Forwarded-For` is the proxy's own; the
    words before it are the client's to invent.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.IS_SECURE:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    mapped = getattr(parsed, "ipv4_mapped", None)
    parsed = mapped or parsed
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 48}", strict=False))
