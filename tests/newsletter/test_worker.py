"""The sender, end to end against a mail server."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from newsletter import actions, render
from newsletter.delivery import errands, outbox, worker
from newsletter.models import Campaign
from portal.lib import mail

from .factories import CampaignFactory, SubscriberFactory
from .sink import Session
from .waiting import until, until_only_we_live

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("department")]


def run(workers=2):
    return worker.run(workers=workers, forever=False, stop=threading.Event())


def begun(**fields):
    campaign = CampaignFactory(**fields)
    actions.begin(campaign=campaign, at=timezone.now())
    return campaign


def states(campaign):
    return Counter(campaign.deliveries.values_list("state", flat=True))


def test_everybody_gets_it_once_with_two_workers(sink):
    readers = SubscriberFactory.create_batch(300)
    SubscriberFactory(state="pending")
    SubscriberFactory(state="left")
    campaign = begun()

    sent = run(workers=2)

    campaign.refresh_from_db()
    assert sent == 300
    assert sorted(message.recipient for message in sink.messages) == sorted(reader.email for reader in readers)
    assert states(campaign) == {"sent": 300}
    assert (campaign.state, campaign.recipient_count, campaign.excluded_count) == ("finished", 300, 0)


def test_each_language_gets_its_own_text(sink):
    english, spanish = SubscriberFactory(), SubscriberFactory(language="es")
    begun()

    run()

    subjects = {message.recipient: b"Noticias de diciembre" in message.data for message in sink.messages}
    assert subjects == {english.email: False, spanish.email: True}


@pytest.mark.parametrize(
    ("verb", "answer", "state", "code", "arrived"),
    [
        ("RCPT", "550 no such person", "failed", 550, 0),
        ("RCPT", "451 greylisted", "retry", 451, 0),
        ("MAIL", "452 full", "retry", 452, 0),
        ("DATA", "554 no", "failed", 554, 0),
        (".", "554 spam", "failed", 554, 0),
        (".", "451 later", "retry", 451, 0),
        (".", "421 going down", "retry", 421, 0),
        (".", "drop", "uncertain", None, 0),
        (".", "accept and drop", "uncertain", None, 1),
        (".", "garbage", "uncertain", None, 0),
        (".", "long", "uncertain", None, 0),
    ],
)
def test_each_answer_leads_to_its_state(sink, verb, answer, state, code, arrived):
    SubscriberFactory()
    campaign = begun()
    sink.once(verb, answer)

    run(workers=1)

    delivery = campaign.deliveries.get()
    assert (delivery.state, delivery.smtp_code, len(sink.messages)) == (state, code, arrived)


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("CONNECT", "554 go away"),
        ("EHLO", "drop"),
        ("MAIL", "530 sign in first"),
        ("MAIL", "421 going down"),
        ("MAIL", "garbage"),
        ("RCPT", "drop"),
        ("DATA", "drop"),
        ("DATA", "250 what"),
    ],
)
def test_a_server_that_does_not_work_costs_nobody_a_copy(sink, verb, answer):
    SubscriberFactory.create_batch(2)
    campaign = begun()
    sink.once(verb, answer)

    with pytest.raises(mail.UnreachableError):
        run(workers=1)
    assert states(campaign) == {"queued": 2}

    run(workers=1)
    assert states(campaign) == {"sent": 2}
    assert len({message.message_id for message in sink.messages}) == len(sink.messages) == 2


def test_nothing_listens_on_the_port(settings, var_dir, site):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    SubscriberFactory()
    campaign = begun()

    with pytest.raises(mail.UnreachableError):
        run(workers=1)

    assert states(campaign) == {"queued": 1}


def test_a_retry_is_the_same_message(sink):
    SubscriberFactory()
    campaign = begun()
    sink.once(".", "451 later")
    seen = []
    sink.answer = _recorded(seen, sink.answer)
    run(workers=1)
    campaign.deliveries.update(next_at=timezone.now())

    run(workers=1)

    first, second = seen
    assert first == second
    assert campaign.deliveries.get().attempt == 2


def _recorded(seen, answer):
    """Note what stands behind each final dot, whatever the server says to it."""
    before = Session._message

    def noting(session, data):
        seen.append(data)
        before(session, data)

    Session._message = noting
    return answer


@pytest.fixture(autouse=True)
def _unrecorded():
    before = Session._message
    yield
    Session._message = before


@pytest.mark.parametrize(("step", "call"), [("mark", 2), ("accepted", 1)])
def test_the_database_dies_between_the_answer_and_the_commit(sink, monkeypatch, step, call):
    SubscriberFactory.create_batch(3)
    campaign = begun()
    errands.start_due(at=timezone.now())
    real, calls = getattr(outbox, step), []

    def dies_once(*args, **kwargs):
        calls.append(step)
        if len(calls) == call:
            connection.connection.close()
        return real(*args, **kwargs)

    monkeypatch.setattr(outbox, step, dies_once)
    stop = threading.Event()
    monkeypatch.setattr(worker, "IDLE", 0.01)
    values = {"workers": 1, "forever": True, "stop": stop}
    thread = threading.Thread(target=worker.run, kwargs=values, daemon=True)
    thread.start()
    try:
        until(lambda: states(campaign) == {"sent": 3})
    finally:
        stop.set()
        thread.join(20)

    assert len(sink.messages) == len({message.message_id for message in sink.messages}) == 3


@pytest.mark.parametrize(("step", "call"), [("mark", 3), ("places", 3), ("send_message", 3), ("accepted", 1)])
def test_a_death_at_any_step_sends_nobody_two_copies(sink, monkeypatch, step, call):
    """The sender's thread dies like a killed process: its connection is lost and nothing is tidied up."""
    SubscriberFactory.create_batch(5)
    campaign = begun()
    errands.start_due(at=timezone.now())
    place = {"mark": outbox, "places": render, "send_message": mail.SmtpChannel, "accepted": outbox}[step]
    real, calls = getattr(place, step), []

    def deadly(*args, **kwargs):
        calls.append(step)
        if len(calls) == call:
            raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(place, step, deadly)
    with pytest.raises(Killed):
        worker.Sender(stop=threading.Event(), forever=False).run()
    monkeypatch.undo()
    until_only_we_live()
    run(workers=1)

    ids = [message.message_id for message in sink.messages]
    sent = set(campaign.deliveries.filter(state="sent").values_list("message_id", flat=True))
    assert len(ids) == len(set(ids))
    assert sent <= set(ids)
    assert states(campaign) in ({"sent": 5}, {"sent": 4, "uncertain": 1})
    assert set(states(campaign)) == ({"sent"} if step in ("mark", "accepted") else {"sent", "uncertain"})


