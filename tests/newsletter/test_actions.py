from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from newsletter import actions
from newsletter.models import Campaign, ConsentEvent, ConsentText, Delivery, IllegalMoveError, Subscriber, Suppression
from portal.lib import languages
from portal.reference.models import Department

from .factories import THEN, CampaignFactory, ConsentTextFactory, DeliveryFactory, SubscriberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department", "site")]


def test_who_never_confirmed_is_deleted_after_seven_days(fixed_day):
    at = timezone.now()
    old = SubscriberFactory(state="pending", requested_at=at - timedelta(days=7, seconds=1))
    ConsentEvent.objects.create(subscriber=old, kind="requested", at=old.requested_at, language="en")
    kept = [SubscriberFactory(state="pending", requested_at=at - timedelta(days=6)), SubscriberFactory()]

    counts = actions.purge(at=at)

    assert counts == (1, 0, 0)
    assert set(Subscriber.objects.all()) == set(kept)


def test_who_left_and_did_not_confirm_a_second_sign_up_has_left_as_before(fixed_day):
    at = timezone.now()
    SubscriberFactory(state="left", left_at=at - timedelta(days=20), email="ana@example.org")
    actions.subscribe(email="ana@example.org", language="en", consent_text=ConsentTextFactory(), at=at)

    actions.purge(at=at + timedelta(days=7, seconds=1))

    assert Subscriber.objects.get().state == "left"


def test_an_address_is_erased_28_days_after_leaving_and_a_hash_stays(fixed_day):
    at = timezone.now()
    gone = SubscriberFactory(state="left", left_at=at - timedelta(days=28, seconds=1), email="planted@example.org")
    copy = DeliveryFactory(subscriber=gone, campaign=CampaignFactory(state="finished"), state="sent", attempt=1,
                           marked_at=at, dated_at=at, done_at=at,
                           smtp_reply="2.1.5 <planted@example.org> is known")  # fmt: skip
    recent = SubscriberFactory(state="left", left_at=at - timedelta(days=27))
    digest = gone.email_hash

    counts = actions.purge(at=at)

    gone.refresh_from_db()
    copy.refresh_from_db()
    recent.refresh_from_db()
    assert counts == (0, 1, 0)
    assert (gone.state, gone.email, gone.email_norm, gone.email_hash) == ("erased", None, None, None)
    assert (copy.email_norm, copy.smtp_reply, recent.state) == (digest, "", "left")
    assert list(Suppression.objects.values_list("email_hash", "reason")) == [(digest, "left")]


def test_a_second_purge_finds_nothing(fixed_day):
    SubscriberFactory(state="left", left_at=timezone.now() - timedelta(days=30))
    actions.purge(at=timezone.now())

    assert actions.purge(at=timezone.now()) == (0, 0, 0)


def test_consent_events_are_never_changed():
    event = ConsentEvent.objects.create(subscriber=SubscriberFactory(), kind="requested", at=THEN, language="en")

    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentEvent.objects.filter(pk=event.pk).update(language="es")


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "unheard of"},
        {"state": "erased"},
        {"email": None},
        {"state": "left"},
        {"confirmed_at": None},
        {"state": "left", "left_at": THEN, "confirmation_due_at": THEN},
    ],
)
def test_the_database_refuses_a_subscriber_that_cannot_be(fields):
    subscriber = SubscriberFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.filter(pk=subscriber.pk).update(**fields)


@pytest.mark.parametrize(
    ("missing", "problem"),
    [
        ({"subject_en": ""}, "The subject is missing in this language: English."),
        ({"subject_es": None}, "The subject is missing in this language: Español."),
        ({"body_es": "<p> </p>"}, "The text is missing in this language: Español."),
        ({"body_en": "<p>" + "word " * 13000 + "</p>"}, "The text is too long in this language: English."),
        ({}, None),
    ],
)
def test_what_stands_against_a_start_is_said(missing, problem):
    found = [each.words for each in actions.problems(CampaignFactory(**missing))]

    assert found == ([problem] if problem else [])


def test_without_a_postal_address_nothing_starts():
    Department.objects.all().delete()
    campaign = CampaignFactory(state="preparing")

    actions.start(campaign=campaign, at=THEN)

    campaign.refresh_from_db()
    assert actions.problems(campaign) != []
    assert (campaign.state, Delivery.objects.count()) == ("held", 0)


