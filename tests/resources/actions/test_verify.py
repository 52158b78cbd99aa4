"""Test what follows from each way a call or a visit can end."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from resources.actions import rebuild_search, record_verification
from resources.actions.withdrawal import decide_withdrawal, waiting_for_a_publisher, withdrawn
from resources.freshness import check_of
from resources.models import Change, SearchDocument, ServiceAtLocation, Verification

from ..factories import ListingFactory, LocationFactory, PhoneFactory, UserFactory, VerificationFactory

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 12, 1, 15, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 12, 1)
OUTCOMES = [outcome.value for outcome in Verification.Outcome]
OFFICE = ["UB"]


@pytest.fixture
def caller():
    return UserFactory()


@pytest.fixture
def record(caller):
    """Record an attempt by phone, so many days before today."""

    def on(listing, outcome, days_ago=0, **more):
        at = NOW - datetime.timedelta(days=days_ago)
        fields = ["phone"] if outcome == "reached" else ()
        details = {"listing": listing, "method": "phone", "outcome": outcome, "fields": fields, "by": caller, "at": at}
        return record_verification(**{**details, **more})

    return on


def state_of(listing):
    return check_of(ServiceAtLocation.objects.for_page().get(pk=listing.pk), TODAY).state


def is_found(listing):
    return SearchDocument.objects.filter(listing=listing).exists()


def methadone(latitude, **more):
    """Make a methadone program; a degree of latitude is 69 miles."""
    return ListingFactory(location=LocationFactory(latitude=latitude), **more)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_only_a_call_that_reached_somebody_moves_the_date(record, outcome):
    listing = ListingFactory()
    record(listing, "reached", 20, fields=["hours"])

    record(listing, outcome)

    said = check_of(ServiceAtLocation.objects.for_page().get(), TODAY)
    days, fields = (0, ["phone"]) if outcome == "reached" else (20, ["hours"])
    assert (said.on, said.fields) == (TODAY - datetime.timedelta(days=days), fields)


@pytest.mark.parametrize("method", ["provider link", "provider email"])
def test_what_a_provider_confirms_moves_no_date(record, method):
    listing = ListingFactory()

    record(listing, "reached", method=method, by=None)

    assert state_of(listing) == "unchecked"
    assert listing.verifications.get().method == method


def test_a_check_without_what_was_read_back_is_refused_by_the_database(record):
    with pytest.raises(IntegrityError):
        record(ListingFactory(), "reached", fields=[])


def test_a_wrong_number_on_one_day_alone_only_flags(record):
    listing = ListingFactory(codes=OFFICE)
    record(listing, "reached", 20)

    record(listing, "wrong number")
    record(listing, "wrong number")

    assert (listing.withdrawn_on, state_of(listing), is_found(listing)) == (None, "due", True)


@pytest.mark.parametrize(
    ("first", "second"),
    [("wrong number", "wrong number"), ("closed", "closed"), ("moved", "moved"), ("closed", "moved")],
)
def test_a_wrong_number_or_a_closure_on_another_day_takes_it_off_the_list_at_once(record, first, second):
    listing = ListingFactory(codes=OFFICE)
    record(listing, first, 1)

    record(listing, second)

    assert (listing.withdrawn_on, state_of(listing), is_found(listing)) == (TODAY, "withdrawn", False)
    assert list(withdrawn(TODAY)) == [listing]


@pytest.mark.parametrize(("first", "second"), [("wrong number", "closed"), ("no answer", "wrong number")])
def test_two_different_mishaps_confirm_nothing(record, first, second):
    listing = ListingFactory(codes=OFFICE)
    record(listing, first, 1)

    record(listing, second)

    assert listing.withdrawn_on is None


def test_two_days_are_those_of_the_site_and_not_of_greenwich(record):
    listing = ListingFactory(codes=OFFICE)
    record(listing, "wrong number", at=datetime.datetime(2026, 12, 1, 23, tzinfo=datetime.UTC))

    record(listing, "wrong number", at=datetime.datetime(2026, 12, 2, 2, tzinfo=datetime.UTC))  # 9 PM in Hartford

    assert listing.withdrawn_on is None


def test_somebody_reached_between_two_wrong_numbers_counts(record):
    listing = ListingFactory(codes=OFFICE)
    record(listing, "wrong number", 2)
    record(listing, "reached", 1)

    record(listing, "wrong number")

    assert listing.withdrawn_on is None


def test_reaching_a_withdrawn_place_brings_it_back(record):
    listing = ListingFactory(codes=OFFICE)
    record(listing, "closed", 2)
    record(listing, "closed", 1)
    taken_off = listing.withdrawn_on

    record(listing, "reached")

    assert taken_off == TODAY - datetime.timedelta(days=1)
    assert (listing.withdrawn_on, state_of(listing), is_found(listing)) == (None, "fresh", True)


def test_no_new_patients_is_written_down_and_moves_no_date(record):
    listing = ListingFactory(takes_new_patients="yes")

    record(listing, "no new patients")

    assert (listing.takes_new_patients, state_of(listing)) == ("no", "unchecked")
    assert Change.objects.values_list("field", "before", "after").get() == ("takes_new_patients", "yes", "no")


def test_the_old_phone_stays_in_the_history(record, caller):
    listing = ListingFactory()
    phone = PhoneFactory(listing=listing, note="Press 2", position=3)

    new = {"pk": phone.pk, "number": "860-555-0199", "extension": "7"}
    record(listing, "reached", changes={"phone": new})

    phone.refresh_from_db()
    assert (phone.number, phone.extension, phone.note, phone.position) == ("860-555-0199", "7", "Press 2", 3)
    change = Change.objects.get()
    assert (change.listing, change.by, change.at, change.field) == (listing, caller, NOW, "phone")
    assert change.before == {"number": "860-555-0100", "extension": ""}
    assert change.after == {"number": "860-555-0199", "extension": "7"}


def test_corrected_answers_are_written_with_what_stood_there_and_the_rest_is_left_alone(record):
    listing = ListingFactory(codes=OFFICE, walk_in="no", spanish="unknown", id_needed="yes")

    record(listing, "reached", changes={"walk_in": "yes", "spanish": "staff", "id_needed": "yes", "medicaid": "yes"})

    assert (listing.walk_in, listing.spanish, listing.id_needed, listing.codes) == ("yes", "staff", "yes", ["UB", "MD"])
    assert set(Change.objects.values_list("field", flat=True)) == {"walk_in", "spanish", "medicaid"}


def test_search_knows_of_a_check_at_once(record):
    listing = ListingFactory(codes=["UB", "MD"])
    rebuild_search()

    record(listing, "reached", changes={"medicaid": "no"})

    assert SearchDocument.objects.values_list("listing", "checked_on").get() == (listing.pk, TODAY)
    assert listing.codes == ["UB"]


def test_recording_leaves_the_place_to_others(record, caller):
    listing = ListingFactory(claimed_by=caller, claimed_at=NOW)

    record(listing, "no answer")

    assert (listing.claimed_by, listing.claimed_at) == (None, None)


def test_the_last_methadone_program_within_10_miles_waits_for_a_publisher(record):
    listing, _far_away = methadone(41.79), methadone(41.79 + 10.1 / 69)
    record(listing, "wrong number", 1)

    record(listing, "wrong number")

    assert (listing.withdrawn_on, listing.withdrawal_held_on) == (None, TODAY)
    assert is_found(listing)
    assert list(waiting_for_a_publisher(TODAY)) == [listing]


@pytest.mark.parametrize(
    "other",
    [
        {"codes": OFFICE},
        {"status": "temporarily closed", "status_since": TODAY},
        {"withdrawn_on": TODAY},
    ],
)
def test_a_place_that_gives_no_methadone_now_is_no_other_program(record, other):
    listing, _other = methadone(41.79), methadone(41.80, **other)
    record(listing, "closed", 1)

    record(listing, "closed")

    assert listing.withdrawal_held_on == TODAY


def test_a_program_that_its_age_took_off_the_list_is_no_other_program(record):
    listing, other, witness = methadone(41.79), methadone(41.80), methadone(41.80 + 9.9 / 69)
    record(other, "reached", 200)
    record(witness, "reached", 100)
    record(listing, "closed", 1)

    record(listing, "closed")

    other.refresh_from_db()
    assert (other.stays_listed, listing.withdrawal_held_on) == (False, TODAY)


def test_with_another_program_within_10_miles_it_leaves_the_list(record):
    listing, _other = methadone(41.79), methadone(41.79 + 9.9 / 69)
    record(listing, "closed", 1)

    record(listing, "closed")

    assert (listing.withdrawn_on, listing.withdrawal_held_on) == (TODAY, None)


@pytest.mark.parametrize(("is_withdrawn", "expected"), [(True, (TODAY, False)), (False, (None, True))])
def test_a_publisher_withdraws_or_keeps_it_and_the_history_says_so(record, caller, is_withdrawn, expected):
    listing = methadone(41.79)
    record(listing, "closed", 1)
    record(listing, "closed")

    decide_withdrawal(listing=listing, is_withdrawn=is_withdrawn, by=caller, at=NOW)
    rebuild_search([listing.pk])

    listing.refresh_from_db()
    assert (listing.withdrawn_on, is_found(listing)) == expected
    assert listing.withdrawal_held_on is None
    change = Change.objects.get(field="withdrawal")
    assert (change.by, change.after) == (caller, TODAY.isoformat() if is_withdrawn else "")


def test_what_a_publisher_has_decided_is_not_counted_again(record, caller):
    listing = methadone(41.79)
    record(listing, "closed", 2)
    record(listing, "closed", 1)
    decide_withdrawal(listing=listing, is_withdrawn=False, by=caller, at=NOW - datetime.timedelta(hours=1))

    record(listing, "closed")

    listing.refresh_from_db()
    assert listing.withdrawal_held_on is None


def test_no_age_takes_the_last_checked_program_off_the_list_and_its_neighbours_leave_before(record):
    older, newer, alone, near_unchecked = (methadone(at) for at in (41.79, 41.80, 43.0, 44.0))
    methadone(44.01)
    for listing, days_ago in ((older, 250), (newer, 200), (alone, 300), (near_unchecked, 190)):
        record(listing, "reached", days_ago)

    found = {listing: state_of(listing) for listing in (older, newer, alone, near_unchecked)}

    assert found == {older: "withdrawn", newer: "stale", alone: "stale", near_unchecked: "withdrawn"}
    assert set(waiting_for_a_publisher(TODAY)) == {newer, alone}
    assert set(withdrawn(TODAY)) == {older, near_unchecked}
    copies = SearchDocument.objects.filter(stays_listed=True).values_list("listing", flat=True)
    assert set(copies) == {newer.pk, alone.pk}


def test_when_the_program_that_outlasted_it_leaves_the_older_one_stays(record, caller):
    older, newer = methadone(41.79), methadone(41.80)
    record(older, "reached", 250)
    record(newer, "reached", 200)

    decide_withdrawal(listing=newer, is_withdrawn=True, by=caller, at=NOW)
    rebuild_search([newer.pk])

    older.refresh_from_db()
    assert (older.stays_listed, state_of(older), is_found(older)) == (True, "stale", True)


def test_what_is_reckoned_is_the_same_when_everything_is_written_again(record):
    programs = [methadone(41.79 + step / 69) for step in (0, 6, 12, 40)]
    for days_ago, listing in enumerate(programs):
        record(listing, "reached", days_ago)
    before = list(ServiceAtLocation.objects.order_by("pk").values_list("pk", "stays_listed"))

    rebuild_search()

    assert list(ServiceAtLocation.objects.order_by("pk").values_list("pk", "stays_listed")) == before
    assert [stays for _pk, stays in before] == [True, False, False, True]


def test_a_withdrawal_cannot_both_be_done_and_wait():
    with pytest.raises(IntegrityError, match="listing_withdrawal_is_done_or_waits"), transaction.atomic():
        ListingFactory(withdrawn_on=TODAY, withdrawal_held_on=TODAY)


def test_hours_are_corrected_line_by_line_and_the_old_ones_are_kept(record):
    listing = ListingFactory()
    kept = listing.schedules.create(byday="MO", opens_at=datetime.time(9), closes_at=datetime.time(17))
    gone = listing.schedules.create(byday="SA", description_en="Mornings", description_es="Por la mañana")
    changed = listing.schedules.create(byday="TU", opens_at=datetime.time(9), closes_at=datetime.time(12))
    line = {"purpose": "", "byday": "TU", "opens_at": datetime.time(5, 30), "closes_at": datetime.time(11)}
    words = {"description_en": "", "description_es": ""}

    rows = [line | words | {"pk": changed.pk, "is_removed": False}, line | words | {"pk": gone.pk, "is_removed": True}]
    record(listing, "reached", changes={"hours": rows})

    assert list(listing.schedules.order_by("pk").values_list("pk", "opens_at")) == [
        (kept.pk, datetime.time(9)),
        (changed.pk, datetime.time(5, 30)),
    ]
    change = Change.objects.get(field="hours")
    assert [row["byday"] for row in change.before] == ["MO", "SA", "TU"]
    assert [row["opens_at"] for row in change.after] == ["09:00:00", "05:30:00"]


def test_the_moment_of_a_call_asked_back_is_kept(record):
    later = NOW + datetime.timedelta(hours=2)

    attempt = record(ListingFactory(), "call back", call_back_at=later, note="Ask for the desk.")

    attempt.refresh_from_db()
    assert (attempt.call_back_at, attempt.note) == (later, "Ask for the desk.")
    assert timezone.is_aware(attempt.call_back_at)


def test_a_check_by_anybody_counts_as_the_newest():
    check = VerificationFactory(at=NOW)

    assert ServiceAtLocation.objects.with_checks().values_list("checked_at", "tried_outcome").get() == (
        check.at,
        "reached",
    )
