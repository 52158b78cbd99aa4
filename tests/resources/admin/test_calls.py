"""Test the caller's pages: whom to call, one place for one caller, and the one screen for the result."""

import datetime
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse

from portal.accounts import roles
from portal.reference.models import Department
from resources.actions import calls
from resources.models import CallToMake, Change, Correction, Proposal, ServiceAtLocation, Verification

from ..factories import (
    CallToMakeFactory,
    ListingFactory,
    LocationFactory,
    PhoneFactory,
    UserFactory,
    VerificationFactory,
    VirtualLocationFactory,
)

NOW = datetime.datetime(2026, 12, 1, 15, tzinfo=datetime.UTC)
QUEUE = "/admin/resources/calltomake/queue/"
OFFICE, HOUSING = ["UB"], ["HH"]


@pytest.fixture
def caller(client, vocabulary, fixed_day):
    """Somebody with the role, signed in."""
    roles.sync()
    user = UserFactory(username="ana", language="en")
    user.groups.add(Group.objects.get(name="directory caller"))
    client.force_login(user)
    return user


def ago(**time):
    return NOW - datetime.timedelta(**time)


def attempt(listing, outcome, at, **more):
    fields = ["phone"] if outcome == "reached" else []
    return VerificationFactory(listing=listing, outcome=outcome, at=at, fields=fields, **more)


def page_of(listing):
    return reverse("admin:resources_call", args=[listing.pk])


def result(listing, **values):
    """Return the form as it is shown, with these values changed."""
    phone = next(iter(listing.numbers_to_call), None)
    form = {
        "method": "phone",
        "phone_number": phone.number if phone else "",
        "hours-TOTAL_FORMS": "0",
        "hours-INITIAL_FORMS": "0",
        **{name: getattr(listing, name) for name in ("takes_new_patients", "walk_in", "same_day_start", "id_needed")},
        "asks_immigration": listing.asks_immigration,
        "medicaid": "yes" if "MD" in listing.codes else "unknown",
        "spanish": listing.spanish,
    }
    return form | values


def queue_in_words(client):
    return [listing.title for listing in client.get(QUEUE).context["page"]]


@pytest.mark.django_db
def test_what_visitors_need_most_is_called_first(client, caller):
    near, far = {"latitude": 41.79}, {"latitude": 42.0}
    rows = [
        ("Rest unchecked", HOUSING, near, None),
        ("Medication stale", OFFICE, near, 100),
        ("Medication due", OFFICE, near, 70),
        ("Medication unchecked", OFFICE, near, None),
        ("Medication far away", OFFICE, far, None),
        ("Medication off the list by age", OFFICE, near, 200),
        ("Reported", HOUSING, near, 1),
        ("Asked back", HOUSING, near, 70),
        ("Fresh", OFFICE, near, 10),
        ("Ageing", OFFICE, near, 60),
    ]
    made = {}
    for name, codes, point, days in rows:
        made[name] = ListingFactory(name=name, codes=codes, location=LocationFactory(**point))
        if days is not None:
            attempt(made[name], "reached", ago(days=days))
    Correction.objects.create(
        listing=made["Reported"], field="phone", language="en", reported_on=NOW.date(), due_on=NOW.date()
    )
    attempt(made["Asked back"], "call back", ago(hours=2), call_back_at=ago(hours=1))

    assert queue_in_words(client) == [
        "Reported",
        "Asked back",
        "Medication unchecked",
        "Medication due",
        "Medication stale",
        "Medication off the list by age",
        "Rest unchecked",
        "Medication far away",
    ]


