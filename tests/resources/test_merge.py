"""Test that listings of one place are found, merged and taken apart exactly."""

import datetime

import pytest
from django.core import serializers
from django.utils import timezone

from resources.actions import merge
from resources.models import (
    CallToMake,
    Correction,
    Merge,
    Phone,
    Proposal,
    Provenance,
    Schedule,
    SearchDocument,
    ServiceAtLocation,
    Verification,
)
from tests.resources.factories import (
    CallToMakeFactory,
    ListingFactory,
    LocationFactory,
    PhoneFactory,
    ProvenanceFactory,
    UserFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db


def dump():
    """Return every row that a merge can touch, without the moment of the last change and what search makes of it."""
    models = (ServiceAtLocation, Phone, Provenance, Verification, Correction, Schedule, Proposal, CallToMake)
    rows = serializers.serialize("python", [row for model in models for row in model.objects.order_by("pk")])
    for row in rows:
        row["fields"].pop("updated_at", None)
    return rows


def found():
    pairs, total = merge.pairs()
    assert len(pairs) == total
    return [({pair.first, pair.second}, pair.reasons) for pair in pairs]


@pytest.fixture
def two():
    """A listing with everything, and another of the same place."""
    first, second = ListingFactory(name="Casa Peña"), ListingFactory(name="CASA Pena.")
    for listing, numbers in ((first, ("0150", "0151")), (second, ("0151", "0152"))):
        for position, number in enumerate(numbers):
            PhoneFactory(listing=listing, number=f"860-555-{number}", position=position)
        ProvenanceFactory(listing=listing)
    VerificationFactory(listing=second)
    Schedule.objects.create(listing=second, byday="MO", opens_at=datetime.time(9))
    day = datetime.date(2026, 12, 1)
    Correction.objects.create(listing=second, field="phone", language="en", reported_on=day, due_on=day)
    Proposal.objects.create(listing=second, origin="import", field="codes", made_at=timezone.now())
    CallToMakeFactory().listings.add(second)
    return first, second


def test_what_hangs_on_the_gone_listing_moves_and_nothing_stands_twice(two):
    kept, gone = two

    merge.merge(kept=kept, gone=gone, by=UserFactory())

    numbers = kept.phones.order_by("position").values_list("number", "position")
    assert list(numbers) == [("860-555-0150", 0), ("860-555-0151", 1), ("860-555-0152", 2)]
    assert [getattr(kept, name).count() for name in ("provenances", "corrections", "schedules")] == [2, 1, 1]
    assert (kept.proposals.count(), kept.calls_to_make.count()) == (1, 1)
    gone.refresh_from_db()
    assert gone.merged_into == kept
    assert list(ServiceAtLocation.objects.public()) == [kept]
    assert set(SearchDocument.objects.values_list("listing", flat=True)) == {kept.pk}


@pytest.mark.parametrize("keep_first", [True, False])
def test_undo_restores_every_row(two, keep_first):
    kept, gone = two if keep_first else two[::-1]
    before = dump()

    decided = merge.merge(kept=kept, gone=gone, by=UserFactory())
    assert dump() != before
    merge.undo(decided=decided, by=UserFactory())

    assert dump() == before
    assert Merge.objects.get().state == "undone"
    assert set(SearchDocument.objects.values_list("listing", flat=True)) == {kept.pk, gone.pk}


@pytest.mark.parametrize(
    ("read", "outcome", "work", "is_moved"),
    [
        (["hours"], "reached", None, True),
        (["phone", "hours"], "reached", None, False),
        (["intake"], "reached", None, True),
        (["intake"], "reached", {"walk_in": "yes"}, False),
        (["intake"], "reached", {"changed_since_check": ["intake"]}, False),
        ([], "no answer", None, True),
        ([], "wrong number", None, False),
    ],
)
def test_a_check_moves_only_where_what_was_read_back_is_the_same_on_both(two, read, outcome, work, is_moved):
    kept, gone = two
    gone.verifications.all().delete()
    check = VerificationFactory(listing=gone, fields=read, outcome=outcome)
    ServiceAtLocation.objects.filter(pk=gone.pk).update(**(work or {}))

    decided = merge.merge(kept=kept, gone=gone, by=UserFactory())

    check.refresh_from_db()
    assert check.listing == (kept if is_moved else gone)
    merge.undo(decided=decided, by=UserFactory())
    check.refresh_from_db()
    assert check.listing == gone


def test_the_numbers_of_the_gone_listing_come_after_those_of_the_kept_one(two):
    gone, kept = two
    Phone.objects.filter(listing=gone, number="860-555-0150").update(position=0)
    Phone.objects.filter(listing=kept).update(position=4)

    merge.merge(kept=kept, gone=gone, by=UserFactory())

    numbers = kept.phones.order_by("position", "pk").values_list("number", flat=True)
    assert list(numbers) == ["860-555-0151", "860-555-0152", "860-555-0150"]


def test_hours_stay_where_the_kept_listing_has_its_own(two):
    kept, gone = two
    Schedule.objects.create(listing=kept, byday="TU", opens_at=datetime.time(10))

    merge.merge(kept=kept, gone=gone, by=UserFactory())

    assert [row.byday for row in kept.schedules.all()] == ["TU"]


def test_the_gone_listing_s_address_and_code_lead_to_the_kept_one(client, two):
    kept, gone = two
    merge.merge(kept=kept, gone=gone, by=UserFactory())

    assert client.get(gone.url("es")).url == kept.url("es")
    assert client.get(f"/h/{gone.short_code}-es").url == kept.url("es")
    assert client.get(f"/h/{gone.short_code}-en.txt").content == client.get(f"/h/{kept.short_code}-en.txt").content


def test_a_chain_of_merges_leads_to_its_end_and_is_taken_apart_from_there(client, two):
    kept, gone = two
    last = ListingFactory(name="Casa Peña")
    before = dump()
    first = merge.merge(kept=kept, gone=gone, by=UserFactory())
    second = merge.merge(kept=last, gone=kept, by=UserFactory())

    assert client.get(f"/h/{gone.short_code}-en").url == last.url("en")
    with pytest.raises(merge.MergeError):
        merge.undo(decided=first, by=UserFactory())
    merge.undo(decided=second, by=UserFactory())
    merge.undo(decided=first, by=UserFactory())

    assert dump() == before


def test_a_merge_is_made_once_and_undone_once(two):
    kept, gone = two
    decided = merge.merge(kept=kept, gone=gone, by=UserFactory())

    with pytest.raises(merge.MergeError):
        merge.merge(kept=gone, gone=kept, by=UserFactory())
    merge.undo(decided=decided, by=UserFactory())
    with pytest.raises(merge.MergeError):
        merge.undo(decided=decided, by=UserFactory())


def test_the_same_number_or_the_same_name_near_each_other_makes_a_pair():
    near = ListingFactory(name="Casa Peña"), ListingFactory(name="casa-pena")
    far = LocationFactory(latitude=41.35, longitude=-72.1, postal_code="06320")
    ListingFactory(name="Casa Pena", location=far)
    called = ListingFactory(name="One", location=far), ListingFactory(name="Other")
    for listing in called:
        PhoneFactory(listing=listing, number="860-555-0160")
    PhoneFactory(listing=near[0], number="(860) 555-0161")
    PhoneFactory(listing=near[1], number="860-555-0161")

    assert found() == [
        ({row.pk for row in near}, ["name", "phone"]),
        ({row.pk for row in called}, ["phone"]),
    ]


def test_a_number_of_many_listings_is_a_switchboard():
    for listing in ListingFactory.create_batch(merge.MOST_SHARING + 1):
        PhoneFactory(listing=listing, number="860-555-0160")

    assert found() == []


def test_two_different_places_are_remembered_and_merged_or_hidden_ones_left_out(two):
    first, second = two
    assert len(found()) == 1

    merge.keep_apart(first=second, second=first, by=UserFactory())

    assert found() == []
    assert Merge.objects.get().state == "different"
    third = ListingFactory(name="Casa Peña")
    assert len(found()) == 2
    ServiceAtLocation.objects.filter(pk=third.pk).update(merged_into=first)
    assert found() == []
