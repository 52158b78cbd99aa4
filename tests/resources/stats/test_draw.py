"""Test that the monthly sample is drawn by lot, kept before any call, and can be repeated by anybody."""

import datetime
import subprocess

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from resources.models import AccuracySample, ServiceAtLocation
from resources.stats import draw
from resources.stats.shown import shown

from ..factories import ListingFactory, PhoneFactory, VerificationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]

MONTH = datetime.date(2026, 12, 1)


def at(*day):
    return datetime.datetime(*day, 15, tzinfo=datetime.UTC)


def test_the_draw_can_be_repeated_with_the_tools_of_any_machine():
    numbers, seed = range(1, 30), "4f1c"
    lines = []
    for number in numbers:
        text = f"{seed}:{number}"
        digits = subprocess.run(["sha256sum"], input=text.encode(), capture_output=True, check=True).stdout.decode()
        lines.append(f"{digits.split()[0]} {number}")

    assert draw.chosen(seed, numbers, 5) == [int(line.split()[1]) for line in sorted(lines)[:5]]
    assert draw.chosen("other", numbers, 5) != draw.chosen(seed, numbers, 5)


def test_everything_a_visitor_can_be_shown_may_be_drawn_and_nothing_else():
    unchecked, stale, gone_by_age = ListingFactory(), ListingFactory(codes=["DT"]), ListingFactory(codes=["DT"])
    VerificationFactory(listing=stale, at=at(2026, 7, 1))
    VerificationFactory(listing=gone_by_age, at=at(2026, 5, 1))
    ListingFactory(withdrawn_on=MONTH)
    ListingFactory(merged_into=unchecked)
    for status in ("temporarily closed", "moved", "defunct"):
        ListingFactory(status=status, status_since=MONTH)

    assert draw.drawable(timezone.now()) == sorted([unchecked.short_code, stale.short_code])


def test_seed_numbers_and_pages_are_kept_before_the_first_call():
    listings = ListingFactory.create_batch(5)
    for listing in listings:
        PhoneFactory(listing=listing)

    sample = draw.draw(month=MONTH, size=3, at=timezone.now())

    numbers = sorted(listing.short_code for listing in listings)
    kept = AccuracySample.objects.get()
    drawn = [row.listing.short_code for row in kept.listings.order_by("position")]
    assert (kept.seed, kept.population, kept.drawn_from, kept.published_at) == (sample.seed, 5, numbers, None)
    assert drawn == draw.chosen(kept.seed, kept.drawn_from, 3)
    row = kept.listings.get(position=1)
    assert row.shown["en"]["phone"] == ["(860) 555-0100"]
    assert set(row.shown) == {"en", "es"}
    assert (row.tries, row.scored_at) == (0, None)


def test_a_later_change_of_the_listing_does_not_change_what_is_judged():
    listing = PhoneFactory(listing=ListingFactory()).listing
    sample = draw.draw(month=MONTH, size=1, at=timezone.now())

    listing.phones.update(number="860-555-0199")

    assert sample.listings.get().shown["en"]["phone"] == ["(860) 555-0100"]


def test_a_month_is_drawn_once():
    ListingFactory()
    assert draw.draw_monthly(timezone.now()) == 1

    assert draw.draw_monthly(timezone.now()) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        draw.draw(month=MONTH, size=1, at=timezone.now())


def test_an_empty_directory_draws_nothing():
    assert draw.draw_monthly(timezone.now()) == 0
    assert not AccuracySample.objects.exists()


def test_what_is_not_known_is_not_stated():
    bare = ListingFactory(codes=[], takes_new_patients="unknown", location__address_1="", location__city="")
    full = ListingFactory(codes=["METH", "OTP", "MD"], takes_new_patients="no", walk_in="yes", spanish="interpreter")
    PhoneFactory(listing=full, extension="12")
    loaded = ServiceAtLocation.objects.for_page().in_bulk([bare.pk, full.pk])

    first, second = (shown(loaded[row.pk], timezone.now()) for row in (bare, full))

    assert list(first) == ["name", "open"]
    assert list(second) == [
        "name",
        "open",
        "phone",
        "address",
        "services",
        "more_services",
        "new_patients",
        "intake",
        "spanish",
        "payment",
    ]
    assert second["phone"] == ["(860) 555-0100 ext. 12"]
    assert second["spanish"] == ["Interpreter"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_draw_does_not_grow_in_queries(django_assert_max_num_queries, count):
    ListingFactory.create_batch(count)

    with django_assert_max_num_queries(13):
        draw.draw(month=MONTH, size=count, at=timezone.now())