@pytest.mark.django_db
def test_what_the_department_does_not_check_is_not_in_the_queue(client, caller):
    ListingFactory(name="Boston", location=LocationFactory(latitude=42.36, longitude=-71.06))
    ListingFactory(name="Telehealth elsewhere", location=VirtualLocationFactory(state_province="MA"))
    ListingFactory(name="Telehealth here", location=VirtualLocationFactory())
    ListingFactory(name="Withdrawn", withdrawn_on=NOW.date())
    ListingFactory(name="Held", withdrawal_held_on=NOW.date())
    ListingFactory(name="Defunct", status="defunct", status_since=NOW.date())
    ListingFactory(name="Closed for a while", status="temporarily closed", status_since=NOW.date())

    assert queue_in_words(client) == ["Closed for a while", "Telehealth here"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "at", "call_back_at", "is_due"),
    [
        ("no answer", ago(hours=2), None, False),
        ("no answer", ago(days=1), None, True),
        ("refused", ago(days=13), None, False),
        ("refused", ago(days=15), None, True),
        ("no new patients", ago(days=2), None, False),
        ("call back", ago(days=1), NOW + datetime.timedelta(hours=1), False),
        ("call back", ago(days=1), None, True),
        ("reached", ago(days=1), None, False),
    ],
)
def test_a_place_rests_after_a_call(client, caller, outcome, at, call_back_at, is_due):
    attempt(ListingFactory(name="Place"), outcome, at, call_back_at=call_back_at)

    assert queue_in_words(client) == (["Place"] if is_due else [])


@pytest.mark.django_db
def test_a_fresh_listing_that_did_not_answer_is_due_again(client, caller):
    listing = ListingFactory(name="Place")
    attempt(listing, "reached", ago(days=5))
    attempt(listing, "no answer", ago(days=1))

    assert queue_in_words(client) == ["Place"]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_does_not_grow_in_queries(client, caller, django_assert_num_queries, count):
    for listing in ListingFactory.create_batch(count):
        PhoneFactory(listing=listing)
    CallToMakeFactory.create_batch(count)

    # The session, the account, its rights (2); the department; what is reported and asked; how many, the rows, the
    # phones; the questions.
    with django_assert_num_queries(11):
        response = client.get(QUEUE)

    assert len(response.context["page"]) == count


@pytest.mark.django_db
def test_next_gives_each_caller_another_place_and_the_same_one_again_until_it_is_done(client, caller):
    first, second = ListingFactory(name="A"), ListingFactory(name="B")

    mine = calls.claim_next(by=caller, at=NOW)
    hers = calls.claim_next(by=UserFactory(), at=NOW)
    again = calls.claim_next(by=caller, at=NOW)

    assert (mine, hers, again) == (first, second, first)


@pytest.mark.django_db
def test_a_place_that_was_just_called_is_not_given_out_from_a_list_read_before(client, caller, monkeypatch):
    called, following = ListingFactory(name="A"), ListingFactory(name="B")
    claimed = calls.claim

    def claim_late(row, *, by, at):
        if row == called:
            attempt(called, "no answer", NOW)
        return claimed(row, by=by, at=at)

    monkeypatch.setattr(calls, "claim", claim_late)

    assert calls.claim_next(by=caller, at=NOW) == following
    called.refresh_from_db()
    assert called.claimed_by is None


@pytest.mark.django_db(transaction=True)
def test_two_callers_at_the_same_moment_never_get_the_same_place(transactional_db):
    listings = ListingFactory.create_batch(3)
    callers = UserFactory.create_batch(4)
    start, got = Barrier(len(callers)), {}

    def take(user):
        start.wait()
        got[user] = calls.claim_next(by=user, at=NOW)
        connection.close()

    threads = [Thread(target=take, args=[user]) for user in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    taken = [listing for listing in got.values() if listing is not None]
    assert sorted(listing.pk for listing in taken) == sorted(listing.pk for listing in listings)
    assert list(got.values()).count(None) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "is_free"), [(19, False), (21, True)])
def test_a_place_left_alone_for_20_minutes_is_free_again(client, caller, minutes, is_free):
    other = UserFactory(username="eva")
    listing = ListingFactory(claimed_by=other, claimed_at=ago(minutes=minutes))

    response = client.get(page_of(listing), follow=True)
    renewed = client.post(page_of(listing) + "renew/")

    listing.refresh_from_db()
    assert listing.claimed_by == (caller if is_free else other)
    assert ("eva is calling this place now." in response.content.decode()) != is_free
    assert renewed.status_code == (204 if is_free else 409)


