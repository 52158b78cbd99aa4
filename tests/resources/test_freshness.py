"""Test how far a listing can be trusted, day by day."""

import datetime

import pytest

from resources.freshness import (
    Check,
    Freshness,
    ageing_since,
    check,
    check_of,
    due_on,
    fresh_since,
    freshness,
    listed_since,
    trusted_since,
)
from resources.models import ServiceAtLocation

from .factories import ListingFactory, VerificationFactory

TODAY = datetime.date(2026, 12, 1)


def moment(month, day):
    return datetime.datetime(2026, month, day, 15, tzinfo=datetime.UTC)


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
    assert freshness(None, TODAY, is_unanswered=True) == Freshness.UNCHECKED
    assert check(None, TODAY).on is None


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (0, Freshness.DUE),
        (60, Freshness.DUE),
        (90, Freshness.DUE),
        (91, Freshness.STALE),
        (181, Freshness.WITHDRAWN),
    ],
)
def test_a_call_that_reached_nobody_makes_a_fresh_or_ageing_listing_due_and_no_other(age, state):
    assert freshness(TODAY - datetime.timedelta(days=age), TODAY, is_unanswered=True) == state


@pytest.mark.parametrize("checked_on", [None, TODAY])
def test_a_listing_that_was_withdrawn_is_withdrawn_whenever_it_was_checked(checked_on):
    assert freshness(checked_on, TODAY, withdrawn_on=TODAY) == Freshness.WITHDRAWN


def test_no_age_withdraws_what_stays_listed():
    assert freshness(TODAY - datetime.timedelta(days=1000), TODAY, stays_listed=True) == Freshness.STALE


def test_the_limits_are_settings(settings):
    settings.FRESH_DAYS, settings.AGEING_DAYS, settings.DUE_DAYS, settings.STALE_DAYS = 1, 2, 3, 4

    states = [freshness(TODAY - datetime.timedelta(days=age), TODAY) for age in range(1, 6)]

    assert states == ["fresh", "ageing", "due", "stale", "withdrawn"]
    assert due_on(TODAY) == TODAY + datetime.timedelta(days=3)


def test_a_listing_is_due_on_the_61st_day():
    assert due_on(datetime.date(2026, 11, 21)) == datetime.date(2027, 1, 21)


def test_the_days_that_search_compares_with_agree_with_the_states():
    assert freshness(trusted_since(TODAY), TODAY) == Freshness.DUE
    assert freshness(trusted_since(TODAY) - datetime.timedelta(days=1), TODAY) == Freshness.STALE
    assert freshness(listed_since(TODAY), TODAY) == Freshness.STALE
    assert freshness(listed_since(TODAY) - datetime.timedelta(days=1), TODAY) == Freshness.WITHDRAWN
    assert freshness(fresh_since(TODAY), TODAY) == Freshness.FRESH
    assert freshness(fresh_since(TODAY) - datetime.timedelta(days=1), TODAY) == Freshness.AGEING
    assert freshness(ageing_since(TODAY), TODAY) == Freshness.AGEING
    assert freshness(ageing_since(TODAY) - datetime.timedelta(days=1), TODAY) == Freshness.DUE


@pytest.mark.django_db
def test_what_is_said_of_a_listing_follows_from_its_newest_check_and_what_was_tried_since():
    listing = ListingFactory()
    VerificationFactory(listing=listing, at=moment(11, 21), method="visit", fields=["hours", "phone"])
    VerificationFactory(listing=listing, at=moment(11, 30), outcome="no answer", fields=[])
    VerificationFactory(listing=listing, at=moment(11, 30), method="provider link", fields=["phone"])

    said = check_of(ServiceAtLocation.objects.for_page().get(), TODAY)

    checked_on = datetime.date(2026, 11, 21)
    assert said == Check(Freshness.DUE, checked_on, "visit", ["phone", "hours"], is_unanswered=True)


@pytest.mark.django_db
def test_what_a_provider_says_of_itself_is_no_check():
    VerificationFactory(method="provider link", at=moment(11, 21))

    assert check_of(ServiceAtLocation.objects.for_page().get(), TODAY) == Check(Freshness.UNCHECKED, fields=[])