def test_a_start_freezes_the_words_of_every_language():
    SubscriberFactory()
    campaign = CampaignFactory(state="preparing")

    actions.start(campaign=campaign, at=THEN)

    texts = {text.language: text for text in campaign.texts.all()}
    assert {code: text.subject for code, text in texts.items()} == {
        "en": "News of December",
        "es": "Noticias de diciembre",
    }
    assert "Abrió un lugar nuevo." in texts["es"].html
    assert "Abrió un lugar nuevo." in texts["es"].text
    assert {text.frozen_at for text in texts.values()} == {THEN}


def test_only_one_of_two_senders_starts_a_campaign():
    SubscriberFactory()
    campaign = CampaignFactory(state="preparing")
    seen_by_the_other = Campaign.objects.get()
    actions.start(campaign=campaign, at=THEN)

    with pytest.raises(IllegalMoveError):
        actions.start(campaign=seen_by_the_other, at=THEN)

    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("start_at", "state"), [(None, "preparing"), (THEN - timedelta(1), "preparing"), (THEN + timedelta(1), "scheduled")]
)
def test_a_campaign_begins_now_or_at_its_moment(start_at, state):
    campaign = CampaignFactory(start_at=start_at)

    actions.begin(campaign=campaign, at=THEN)

    assert campaign.state == state


def test_a_cancelled_campaign_sends_nobody_else_a_copy():
    campaign = CampaignFactory(state="running")
    DeliveryFactory(campaign=campaign)
    DeliveryFactory(campaign=campaign, state="retry")
    DeliveryFactory(campaign=campaign, state="claimed", worker=1)

    assert actions.cancel(campaign=campaign, at=THEN) == 2
    assert sorted(campaign.deliveries.values_list("state", flat=True)) == ["cancelled", "cancelled", "claimed"]


@pytest.mark.parametrize(("started_at", "state"), [(None, "draft"), (THEN, "running")])
def test_what_was_held_back_goes_on_where_it_stood(started_at, state):
    campaign = CampaignFactory(state="held", started_at=started_at)

    actions.resume(campaign=campaign)

    assert campaign.state == state


@pytest.mark.parametrize("origin", Campaign.State.values)
@pytest.mark.parametrize("target", Campaign.State.values)
def test_a_campaign_makes_legal_moves_only(origin, target):
    moments = {"start_at": THEN}
    if target in ("running", "paused", "finished"):
        moments |= {"started_at": THEN, "finished_at": THEN}
    campaign = CampaignFactory(state=origin, start_at=THEN)

    if target in Campaign.MOVES[origin]:
        campaign.move(target, **moments)
        assert campaign.state == target
    else:
        with pytest.raises(IllegalMoveError):
            campaign.move(target, **moments)
        assert campaign.state == origin


def test_a_test_goes_to_one_member_of_staff_in_every_language(sink):
    SubscriberFactory()

    actions.send_test(campaign=CampaignFactory(), email="editor@example.org", at=timezone.now())

    assert [message.recipient for message in sink.messages] == ["editor@example.org"] * 2
    assert all(b"[Test]" in message.data for message in sink.messages)
    assert Delivery.objects.count() == 0


def test_the_starter_consent_text_is_added_once():
    assert (actions.load_starter(), actions.load_starter()) == (5, 0)
    assert ConsentText.objects.current(timezone.now()).text_es.startswith("Sí, envíenme")


def test_a_starter_consent_text_that_was_deleted_stays_so():
    actions.load_starter()
    ConsentText.objects.all().delete()

    assert (actions.load_starter(), ConsentText.objects.count()) == (0, 0)


@pytest.mark.parametrize("column", languages.columns("text"))
@pytest.mark.parametrize("missing", [None, "", " \n"])
def test_the_database_refuses_a_consent_text_that_lacks_a_language(column, missing):
    text = ConsentTextFactory()

    with pytest.raises(IntegrityError, match=f"consenttext_{column}_is_written"), transaction.atomic():
        ConsentText.objects.filter(pk=text.pk).update(**{column: missing})
