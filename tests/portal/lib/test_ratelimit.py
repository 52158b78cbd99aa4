import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from portal.lib import ratelimit
from portal.lib.ratelimit import DAY, HOUR

pytestmark = pytest.mark.django_db

NOON = datetime.datetime(2026, 12, 1, 12, 0, tzinfo=datetime.UTC)


def test_a_limit_holds_for_its_time_and_then_no_more():
    with time_machine.travel(NOON, tick=False) as clock:
        first = [ratelimit.allowed("test", "ana", (2, HOUR)) for _turn in range(3)]
        clock.shift(HOUR + 1)
        later = ratelimit.allowed("test", "ana", (2, HOUR))

    assert (first, later) == ([True, True, False], True)


def test_every_limit_must_allow_it():
    answers = []
    with time_machine.travel(NOON, tick=False) as clock:
        for _day in range(4):
            answers.append(ratelimit.allowed("test", "ana", (1, DAY), (3, 30 * DAY)))
            answers.append(ratelimit.allowed("test", "ana", (1, DAY), (3, 30 * DAY)))
            clock.shift(DAY + 1)

    assert answers == [True, False, True, False, True, False, False, False]


def test_one_person_s_limit_is_not_another_s_and_one_thing_s_not_another_s():
    assert ratelimit.allowed("test", "ana", (1, HOUR))
    assert ratelimit.allowed("test", "bea", (1, HOUR))
    assert ratelimit.allowed("other", "ana", (1, HOUR))
    assert not ratelimit.allowed("test", "ana", (1, HOUR))


def test_nothing_about_a_person_is_kept():
    ratelimit.allowed("test", "planted@example.org", (1, HOUR))

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM portal_cache")
        [(key, value)] = cursor.fetchall()
    assert "planted" not in f"{key} {value}"
    assert key.startswith(":1:ratelimit:test:")


def test_what_is_kept_expires_with_the_limit():
    with time_machine.travel(NOON, tick=False) as clock:
        ratelimit.allowed("test", "ana", (1, HOUR))
        with connection.cursor() as cursor:
            cursor.execute("SELECT cache_key FROM portal_cache")
            [(key,)] = cursor.fetchall()
        clock.shift(HOUR + 1)

        assert cache.get(key.removeprefix(":1:")) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_a_network_is_what_is_counted(rf, address, network):
    assert ratelimit.network(rf.get("/", REMOTE_ADDR=address)) == network


def test_only_the_proxy_s_own_word_is_believed(rf, settings):
    settings.IS_SECURE = True

    request = rf.get("/", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.77"})

    assert ratelimit.network(request) == "203.0.113.0/24"


def test_without_a_proxy_its_header_is_not_believed(rf):
    request = rf.get("/", REMOTE_ADDR="203.0.113.77", headers={"X-Forwarded-For": "198.51.100.1"})

    assert ratelimit.network(request) == "203.0.113.0/24"
