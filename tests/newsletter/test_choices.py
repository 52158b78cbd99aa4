"""Test that readers choose what comes and how often, see all that is kept, and can have it erased."""

import datetime
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from newsletter import actions, tokens
from newsletter.actions.recipients import recipients, topics_by_reader
from newsletter.models import ConsentEvent, Delivery, Subscriber, Subscription, Suppression

from .factories import CampaignFactory, DeliveryFactory, SubscriberFactory, TopicFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]


def link(name, reader, language="en"):
    with override(language):
        return f"{reverse(f'newsletter:{name}')}?k={tokens.preferences_token(reader.pk)}"


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def places():
    return TopicFactory(key="places", name_en="Places", name_es="Lugares")


@pytest.fixture
def alerts():
    return TopicFactory(key="alerts", name_en="Alerts", name_es="Avisos", is_urgent=True)


def choose(reader, *topics, frequency="at once", language="en"):
    return actions.choose(
        subscriber_id=reader.pk, language=language, frequency=frequency, topics=topics, at=timezone.now()
    )


def test_a_reader_chooses_topics_and_frequency_by_the_page(client, places, alerts):
    reader = SubscriberFactory()
    choose(reader, alerts)

    sent = {"language": "es", "frequency": "weekly", "topics": ["places"]}
    response = client.post(link("preferences", reader), sent)

    reader.refresh_from_db()
    page = client.get(response["Location"]).content.decode()
    assert (reader.frequency, reader.language, actions.wanted(reader)) == ("weekly", "es", [places])
    assert "Your choice is saved." in page
    assert list(reader.consent_events.order_by("pk").values_list("kind", flat=True))[-2:] == ["language", "choices"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"topics": []}, "Choose at least one topic."),
        ({"topics": ["nothing"]}, "Choose at least one topic."),
        ({"topics": ["\x00"]}, "Null characters are not allowed."),
        ({"frequency": "hourly"}, "Choose how often."),
        ({"frequency": ""}, "Choose how often."),
    ],
)
def test_a_wrong_choice_is_said_by_its_field_and_changes_nothing(client, places, changes, words):
    reader = SubscriberFactory()
    choose(reader, places)

    sent = {"language": "en", "frequency": "daily", "topics": ["places"], **changes}
    response = client.post(link("preferences", reader), sent)

    reader.refresh_from_db()
    assert (response.status_code, words in response.content.decode()) == (422, True)
    assert (reader.frequency, actions.wanted(reader)) == ("at once", [places])


def test_wishes_stand_under_a_key_that_is_not_the_readers_number(places):
    reader = SubscriberFactory()
    choose(reader, places)

    wish = Subscription.objects.get()

    assert wish.reader_key == tokens.reader_key(reader.pk)
    assert wish.reader_key not in (str(reader.pk), reader.email_hash)
    assert [field.name for field in Subscription._meta.get_fields()] == ["id", "reader_key", "topic", "started_on"]


def test_the_database_keeps_a_wish_once(places):
    Subscription.objects.create(reader_key="a", topic=places, started_on="2026-11-20")

    with pytest.raises(IntegrityError, match="subscription_topic_once_a_reader"), transaction.atomic():
        Subscription.objects.create(reader_key="a", topic=places, started_on="2026-11-21")


def test_an_edition_goes_at_once_to_those_who_want_that_and_its_topic(places, alerts):
    at_once, weekly, other = SubscriberFactory(), SubscriberFactory(frequency="weekly"), SubscriberFactory()
    for reader in (at_once, weekly):
        choose(reader, places, alerts, frequency=reader.frequency)
    choose(other, alerts)

    edition, alert, all_readers = (
        [number for number, _mix in recipients(CampaignFactory(kind=kind, topic=topic))]
        for kind, topic in [("edition", places), ("urgent", alerts), ("edition", None)]
    )

    assert edition == [at_once.pk]
    assert alert == [at_once.pk, weekly.pk, other.pk]
    assert all_readers == [at_once.pk, other.pk]


def test_the_readers_of_a_digest_come_with_their_topics(places, alerts):
    both, none = SubscriberFactory(frequency="weekly"), SubscriberFactory(frequency="weekly")
    SubscriberFactory()
    choose(both, places, alerts, frequency="weekly")

    assert list(topics_by_reader("weekly")) == [(both.pk, {places.pk, alerts.pk}), (none.pk, set())]


