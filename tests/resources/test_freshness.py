"""Test how far a listing can be trusted, day by day."""

import datetime

import pytest

from resources.freshness import Freshness, check, due_on, freshness, listed_since, trusted_since

TODAY = datetime.date(2026, 12, 1)


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (0, Freshness.FRESH),
        (30, Freshness.FRESH),
        (31, Freshness.AGEING),
        (60, Freshness.AGEING),
        (61, Freshness.DUE),
        (90, Freshness.DUE),
        (91, Freshness.STALE),
        (180, Freshness.STALE),
        (181, Freshness.WITHDRAWN),
    ],
)
def test_state_follows_from_whole_days_since_the_check(age, state):
    assert freshness(TODAY - datetime.timedelta(days=age), TODAY) == state


def test_a_listing_that_nobody_checked_is_unchecked_and_stays_so():
    assert freshness(None, TODAY) == Freshness.UNCHECKED
    assert check(None, TODAY).on is None


def test_a_listing_is_due_on_the_61st_day():
    assert due_on(datetime.date(2026, 11, 21)) == datetime.date(2027, 1, 21)


def test_the_days_that_search_compares_with_agree_with_the_states():
    assert freshness(trusted_since(TODAY), TODAY) == Freshness.DUE
    assert freshness(trusted_since(TODAY) - datetime.timedelta(days=1), TODAY) == Freshness.STALE
    assert freshness(listed_since(TODAY), TODAY) == Freshness.STALE
    assert freshness(listed_since(TODAY) - datetime.timedelta(days=1), TODAY) == Freshness.WITHDRAWN