class Killed(BaseException):
    """What no handler catches."""


def test_sigterm_finishes_the_message_and_gives_the_rest_back(sink):
    SubscriberFactory.create_batch(5)
    campaign = begun()
    stop = threading.Event()
    sink.answer = lambda verb, recipient: stop.set() if verb == "." else None

    sent = worker.run(workers=1, forever=True, stop=stop)

    assert sent == len(sink.messages) == 1
    assert states(campaign) == {"sent": 1, "queued": 4}


def test_a_scheduled_campaign_starts_when_its_moment_has_come(sink):
    SubscriberFactory()
    later = begun(start_at=timezone.now() + timedelta(hours=1))
    due = begun(start_at=timezone.now() + timedelta(hours=1))
    Campaign.objects.filter(pk=due.pk).update(start_at=timezone.now() - timedelta(minutes=1))

    run()

    later.refresh_from_db()
    due.refresh_from_db()
    assert (later.state, due.state) == ("scheduled", "finished")


def test_without_a_server_each_mail_is_a_readable_file(settings, var_dir, site):
    settings.EMAIL_URL = ""
    SubscriberFactory(language="es")
    begun()

    run()

    [path] = (var_dir / "mail").glob("*.eml")
    text = path.read_text()
    assert "Abrió un lugar nuevo. ¡Mañana también!" in text
    assert "https://news.example.org/es/" in text