@pytest.mark.parametrize(("language", "words"), [("en", "What we know about you"), ("es", "Lo que sabemos de usted")])
def test_a_reader_sees_all_that_is_kept(client, places, language, words):
    reader = SubscriberFactory(email="Ana@example.org")
    choose(reader, places)
    ConsentEvent.objects.create(subscriber=reader, kind="confirmed", at=timezone.now(), language="en")
    DeliveryFactory(subscriber=reader)

    page = client.get(link("about-me", reader, language))

    said = page.content.decode()
    assert [text in said for text in (words, "Ana@example.org", "Places" if language == "en" else "Lugares")] == [
        True
    ] * 3
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("private, no-store", "noindex")


def test_a_reader_from_another_list_sees_the_day_of_consent_and_its_proof(client):
    reader = SubscriberFactory()
    ConsentEvent.objects.create(
        subscriber=reader,
        kind="imported",
        at=timezone.now(),
        language="en",
        consented_on=datetime.date(2026, 1, 5),
        proof="paper form <7>, health fair",
    )

    said = client.get(link("about-me", reader)).content.decode()

    assert "You agreed on January 5, 2026." in said
    assert "Where that can be looked up: paper form &lt;7&gt;, health fair" in said


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_what_is_kept_asks_as_often_however_much_there_is(client, django_assert_num_queries, count):
    reader = SubscriberFactory()
    DeliveryFactory.create_batch(count, subscriber=reader)
    for _turn in range(count):
        ConsentEvent.objects.create(subscriber=reader, kind="confirmed", at=timezone.now(), language="en")
        choose(reader, *[TopicFactory() for _topic in range(count)])

    with django_assert_num_queries(7):
        client.get(link("about-me", reader))


def test_looking_erases_nothing_and_the_button_erases_at_once(client, places):
    reader = SubscriberFactory()
    choose(reader, places)
    digest = reader.email_hash

    looked = client.get(link("erase", reader))
    before = Subscriber.objects.get(pk=reader.pk).state
    pressed = client.post(link("erase", reader))

    reader.refresh_from_db()
    assert (looked.status_code, before, pressed.status_code) == (200, "confirmed", 200)
    assert (reader.state, reader.email, reader.email_hash) == ("erased", None, None)
    assert Subscription.objects.count() == 0
    assert list(Suppression.objects.values_list("email_hash", "reason")) == [(digest, "left")]
    assert client.get(link("about-me", reader)).status_code == 410


@pytest.mark.parametrize("name", ["about-me", "erase", "preferences"])
@pytest.mark.parametrize("key", ["", "x", "1.abc", "\x00", "9" * 5000])
def test_a_link_that_is_not_ours_opens_nothing(client, name, key):
    response = client.get(reverse(f"newsletter:{name}"), {"k": key})

    assert response.status_code == 400


def test_wishes_go_with_a_reader_who_never_confirmed(places):
    at = timezone.now()
    gone = SubscriberFactory(state="pending", requested_at=at - timedelta(days=8))
    kept = SubscriberFactory()
    actions.readers._want(gone, [places], at)
    choose(kept, places)

    actions.purge(at=at)

    assert [row.reader_key for row in Subscription.objects.all()] == [tokens.reader_key(kept.pk)]


def test_after_90_days_nobody_knows_who_got_what_and_the_counts_stay():
    at = timezone.now()
    ended = {"state": "sent", "attempt": 1, "marked_at": at, "dated_at": at, "smtp_reply": "ok"}
    old = DeliveryFactory(**ended, done_at=at - timedelta(days=90, seconds=1))
    young = DeliveryFactory(**ended, done_at=at - timedelta(days=89))

    counts = [actions.purge(at=at), actions.purge(at=at)]

    old.refresh_from_db()
    young.refresh_from_db()
    assert counts == [(0, 0, 1), (0, 0, 0)]
    assert (old.subscriber, old.email_norm, old.smtp_reply, old.state) == (None, str(old.pk), "", "sent")
    assert young.subscriber is not None


def test_the_database_forgets_nobody_who_still_waits():
    waiting = DeliveryFactory()

    with pytest.raises(IntegrityError, match="delivery_forgotten_only_after_its_end"), transaction.atomic():
        Delivery.objects.filter(pk=waiting.pk).update(subscriber=None)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_archive_has_a_feed_without_anybodys_links(client, language):
    CampaignFactory(state="finished")
    CampaignFactory(subject_en="Draft", subject_es="Borrador")

    with override(language):
        feed = client.get(reverse("newsletter:feed")).content.decode()

    assert feed.count("<entry>") == 1
    assert "?k=" not in feed