@pytest.mark.django_db
def test_opening_a_page_takes_nothing(client, caller):
    listing, question = ListingFactory(), CallToMakeFactory()

    client.get(page_of(listing))
    client.get(reverse("admin:resources_question", args=[question.pk]))

    assert list(ServiceAtLocation.objects.values_list("claimed_by", flat=True)) == [None]
    assert list(CallToMake.objects.values_list("claimed_by", flat=True)) == [None]


@pytest.mark.django_db
def test_sending_and_renewing_keep_the_place(client, caller):
    listing = ListingFactory()
    kept = []
    for act in (
        lambda: client.post(page_of(listing), {}),
        lambda: client.post(page_of(listing) + "renew/"),
    ):
        ServiceAtLocation.objects.update(claimed_by=caller, claimed_at=ago(minutes=15))
        act()
        listing.refresh_from_db()
        kept.append((listing.claimed_by, listing.claimed_at))

    assert kept == [(caller, NOW)] * 2


@pytest.mark.django_db
def test_a_place_that_somebody_else_has_cannot_be_renewed(client, caller):
    other = UserFactory()
    listing = ListingFactory(claimed_by=other, claimed_at=NOW)

    assert client.post(page_of(listing) + "renew/").status_code == 409


@pytest.mark.django_db
def test_put_back_leaves_a_place_and_only_ones_own(client, caller):
    mine = ListingFactory(claimed_by=caller, claimed_at=NOW)
    hers = ListingFactory(claimed_by=UserFactory(), claimed_at=NOW)

    for listing in (mine, hers):
        client.post(page_of(listing) + "put-back/")

    assert list(ServiceAtLocation.objects.filter(claimed_by=None)) == [mine]


@pytest.mark.django_db
def test_the_page_has_the_number_large_and_the_words_to_say_with_who_is_calling(client, caller):
    listing = ListingFactory(name="Casa")
    PhoneFactory(listing=listing, extension="7")

    html = client.get(page_of(listing)).content.decode()

    assert 'class="calls__phone" href="tel:+1-860-555-0100;ext=7"' in html
    assert f"I am calling from {Department.objects.current().name}." in html
    assert "Who there speaks Spanish now?" in html
    assert 'checked id="id_read_back' not in html


@pytest.mark.django_db
def test_save_and_next_records_the_call_and_opens_the_next_place(client, caller):
    listing, following = ListingFactory(name="A"), ListingFactory(name="B")
    client.get(page_of(listing))

    response = client.post(
        page_of(listing),
        result(listing, outcome="reached", read_back=["phone", "hours"], walk_in="yes", note="Ask Rosa.", next=""),
    )

    row = Verification.objects.get()
    assert (response.status_code, response["Location"]) == (302, page_of(following))
    assert (row.listing, row.by, row.at, row.fields, row.note) == (
        listing,
        caller,
        NOW,
        ["phone", "hours"],
        "Ask Rosa.",
    )
    assert Change.objects.values_list("field", "after").get() == ("walk_in", "yes")


@pytest.mark.django_db
def test_what_is_not_touched_is_not_changed(client, caller):
    listing = ListingFactory(codes=["OTP", "METH", "MD"], walk_in="yes", spanish="staff")
    PhoneFactory(listing=listing)
    listing.schedules.create(byday="MO,TU", opens_at=datetime.time(5, 30), closes_at=datetime.time(11))
    schedule = listing.schedules.get()
    lines = {
        "hours-TOTAL_FORMS": "2",
        "hours-INITIAL_FORMS": "1",
        "hours-0-id": schedule.pk,
        "hours-0-byday": ["MO", "TU"],
        "hours-0-opens_at": "05:30",
        "hours-0-closes_at": "11:00",
    }

    response = client.post(page_of(listing), result(listing, outcome="reached", read_back=["phone"], **lines))

    assert response.status_code == 302
    assert not Change.objects.exists()


