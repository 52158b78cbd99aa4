"""Each step of the protocol, and what is found after a death at each point (the crash table of the design)."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from newsletter import actions, tokens
from newsletter.actions.recipients import recipients
from newsletter.delivery import outbox
from newsletter.delivery.journal import Journal
from newsletter.models import Campaign, Delivery, Suppression
from portal.lib.mail import RefusedError

from .factories import CampaignFactory, DeliveryFactory, SubscriberFactory
from .waiting import until_only_we_live

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("var_dir")]


def in_a_process_that_dies(steps):
    """Run steps on a connection of their own and lose it without a word, as a killed sender does."""
    failures = []

    def live_and_die():
        try:
            steps()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=live_and_die)
    thread.start()
    thread.join(20)
    until_only_we_live()
    if failures:
        raise failures[0]


def now():
    return timezone.now()


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state, delivery.worker


def test_two_senders_never_claim_the_same_row():
    DeliveryFactory.create_batch(30)
    first, second = outbox.enlist(), outbox.enlist()

    claimed = [{row.id for row in outbox.claim(worker=worker, at=now(), limit=20)} for worker in (first, second)]

    assert [len(ids) for ids in claimed] == [20, 10]
    assert claimed[0] & claimed[1] == set()


def test_nothing_is_claimed_of_a_paused_campaign_or_before_its_time():
    DeliveryFactory(campaign=CampaignFactory(state="paused"))
    DeliveryFactory(next_at=now() + timedelta(minutes=5))
    due = DeliveryFactory(next_at=now() - timedelta(minutes=5))

    assert [row.id for row in outbox.claim(worker=outbox.enlist(), at=now())] == [due.pk]


def test_a_sender_that_dies_after_the_claim_sent_nothing_and_its_row_waits_again():
    delivery = DeliveryFactory()
    in_a_process_that_dies(lambda: outbox.claim(worker=outbox.enlist(), at=now()))

    outbox.reap(own=None, at=now())

    assert state_of(delivery) == ("queued", None)


def test_a_sender_that_dies_after_the_mark_leaves_an_uncertain_row_that_nobody_claims():
    delivery = DeliveryFactory()

    def claim_and_mark():
        worker = outbox.enlist()
        [row] = outbox.claim(worker=worker, at=now())
        outbox.mark(row=row, worker=worker, at=now())

    in_a_process_that_dies(claim_and_mark)
    outbox.reap(own=None, at=now())

    assert state_of(delivery) == ("uncertain", None)
    assert outbox.claim(worker=outbox.enlist(), at=now() + timedelta(days=9)) == []


def test_a_sender_that_dies_after_its_journal_leaves_a_sent_row():
    delivery = DeliveryFactory()

    def up_to_the_journal():
        worker = outbox.enlist()
        [row] = outbox.claim(worker=worker, at=now())
        marked = outbox.mark(row=row, worker=worker, at=now())
        journal = Journal(worker)
        journal.note(row.id, marked.attempt, 250, "queued as 4711")
        journal.close()

    in_a_process_that_dies(up_to_the_journal)
    outbox.reap(own=None, at=now())

    assert state_of(delivery) == ("sent", None)
    assert (delivery.smtp_code, delivery.smtp_reply) == (250, "queued as 4711")


def test_a_torn_last_line_of_the_journal_is_not_believed():
    delivery = DeliveryFactory()

    def up_to_half_a_line():
        worker = outbox.enlist()
        [row] = outbox.claim(worker=worker, at=now())
        outbox.mark(row=row, worker=worker, at=now())
        journal = Journal(worker)
        journal.file.write(f"{row.id} 1 2".encode())
        journal.close()

    in_a_process_that_dies(up_to_half_a_line)
    outbox.reap(own=None, at=now())

    assert state_of(delivery) == ("uncertain", None)


def test_a_damaged_journal_keeps_nobody_from_taking_over(var_dir):
    lost, kept = DeliveryFactory(), DeliveryFactory()
    taken = []

    def up_to_the_journal():
        worker = outbox.enlist()
        taken.append(worker)
        for row in outbox.claim(worker=worker, at=now()):
            outbox.mark(row=row, worker=worker, at=now())

    in_a_process_that_dies(up_to_the_journal)
    path = var_dir / "newsletter" / "outcomes" / f"{taken[0]}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x00\x00\n\xff x y\n\n%s 1 250 ok\x00\n%s 1" % (str(kept.pk).encode(), str(lost.pk).encode()))
    outbox.reap(own=None, at=now())

    assert [state_of(row)[0] for row in (kept, lost)] == ["sent", "uncertain"]


def test_a_journal_found_later_settles_what_another_machine_called_uncertain(var_dir):
    delivery = DeliveryFactory(state="uncertain", attempt=1, marked_at=now(), dated_at=now(), done_at=now())
    journal = Journal(99)
    journal.note(delivery.pk, 1, 250, "ok")
    journal.close()

    outbox.reap(own=None, at=now())

    assert state_of(delivery) == ("sent", None)
    assert list((var_dir / "newsletter" / "outcomes").iterdir()) == []


def test_a_living_sender_keeps_its_rows():
    delivery = DeliveryFactory()
    worker = outbox.enlist()
    outbox.claim(worker=worker, at=now())

    in_a_process_that_dies(lambda: outbox.reap(own=None, at=now()))

    assert state_of(delivery) == ("claimed", worker)


def test_a_sender_whose_row_was_taken_away_cannot_mark_it():
    delivery = DeliveryFactory()
    worker = outbox.enlist()
    [row] = outbox.claim(worker=worker, at=now())
    Delivery.objects.filter(pk=delivery.pk).update(state="queued", worker=None)

    assert outbox.mark(row=row, worker=worker, at=now()) is None
    assert state_of(delivery) == ("queued", None)


@pytest.mark.parametrize(
    ("what_happens", "state"),
    [
        (lambda row: actions.leave(subscriber_id=row.subscriber_id, how="left by one click", at=now()), "skipped"),
        (
            lambda row: Suppression.objects.create(
                email_hash=tokens.address_hash(row.email.lower()), reason="complained", at=now()
            ),
            "skipped",
        ),
        (lambda row: Campaign.objects.get(pk=row.campaign_id).move("paused"), "queued"),
        (lambda row: actions.cancel(campaign=Campaign.objects.get(pk=row.campaign_id), at=now()), "cancelled"),
    ],
    ids=["left", "suppressed", "paused", "cancelled"],
)
def test_up_to_the_mark_a_copy_can_still_be_stopped(what_happens, state):
    delivery = DeliveryFactory()
    worker = outbox.enlist()
    [row] = outbox.claim(worker=worker, at=now())
    what_happens(row)

    assert outbox.mark(row=row, worker=worker, at=now()) is None
    outbox.give_back(worker=worker, at=now(), row=row)

    assert state_of(delivery) == (state, None)


def test_giving_back_one_row_leaves_the_others():
    DeliveryFactory.create_batch(3)
    worker = outbox.enlist()
    rows = outbox.claim(worker=worker, at=now())

    outbox.give_back(worker=worker, at=now(), row=rows[0])

    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["claimed", "claimed", "queued"]


def test_the_mark_of_one_message_brings_the_answer_to_the_one_before():
    DeliveryFactory.create_batch(2)
    worker, at = outbox.enlist(), now()
    first, second = outbox.claim(worker=worker, at=at)
    marked = outbox.mark(row=first, worker=worker, at=at)
    answer = outbox.Answer(first.id, marked.attempt, 250, "queued as 4711", at)

    outbox.mark(row=second, worker=worker, at=at, before=answer)

    rows = Delivery.objects.order_by("pk").values_list("pk", "state", "smtp_code", "smtp_reply", "done_at")
    assert set(rows) == {(first.id, "sent", 250, "queued as 4711", at), (second.id, "sending", None, "", None)}


def test_the_answer_to_the_message_before_counts_though_the_next_must_not_leave():
    DeliveryFactory.create_batch(2)
    worker, at = outbox.enlist(), now()
    first, second = outbox.claim(worker=worker, at=at)
    marked = outbox.mark(row=first, worker=worker, at=at)
    actions.leave(subscriber_id=second.subscriber_id, how="left by one click", at=at)

    refused = outbox.mark(
        row=second, worker=worker, at=at, before=outbox.Answer(first.id, marked.attempt, 250, "ok", at)
    )

    assert refused is None
    assert set(Delivery.objects.values_list("pk", "state")) == {(first.id, "sent"), (second.id, "claimed")}


def test_a_second_row_for_an_address_starts_nothing():
    reader, other = SubscriberFactory(), SubscriberFactory()
    campaign = CampaignFactory(state="running")
    DeliveryFactory(campaign=campaign, subscriber=other, email_norm=reader.email_norm)

    with pytest.raises(IntegrityError):
        outbox.enqueue(campaign=campaign, recipients=[(reader.pk, "")], domain="example.org", at=now())

    assert campaign.deliveries.count() == 1


def test_the_date_of_the_first_mark_stays_and_attempts_count():
    DeliveryFactory()
    worker = outbox.enlist()
    first, later = now(), now() + timedelta(hours=1)
    [row] = outbox.claim(worker=worker, at=first)
    marked = outbox.mark(row=row, worker=worker, at=first)
    outbox.refused_after_mark(row=row, attempt=marked.attempt, error=RefusedError(451, "later"), at=first)
    [again] = outbox.claim(worker=worker, at=later)

    second = outbox.mark(row=again, worker=worker, at=later)

    assert (marked.attempt, second.attempt) == (1, 2)
    assert second.dated_at == marked.dated_at == first


@pytest.mark.parametrize(("attempt", "minutes"), [(0, 5), (1, 15), (2, 60), (3, 240), (4, 720), (5, 720)])
def test_a_temporary_refusal_waits_longer_each_time(attempt, minutes):
    at = now()
    delivery = DeliveryFactory(attempt=attempt, created_at=at)
    worker = outbox.enlist()
    [row] = outbox.claim(worker=worker, at=at)

    outbox.refused(row=row, error=RefusedError(451, "later"), worker=worker, at=at)

    delivery.refresh_from_db()
    waits = (delivery.next_at - at).total_seconds() / 60
    assert delivery.state == "retry"
    assert 0.8 * minutes <= waits <= 1.2 * minutes


def test_after_five_days_a_temporary_refusal_is_final():
    at = now()
    delivery = DeliveryFactory(created_at=at - timedelta(days=5))
    worker = outbox.enlist()
    [row] = outbox.claim(worker=worker, at=at)

    outbox.refused(row=row, error=RefusedError(451, "later"), worker=worker, at=at)

    assert state_of(delivery) == ("failed", None)


def test_an_answer_to_an_earlier_attempt_changes_nothing():
    delivery = DeliveryFactory(state="sending", worker=7, attempt=2, marked_at=now(), dated_at=now())

    outbox.accepted(outbox.Answer(delivery.pk, 1, 250, "", now()))

    assert state_of(delivery) == ("sending", 7)


def test_a_row_is_made_for_each_reader_once():
    english, spanish = SubscriberFactory(), SubscriberFactory(language="es")
    suppressed = SubscriberFactory()
    SubscriberFactory(state="pending")
    Suppression.objects.create(email_hash=suppressed.email_hash, reason="bounced", at=now())
    campaign = CampaignFactory(state="running")

    counts = outbox.enqueue(campaign=campaign, recipients=recipients(campaign), domain="example.org", at=now())

    rows = set(campaign.deliveries.values_list("subscriber_id", "email_norm", "language", "state"))
    assert counts == (2, 1)
    assert rows == {
        (english.pk, english.email_norm, "en", "queued"),
        (spanish.pk, spanish.email_norm, "es", "queued"),
    }
    assert {row.message_id for row in campaign.deliveries.all()} == {
        f"<{row.pk}@example.org>" for row in campaign.deliveries.all()
    }


def test_a_campaign_ends_when_nothing_waits_and_not_before():
    done = DeliveryFactory(state="skipped", done_at=now()).campaign
    waiting = DeliveryFactory(state="retry").campaign

    outbox.finish(at=now())

    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.state, waiting.state) == ("finished", "running")


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "unheard of"},
        {"state": "claimed"},
        {"state": "queued", "worker": 1},
        {"state": "sending", "worker": 1},
        {"state": "sent", "done_at": timezone.now()},
        {"state": "failed"},
    ],
)
def test_the_database_refuses_a_row_that_cannot_be(fields):
    delivery = DeliveryFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(**fields)


def test_the_database_refuses_a_second_copy_for_a_person_and_for_an_address():
    delivery = DeliveryFactory()

    for fields in (
        {"subscriber": delivery.subscriber, "email_norm": "other@example.org"},
        {"subscriber": SubscriberFactory(), "email_norm": delivery.email_norm},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeliveryFactory(campaign=delivery.campaign, **fields)


def test_every_move_of_a_row_is_on_the_list_of_legal_moves():
    """The statements name the states they start from and the states they lead to."""
    state = Delivery.State
    made = {
        state.QUEUED: {state.CLAIMED},
        state.RETRY: {state.CLAIMED},
        state.CLAIMED: {state.SENDING, state.QUEUED, state.SKIPPED, state.CANCELLED, state.RETRY, state.FAILED},
        state.SENDING: {state.SENT, state.RETRY, state.FAILED, state.UNCERTAIN},
        state.UNCERTAIN: {state.SENT, state.RETRY, state.FAILED},
    }

    assert all(targets <= Delivery.MOVES[origin] for origin, targets in made.items())
    assert set(Delivery.MOVES) == set(state)
