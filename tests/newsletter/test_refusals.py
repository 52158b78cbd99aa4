"""The faults of a mail server, F11 to F16 of the design: what each does to the rows and to the sender."""

import ssl
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from newsletter import actions
from newsletter.delivery import errands, worker
from newsletter.models import Delivery, Pace, SenderGuard, Subscriber
from portal.lib import mail
from portal.lib.mail import smtp

from .factories import CampaignFactory, SubscriberFactory
from .sink import Sink
from .waiting import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("department")]

CERTIFICATE = Path(__file__).parents[1] / "data" / "untrusted.pem"


@pytest.fixture
def impatient(monkeypatch):
    """Wait a second where the standard says minutes."""
    for name in ("GREETING", "COMMAND", "DATA", "BLOCK", "END"):
        monkeypatch.setattr(smtp, name, 1)
    monkeypatch.setattr(worker, "IDLE", 0.05)
    monkeypatch.setattr(worker, "LONGEST_PAUSE", 0.2)
    monkeypatch.setattr(errands, "IDLE", 0.05)
    monkeypatch.setattr(errands, "LONGEST_PAUSE", 0.2)


@pytest.fixture
def sender():
    """Run a sender as the site does, in threads; stop it in the end."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, kwargs={"workers": 2, "forever": True, "stop": stop})

    def start():
        thread.start()

    yield start
    stop.set()
    thread.join(20)


def begun(readers=4):
    SubscriberFactory.create_batch(readers)
    campaign = CampaignFactory()
    actions.begin(campaign=campaign, at=timezone.now())
    return campaign


def states(campaign):
    return Counter(campaign.deliveries.values_list("state", flat=True))


def test_f11_when_a_server_that_was_down_is_back_everybody_gets_it(settings, var_dir, site, impatient, sender):
    with Sink() as server:
        settings.EMAIL_URL = server.url
    campaign = begun()
    sender()
    until(lambda: SenderGuard.objects.filter(unreachable_since__isnull=False).exists())
    assert states(campaign).keys() <= {"queued", "claimed"}

    with Sink(port=server.port) as back:
        until(lambda: states(campaign) == {"sent": 4})
        until(lambda: not SenderGuard.objects.filter(unreachable_since__isnull=False).exists())

    assert len(back.messages) == 4
    assert set(campaign.deliveries.values_list("attempt", flat=True)) == {1}


def test_f12_a_server_that_puts_everybody_off_for_ten_minutes_gets_each_copy_once(sink):
    campaign = begun()
    sink.always("RCPT", "451 greylisted")
    worker.run(workers=1, forever=False, stop=threading.Event())
    asked = sink.said.count("RCPT")

    early = worker.run(workers=1, forever=False, stop=threading.Event())
    waits = [row.next_at - timezone.now() for row in campaign.deliveries.all()]
    sink.answer = lambda verb, recipient: None
    Pace.objects.update(failures=0, held_until=None)  # as if ten minutes were over
    Delivery.objects.filter(state__in=["retry", "queued"]).update(next_at=timezone.now())
    late = worker.run(workers=1, forever=False, stop=threading.Event())

    assert (early, late, sink.said.count("RCPT")) == (0, 4, asked + 4)
    assert all(timedelta(seconds=30) < wait < timedelta(minutes=10) for wait in waits)
    assert sorted(message.recipient for message in sink.messages) == sorted(
        Subscriber.objects.values_list("email", flat=True)
    )
    assert states(campaign) == {"sent": 4}


@pytest.mark.parametrize(
    ("verb", "left"),
    [("CONNECT", {"sent"}), ("EHLO", {"sent"}), ("MAIL", {"sent"}), ("DATA", {"sent"}), (".", {"sent", "uncertain"})],
)
def test_f13_a_server_that_falls_silent_holds_the_sender_no_longer_than_its_patience(
    sink, impatient, sender, verb, left
):
    campaign = begun()
    sink.once(verb, "silent")

    sender()

    until(lambda: set(states(campaign)) == left)
    assert len({message.message_id for message in sink.messages}) == len(sink.messages)


def test_f13_a_silent_server_does_not_hold_a_confirmation_mail(sink, monkeypatch, sender):
    """The senders would wait ten minutes for an answer to the newsletter; the confirmation leaves meanwhile."""
    campaign = begun(readers=2)
    sink.answer = lambda verb, recipient: "silent" if verb == "." and recipient.startswith("Reader") else None
    sender()
    until(lambda: states(campaign) == {"sending": 1, "claimed": 1})
    wish = SubscriberFactory(state="pending", email="new@example.org", confirmation_due_at=timezone.now())

    until(lambda: Subscriber.objects.get(pk=wish.pk).confirmation_due_at is None)
    sent = [message.recipient for message in sink.messages]
    for transport in list(sink.open):
        sink.loop.call_soon_threadsafe(transport.abort)

    assert sent == ["new@example.org"]
    assert errands.PATIENCE <= 60


@pytest.mark.parametrize(
    ("verb", "answer", "state", "arrived"),
    [
        (".", "accept and drop", "uncertain", 1),
        (".", "drop", "uncertain", 0),
        (".", "550 after all not", "failed", 0),
        (".", "552 too large", "failed", 0),
        ("RCPT", "421 busy", "retry", 0),
        ("RCPT", "550-no\r\n550-such\r\n550 person", "failed", 0),
        ("RCPT", "8-bit", "failed", 0),
        ("RCPT", "452 too many", "retry", 0),
        ("DATA", "451 try again", "retry", 0),
    ],
)
def test_f14_f15_one_odd_answer_costs_one_row_and_the_rest_is_sent(sink, verb, answer, state, arrived):
    campaign = begun()
    sink.once(verb, answer)

    worker.run(workers=1, forever=False, stop=threading.Event())

    assert states(campaign) == {"sent": 3, state: 1}
    assert len(sink.messages) == 3 + arrived


@pytest.mark.parametrize("answer", ["long", "garbage"])
@pytest.mark.parametrize("verb", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "RSET"])
def test_f15_nonsense_before_the_text_costs_nobody_a_copy(sink, impatient, sender, verb, answer):
    campaign = begun()
    sink.once(verb, answer)

    sender()

    until(lambda: states(campaign) == {"sent": 4})
    assert len(sink.messages) == 4


def test_f16_without_tls_or_with_a_certificate_of_its_own_making_nothing_leaves(settings, var_dir, site):
    campaign = begun()
    with Sink() as server:
        settings.EMAIL_URL = server.url.replace("smtp://", "smtp+tls://")
        for has_tls in (False, True):
            if has_tls:
                server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                server.tls.load_cert_chain(CERTIFICATE)
            with pytest.raises(mail.UnreachableError):
                worker.run(workers=1, forever=False, stop=threading.Event())

    assert (server.messages, states(campaign)) == ([], {"queued": 4})
    assert "STAR" in server.said
    assert not {"MAIL", "RCPT", "DATA", "AUTH"} & set(server.said)


def test_the_moment_since_which_the_server_is_out_of_reach_stays_the_first(settings, var_dir, site):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    begun()
    first = timezone.now() - timedelta(hours=1)
    with pytest.raises(mail.UnreachableError):
        worker.run(workers=1, forever=False, stop=threading.Event())
    SenderGuard.objects.update(unreachable_since=first)

    with pytest.raises(mail.UnreachableError):
        worker.run(workers=1, forever=False, stop=threading.Event())

    assert SenderGuard.objects.get().unreachable_since == first