@pytest.mark.django_db
def test_new_hours_and_a_new_number_are_written(client, caller):
    listing = ListingFactory()
    PhoneFactory(listing=listing)
    lines = {
        "hours-TOTAL_FORMS": "1",
        "hours-0-purpose": "new patients",
        "hours-0-byday": ["MO", "WE"],
        "hours-0-opens_at": "05:30",
        "hours-0-closes_at": "11:00",
    }

    client.post(
        page_of(listing),
        result(listing, outcome="reached", read_back=["hours"], phone_number="(860) 555-0177", **lines),
    )

    assert listing.phones.get().number == "860-555-0177"
    assert listing.schedules.values_list("purpose", "byday", "opens_at").get() == (
        "new patients",
        "MO,WE",
        datetime.time(5, 30),
    )
    assert set(Change.objects.values_list("field", flat=True)) == {"phone", "hours"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({}, "outcome", "Choose how the call ended."),
        ({"outcome": "reached"}, "read_back", "Tick what they confirmed, at least one."),
        (
            {"outcome": "no answer", "read_back": ["phone"]},
            "read_back",
            "Only a place that was reached confirms something. Untick these.",
        ),
        (
            {"outcome": "call back", "call_back_at": "2026-12-01T09:00"},
            "call_back_at",
            "This moment is over. Enter one that lies ahead.",
        ),
        (
            {"outcome": "no answer", "call_back_at": "2026-12-02T09:00"},
            "call_back_at",
            "This is only for “Asked to call back”. Leave it blank.",
        ),
        (
            {"outcome": "no answer", "walk_in": "yes"},
            "outcome",
            "Nobody told you something in this call, but values below are changed.",
        ),
        (
            {"outcome": "reached", "read_back": ["phone"], "phone_number": "555"},
            "phone_number",
            None,
        ),
        (
            {"outcome": "reached", "read_back": ["phone"], "phone_number": "call the desk"},
            "phone_number",
            "Enter a phone number with 10 digits, like 860-555-0100.",
        ),
        (
            {"outcome": "reached", "read_back": ["phone"], "phone_number": "860-555-0111"},
            "phone_number",
            "This listing has this number already, in another place.",
        ),
        (
            {"outcome": "reached", "read_back": ["phone"], "phone_number": "860-555-0122 ext 5"},
            "phone_number",
            "Write the extension in its own box.",
        ),
        (
            {"outcome": "reached", "read_back": ["phone"], "phone_number": ""},
            "phone_number",
            "Correct the number, or choose “Wrong number” and leave it as it is.",
        ),
        ({"outcome": "reached", "read_back": ["phone"], "extension": "x"}, "extension", "Digits only."),
        ({"outcome": "reached", "read_back": ["phone"], "walk_in": "perhaps"}, "walk_in", None),
    ],
)
def test_a_wrong_entry_is_answered_by_its_field_and_nothing_is_lost(client, caller, values, field, message):
    listing = ListingFactory()
    PhoneFactory(listing=listing)
    PhoneFactory(listing=listing, number="860-555-0111", position=1)

    response = client.post(page_of(listing), result(listing, note="Rosa answers at nine.", **values))

    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (422, [field])
    assert message is None or form.errors[field] == [message]
    assert "Rosa answers at nine." in response.content.decode()
    assert not Verification.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"byday": ["MO"], "opens_at": "09:00"}, "closes_at"),
        ({"opens_at": "09:00", "closes_at": "17:00"}, "byday"),
        ({"byday": ["MO"], "opens_at": "25:00", "closes_at": "17:00"}, "opens_at"),
        ({"byday": ["XX"]}, "byday"),
    ],
)
def test_wrong_hours_are_answered_by_their_line(client, caller, line, field):
    listing = ListingFactory()
    lines = {"hours-TOTAL_FORMS": "1"} | {f"hours-0-{name}": value for name, value in line.items()}

    response = client.post(page_of(listing), result(listing, outcome="reached", read_back=["hours"], **lines))

    assert response.status_code == 422
    assert field in response.context["form"].hours.forms[0].errors


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["", "x", "99999999"])
def test_a_form_with_a_broken_count_of_lines_is_refused_and_not_an_error(client, caller, broken):
    listing = ListingFactory()

    values = result(listing, outcome="reached", read_back=["phone"], **{"hours-TOTAL_FORMS": broken})

    assert client.post(page_of(listing), values).status_code == 422


