"""Test that a proposal is decided by what the listing says now, and goes when nobody needs it any more."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from resources.actions import proposals, record_verification
from resources.models import Change, Phone, Proposal, SearchDocument, ServiceAtLocation
from tests.resources.factories import ListingFactory, PhoneFactory, UserFactory, VerificationFactory

from . import states
from .files import NORTH, with_cell

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
CHANGED = "The listing has changed since. Look at it again."


@pytest.fixture
def root(client):
    client.force_login(get_user_model().objects.create_superuser("root", password="x"))
    return client


@pytest.fixture
def proposal(bring_rows):
    """Bring in a list, check its number, and bring another in."""
    bring_rows(NORTH)
    VerificationFactory(listing=ServiceAtLocation.objects.get(), fields=["phone"])
    bring_rows(with_cell(NORTH, "phone", "860-555-0177"))
    return Proposal.objects.get()


def numbers():
    return [number for number, *_rest in states.one("phones")[0]]


def test_a_proposal_does_not_overwrite_newer_work_until_a_person_has_seen_it(proposal):
    Phone.objects.filter(use="main").update(number="860-555-0133")

    with pytest.raises(proposals.DecidedError, match=CHANGED):
        proposals.accept(proposal=proposal, by=UserFactory())

    assert numbers()[0] == "860-555-0133"
    proposal.refresh_from_db()
    assert (proposal.state, proposal.before[0][0]) == ("waiting", "860-555-0133")
    proposals.accept(proposal=proposal, by=UserFactory())
    assert numbers()[0] == "860-555-0177"


def test_the_page_of_a_proposal_shows_what_the_listing_says_now(root, proposal):
    Phone.objects.filter(use="main").update(number="860-555-0133")
    page = reverse("admin:resources_proposal_decide", args=[proposal.pk])

    shown = root.get(page).content.decode()

    assert ("860-555-0133" in shown, "860-555-0100 · main" in shown) == (True, False)
    assert CHANGED in root.post(page, {"decision": "accept"}, follow=True).content.decode()


def proposed(listing, field, before, after):
    """Have the provider of a listing propose something, the day before the check that the factory makes."""
    values = {"field": field, "before": before, "after": after, "made_at": VerificationFactory.at - DAY}
    return Proposal.objects.create(listing=listing, origin="provider", **values)


def new_number(phone):
    """Have the provider propose 0160 instead of 0150."""
    before, after = ({"pk": phone.pk, "number": f"860-555-{end}", "extension": ""} for end in ("0150", "0160"))
    return proposed(phone.listing, "phone", before, after)


@pytest.fixture
def phone():
    return PhoneFactory(number="860-555-0150")


@pytest.mark.parametrize(
    "work",
    [lambda phone: Phone.objects.update(number="860-555-0170"), lambda phone: phone.delete()],
)
def test_a_provider_s_number_does_not_overwrite_newer_work(phone, work):
    listing = phone.listing
    proposal = new_number(phone)
    VerificationFactory(listing=listing, fields=["hours"])
    work(phone)

    with pytest.raises(proposals.DecidedError, match=CHANGED):
        proposals.accept(proposal=proposal, by=UserFactory())

    assert not listing.phones.filter(number="860-555-0160").exists()
    proposal.refresh_from_db()
    proposals.accept(proposal=proposal, by=UserFactory())
    assert [row.number for row in listing.phones.all()] == ["860-555-0160"]


def test_a_provider_s_answer_does_not_overwrite_newer_work():
    listing = ListingFactory()
    proposal = proposed(listing, "walk_in", listing.walk_in, "yes")
    ServiceAtLocation.objects.update(walk_in="no")

    with pytest.raises(proposals.DecidedError, match=CHANGED):
        proposals.accept(proposal=proposal, by=UserFactory())

    listing.refresh_from_db()
    assert listing.walk_in == "no"


def test_a_provider_s_number_waits_for_a_call_made_after_it_was_given(phone):
    proposal = new_number(phone)
    VerificationFactory(listing=phone.listing, at=proposal.made_at - DAY)
    VerificationFactory(listing=phone.listing, outcome="no answer", fields=[])
    VerificationFactory(listing=phone.listing, method="provider link", by=None)

    with pytest.raises(proposals.DecidedError, match="Call the place first"):
        proposals.accept(proposal=proposal, by=UserFactory())
    VerificationFactory(listing=phone.listing, fields=["hours"])
    proposals.accept(proposal=proposal, by=UserFactory())

    assert [row.number for row in phone.listing.phones.all()] == ["860-555-0160"]
    assert ServiceAtLocation.objects.get().changed_since_check == ["phone"]


@pytest.mark.parametrize(
    ("outcome", "read", "number", "state"),
    [
        ("reached", ["phone"], "860-555-0160", "accepted"),
        ("reached", ["phone"], "860-555-0150", "refused"),
        ("reached", ["hours"], "860-555-0150", "waiting"),
        ("left message", [], "860-555-0150", "waiting"),
    ],
)
def test_a_number_read_back_in_a_call_settles_what_the_provider_said(phone, outcome, read, number, state):
    proposal = new_number(phone)
    caller = UserFactory()
    changes = {"phone": {"pk": phone.pk, "number": number, "extension": ""}}
    call = {"method": "phone", "outcome": outcome, "fields": read, "by": caller, "at": VerificationFactory.at}

    record_verification(listing=phone.listing, changes=changes, **call)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (state, None if state == "waiting" else caller)


def test_a_number_that_the_listing_has_beside_another_is_not_written_twice(phone):
    proposal = new_number(phone)
    VerificationFactory(listing=phone.listing, fields=["hours"])
    PhoneFactory(listing=phone.listing, number="(860) 555-0160", position=1)

    proposals.accept(proposal=proposal, by=UserFactory())

    assert [row.number for row in phone.listing.phones.order_by("position")] == ["860-555-0150", "(860) 555-0160"]


@pytest.mark.parametrize("field", ["hours words", "services words"])
def test_what_a_provider_wrote_in_words_is_marked_and_nothing_written(root, field):
    listing = ListingFactory()
    proposal = proposed(listing, field, {"words": ""}, {"words": "Closed on Mondays"})
    page = reverse("admin:resources_proposal_decide", args=[proposal.pk])

    shown = root.get(page).content.decode()
    assert ("I changed the listing" in shown, "Accept: change" in shown, "Closed on Mondays" in shown) == (
        True,
        False,
        True,
    )
    assert root.post(page, {"decision": "accept"}).status_code == 302

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by.username) == ("accepted", "root")
    assert (Change.objects.count(), ServiceAtLocation.objects.get().updated_at) == (0, listing.updated_at)


def test_words_are_not_accepted_with_others_in_one_step(root):
    rows = [proposed(ListingFactory(), "hours words", {"words": ""}, {"words": "Closed"})]
    rows += [proposed(ListingFactory(), "walk_in", "not known", "yes") for _ in range(2)]
    ServiceAtLocation.objects.update(walk_in="not known")

    said = root.post(
        reverse("admin:resources_proposal_changelist"),
        {"action": "accept_chosen", "_selected_action": [row.pk for row in rows]},
        follow=True,
    ).content.decode()

    assert "2 changes were accepted." in said
    assert "What a provider wrote in its own words is decided on its own page." in said
    assert [row.field for row in Proposal.objects.waiting()] == ["hours words"]


def test_many_are_accepted_with_one_rebuild_of_search_and_the_rest_say_why(root, monkeypatch, phone):
    rows = [proposed(ListingFactory(), "walk_in", "no", "yes") for _ in range(3)] + [new_number(phone)]
    ServiceAtLocation.objects.update(walk_in="no")
    ServiceAtLocation.objects.filter(pk=rows[1].listing_id).update(walk_in="not known")
    rebuilt = []
    monkeypatch.setattr(proposals, "rebuild_search", rebuilt.append)

    said = root.post(
        reverse("admin:resources_proposal_changelist"),
        {"action": "accept_chosen", "_selected_action": [row.pk for row in rows]},
        follow=True,
    ).content.decode()

    assert rebuilt == [[rows[0].listing_id, rows[2].listing_id]]
    assert all(each in said for each in ("2 changes were accepted.", CHANGED, "Call the place first"))
    assert Proposal.objects.get(pk=rows[1].pk).before == "not known"


def test_the_page_of_a_provider_s_number_says_to_call_and_shows_no_key(root, phone):
    proposal = new_number(phone)
    page = reverse("admin:resources_proposal_decide", args=[proposal.pk])

    shown = root.get(page).content.decode()
    assert ("Only a call settles a number" in shown, 'value="accept"' in shown) == (True, False)
    assert f"<div>{phone.pk}</div>" not in shown

    VerificationFactory(listing=phone.listing, fields=["hours"])
    shown = root.get(page).content.decode()
    assert ("Only a call settles a number" in shown, 'value="accept"' in shown) == (False, True)


@pytest.mark.parametrize(
    ("field", "before", "after", "words"),
    [
        ("walk_in", "no", "yes", ["walk in", "No", "Yes"]),
        ("up_front_en", "$5", "$9", ["$5", "$9"]),
        ("hours words", {"words": ""}, {"words": "Closed"}, ["Hours, in the provider&#x27;s words", "Closed"]),
    ],
)
def test_a_provider_s_fields_have_words_in_the_list(root, field, before, after, words):
    proposed(ListingFactory(), field, before, after)

    shown = root.get(reverse("admin:resources_proposal_changelist")).content.decode()

    assert [word for word in words if word.casefold() not in shown.casefold()] == []


def test_an_accepted_value_of_a_file_is_no_longer_called_checked(proposal):
    proposals.accept(proposal=proposal, by=UserFactory())

    assert ServiceAtLocation.objects.get().changed_since_check == ["phone"]


def test_a_proposal_goes_when_the_next_file_says_what_the_listing_says(bring_rows, proposal):
    bring_rows(NORTH)

    proposal.refresh_from_db()
    assert proposal.state == "replaced"


def test_a_proposal_goes_when_staff_have_written_what_the_file_still_says(bring_rows, proposal):
    Phone.objects.filter(use="main").update(number="860-555-0177")

    bring_rows(with_cell(NORTH, "phone", "860-555-0177"))

    proposal.refresh_from_db()
    assert proposal.state == "replaced"


def test_a_proposal_stays_while_the_file_says_the_same(bring_rows, proposal):
    bring_rows(with_cell(with_cell(NORTH, "phone", "860-555-0177"), "service_code_info", "SA"))

    assert Proposal.objects.get().state == "waiting"


def test_an_accepted_name_reaches_the_search_of_every_listing_that_shares_it():
    first = ListingFactory(name="Casa")
    runner = first.service.organization
    second = ListingFactory(service=first.service)
    before = runner.updated_at
    stays = first.location.updated_at
    name = {"organization": runner.name}
    values = {"field": "name", "before": name, "after": {"organization": "Zorzal"}, "made_at": timezone.now()}
    proposal = Proposal.objects.create(listing=first, origin="import", **values)

    proposals.accept(proposal=proposal, by=UserFactory())

    found = SearchDocument.objects.filter(listing__in=[first.pk, second.pk])
    assert {row.listing_id for row in found if "zorzal" in str(vars(row)).casefold()} == {first.pk, second.pk}
    marked = ServiceAtLocation.objects.order_by("pk").values_list("changed_since_check", flat=True)
    assert list(marked) == [["name"], ["name"]]
    runner.refresh_from_db()
    first.location.refresh_from_db()
    assert runner.updated_at > before
    assert first.location.updated_at == stays
