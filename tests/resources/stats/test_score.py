"""Test that a sample is scored once, by somebody else than who checked the place, and published by itself."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts import roles
from resources.models import AccuracySample, Change, SampledListing
from resources.stats import score

from ..factories import ListingFactory, UserFactory, VerificationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]

STATED = ["name", "open", "phone", "hours", "services", "spanish"]
ALL_RIGHT = dict.fromkeys(STATED, True)


def make_sample(size=1, month=datetime.date(2026, 12, 1), stated=STATED, **columns):
    sample = AccuracySample.objects.create(month=month, seed="4f1c", drawn_at=timezone.now(), population=size)
    page = {"en": {field: ["words"] for field in stated}}
    for position in range(1, size + 1):
        SampledListing.objects.create(sample=sample, listing=ListingFactory(), position=position, shown=page, **columns)
    return sample


def record(row, **wrong):
    answers = ALL_RIGHT | dict.fromkeys(wrong, False)
    score.record_score(row=row, answers=answers, by=UserFactory(), at=timezone.now())
    return row


def scores(row):
    row.refresh_from_db()
    return row.is_functional, row.is_exact, row.is_spanish_right


# What is right


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ([], (True, True, True)),
        (["hours"], (True, False, True)),
        (["name"], (True, False, True)),
        (["phone"], (False, False, True)),
        (["open"], (False, False, True)),
        (["services"], (False, False, True)),
        (["spanish"], (True, False, False)),
    ],
)
def test_functional_needs_what_starts_care_and_exact_needs_everything(wrong, expected):
    row = make_sample().listings.get()

    record(row, **dict.fromkeys(wrong))

    assert scores(row) == expected
    assert row.answers == ALL_RIGHT | dict.fromkeys(wrong, False)


def test_what_the_page_does_not_state_is_not_scored():
    row = make_sample(stated=["name", "open", "phone"]).listings.get()

    record(row)

    assert (scores(row), row.answers) == ((True, True, None), {"name": True, "open": True, "phone": True})


# Who, and how often


def test_who_checked_a_place_last_never_scores_it():
    sample = make_sample()
    row, verifier, other = sample.listings.get(), UserFactory(), UserFactory()
    VerificationFactory(listing=row.listing, by=other, at=timezone.now() - datetime.timedelta(days=9))
    VerificationFactory(listing=row.listing, by=verifier, at=timezone.now() - datetime.timedelta(days=2))

    for write in (score.record_score, score.record_try):
        extra = {"answers": ALL_RIGHT} if write is score.record_score else {}
        with pytest.raises(score.NotAllowedError):
            write(row=row, by=verifier, at=timezone.now(), **extra)

    assert score.next_for(sample, verifier, timezone.now()) is None
    assert score.next_for(sample, other, timezone.now()) == row


def test_not_reached_on_three_different_days_counts_as_wrong(fixed_day):
    row, by = make_sample().listings.get(), UserFactory()

    score.record_try(row=row, by=by, at=timezone.now())
    with pytest.raises(score.NotAllowedError):
        score.record_try(row=row, by=by, at=timezone.now() + datetime.timedelta(hours=5))
    fixed_day.shift(datetime.timedelta(days=1))
    score.record_try(row=row, by=by, at=timezone.now())
    assert scores(row) == (None, None, None)
    fixed_day.shift(datetime.timedelta(days=1))
    score.record_try(row=row, by=by, at=timezone.now())

    assert scores(row) == (False, False, None)
    assert (row.tries, row.scored_by, row.answers) == (3, by, {})


def test_a_place_tried_today_waits_until_tomorrow(fixed_day):
    sample, by = make_sample(size=2), UserFactory()
    first, second = sample.listings.order_by("position")
    score.record_try(row=first, by=by, at=timezone.now())

    assert score.next_for(sample, by, timezone.now()) == second
    record(second)
    assert score.next_for(sample, by, timezone.now()) is None
    fixed_day.shift(datetime.timedelta(days=1))
    assert score.next_for(sample, by, timezone.now()) == first


# Once


def test_a_score_is_written_once():
    row = make_sample().listings.get()
    record(row)

    with pytest.raises(score.NotAllowedError):
        record(row, phone=False)
    with pytest.raises(score.NotAllowedError):
        score.record_try(row=row, by=UserFactory(), at=timezone.now())

    assert scores(row) == (True, True, True)


def test_a_corrected_score_leaves_the_first_one_in_the_history():
    row, by = record(make_sample().listings.get()), UserFactory()

    with pytest.raises(score.NotAllowedError):
        score.correct_score(row=row, answers=ALL_RIGHT, why=" ", by=by, at=timezone.now())
    wrong = ALL_RIGHT | {"phone": False}
    score.correct_score(row=row, answers=wrong, why="Wrong box", by=by, at=timezone.now())

    assert scores(row) == (False, False, True)
    change = Change.objects.get()
    assert (change.listing, change.field, change.before, change.after, change.why, change.by) == (
        row.listing,
        "score 2026-12",
        ALL_RIGHT,
        wrong,
        "Wrong box",
        by,
    )


@pytest.mark.parametrize("columns", [{"is_functional": False, "is_exact": True}, {"is_functional": True}, {"tries": 1}])
def test_the_database_refuses_half_a_score(columns):
    row = make_sample().listings.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        SampledListing.objects.filter(pk=row.pk).update(**columns)


def test_a_sample_is_published_with_its_last_score_and_not_before():
    sample = make_sample(size=2)
    first, second = sample.listings.order_by("position")

    record(first, phone=False)
    sample.refresh_from_db()
    assert sample.published_at is None
    record(second)
    sample.refresh_from_db()

    assert sample.published_at == timezone.now()


# The screens


@pytest.fixture
def caller(client):
    roles.sync()
    user = UserFactory(language="en")
    user.groups.add(Group.objects.get(name="directory caller"))
    client.force_login(user)
    return user


def post(client, row, **answers):
    sent = {"outcome": "reached", **dict.fromkeys(STATED, "right"), **answers}
    return client.post(f"/admin/resources/accuracysample/score/{row.pk}/", sent)


def test_a_caller_scores_one_place_after_the_other(client, caller):
    sample = make_sample(size=2)
    first, second = sample.listings.order_by("position")

    start = client.get(f"/admin/resources/accuracysample/sample/{sample.pk}/next/")
    page = client.get(start["Location"])
    answer = post(client, first, hours="wrong")

    assert start["Location"] == f"/admin/resources/accuracysample/score/{first.pk}/"
    assert "words" in page.content.decode()
    assert client.get(answer["Location"])["Location"] == f"/admin/resources/accuracysample/score/{second.pk}/"
    assert scores(first) == (True, False, True)
    assert first.scored_by == caller


def test_a_field_left_out_comes_back_with_its_error(client, caller):
    row = make_sample().listings.get()

    response = post(client, row, hours="")

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["hours"])
    assert scores(row) == (None, None, None)


def test_nobody_reached_needs_no_answers(client, caller):
    row = make_sample().listings.get()

    post(client, row, outcome="nobody", **dict.fromkeys(STATED, ""))

    row.refresh_from_db()
    assert (row.tries, row.tried_on, row.scored_at) == (1, datetime.date(2026, 12, 1), None)


def test_the_last_verifier_is_turned_away_by_the_screen(client, caller):
    row = make_sample().listings.get()
    VerificationFactory(listing=row.listing, by=caller)

    page = client.get(f"/admin/resources/accuracysample/score/{row.pk}/").content.decode()
    post(client, row)

    assert "somebody else must score it" in page
    assert scores(row) == (None, None, None)


def test_only_a_publisher_corrects_a_score_and_only_with_a_reason(client, caller):
    row = record(make_sample().listings.get())
    address = f"/admin/resources/accuracysample/score/{row.pk}/correct/"
    sent = {"outcome": "reached", **dict.fromkeys(STATED, "right"), "phone": "wrong", "why": "Wrong box"}
    assert client.post(address, sent).status_code == 403

    client.force_login(get_user_model().objects.create_superuser("admin", language="en"))
    refused = client.post(address, sent | {"why": ""})
    client.post(address, sent)

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["why"])
    assert scores(row) == (False, False, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_a_sample_does_not_grow_in_queries(client, caller, django_assert_max_num_queries, count):
    sample = make_sample(size=count)

    with django_assert_max_num_queries(8):
        response = client.get(f"/admin/resources/accuracysample/sample/{sample.pk}/")

    assert len(response.context["rows"]) == count


def test_a_sample_can_be_neither_added_nor_changed_nor_deleted_by_hand(client):
    client.force_login(get_user_model().objects.create_superuser("admin", language="en"))
    sample = make_sample()

    assert client.get("/admin/resources/accuracysample/").status_code == 200
    assert client.get("/admin/resources/accuracysample/add/").status_code == 403
    assert client.post(f"/admin/resources/accuracysample/{sample.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"/admin/resources/accuracysample/{sample.pk}/change/")["Location"] == (
        f"/admin/resources/accuracysample/sample/{sample.pk}/"
    )