@pytest.mark.django_db
def test_a_call_that_took_too_long_can_still_be_recorded(client, caller):
    listing = ListingFactory(claimed_by=UserFactory(username="eva"), claimed_at=NOW)
    values = result(listing, outcome="no answer", note="Rang for long.")

    first = client.post(page_of(listing), values)
    second = client.post(page_of(listing), values | {"anyway": "on"})

    assert first.context["form"].errors == {"anyway": ["eva is calling this place now."]}
    assert "Rang for long." in first.content.decode()
    assert (second.status_code, Verification.objects.get().outcome) == (302, "no answer")


@pytest.mark.django_db
def test_a_question_about_a_listing_brings_it_into_the_queue_and_is_closed_there(client, caller):
    listing = ListingFactory(name="Casa")
    attempt(listing, "reached", ago(days=3))
    question = CallToMakeFactory(reason_en="Are these two places?")
    question.listings.add(listing)
    due = queue_in_words(client)

    page = client.get(page_of(listing)).content.decode()
    client.post(
        page_of(listing),
        result(listing, outcome="reached", read_back=["name"], **{f"doubt_{question.pk}": "One place."}),
    )

    question.refresh_from_db()
    assert due == ["Casa"]
    assert "Are these two places?" in page
    assert (question.note, question.done_at, question.done_by) == ("One place.", NOW, caller)


@pytest.mark.django_db
def test_a_question_without_a_listing_comes_after_the_listings_and_has_a_page_of_its_own(client, caller):
    question = CallToMakeFactory(organization="New clinic", phone="860-555-0100")

    first = client.post(f"{QUEUE}next/")
    empty = client.post(first["Location"], {"note": " "})
    done = client.post(first["Location"], {"note": "It is open.", "next": ""}, follow=True)

    assert first["Location"] == reverse("admin:resources_question", args=[question.pk])
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["note"])
    assert CallToMake.objects.values_list("note", "done_by").get() == ("It is open.", caller.pk)
    assert "Nothing is due. Thank you." in done.content.decode()


@pytest.mark.django_db
def test_who_may_not_record_a_call_sees_no_queue(client, caller):
    listing = ListingFactory()
    writer = UserFactory(language="en")
    writer.groups.add(Group.objects.get(name="writer"))
    client.force_login(writer)

    answers = {
        client.get(QUEUE).status_code,
        client.get(page_of(listing)).status_code,
        client.post(page_of(listing), result(listing, outcome="no answer")).status_code,
        client.post(f"{QUEUE}next/").status_code,
    }

    assert answers == {403}
    assert not Verification.objects.exists()


@pytest.mark.django_db
def test_the_home_page_of_the_admin_leads_to_the_queue(client, caller):
    ListingFactory()
    CallToMakeFactory()

    html = client.get("/admin/").content.decode()

    assert f'<a href="{QUEUE}"><strong class="waiting__count">2</strong> Calls to make</a>' in html


@pytest.mark.django_db
def test_two_wrong_numbers_tell_the_caller_what_follows(client, caller):
    listing = ListingFactory(codes=OFFICE)
    attempt(listing, "wrong number", ago(days=1))

    response = client.post(page_of(listing), result(listing, outcome="wrong number"), follow=True)

    assert "This place is off the list now." in response.content.decode()


@pytest.mark.django_db
def test_a_new_number_from_the_provider_is_called_before_it_is_shown(client, caller):
    listing = PhoneFactory(listing__name="New number").listing
    attempt(listing, "reached", ago(days=2), by=caller)
    change = {"listing": listing, "origin": Proposal.Origin.PROVIDER, "field": "phone", "made_at": ago(days=1)}
    Proposal.objects.create(after={"pk": None, "number": "860-555-0199", "extension": ""}, **change)

    assert queue_in_words(client) == ["New number"]
    assert "The provider said the number is now (860) 555-0199." in client.get(page_of(listing)).content.decode()

    attempt(listing, "reached", NOW, by=caller)

    assert queue_in_words(client) == []
