import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.delivery import confirmations, worker
from newsletter.models import Subscriber
from portal.lib import mail

from .factories import SubscriberFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("department")]


def due(**fields):
    return SubscriberFactory(state="pending", requested_at=timezone.now(), confirmation_due_at=timezone.now(), **fields)


@pytest.fixture
def channel(sink):
    channel = mail.channel()
    yield channel
    channel.close()


def test_what_is_due_is_sent_once(sink):
    wanted = [due(), due(language="es")]
    SubscriberFactory(state="pending")

    worker.run(workers=2, forever=False, stop=threading.Event())
    worker.run(workers=2, forever=False, stop=threading.Event())

    assert sorted(message.recipient for message in sink.messages) == sorted(person.email for person in wanted)
    assert not Subscriber.objects.filter(confirmation_due_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("answer", "minutes"), [("451 later", 20), ("554 no", None), ("drop", 20), ("accept and drop", 20)]
)
def test_a_mail_without_an_answer_is_sent_again_and_a_refused_one_is_not(sink, channel, answer, minutes):
    person = due()
    at = timezone.now()
    sink.once(".", answer)

    confirmations.send_due(channel, at=at)

    person.refresh_from_db()
    assert person.confirmation_due_at == (at + timedelta(minutes=minutes) if minutes else None)


def test_a_server_that_is_down_costs_no_attempt(sink, channel):
    person = due()
    sink.always("CONNECT", "421 busy")

    with pytest.raises(mail.UnreachableError):
        confirmations.send_due(channel, at=timezone.now())

    person.refresh_from_db()
    assert (person.confirmation_tries, person.confirmation_due_at is None) == (0, False)


def test_the_fifth_attempt_is_the_last(sink, channel):
    person = due(confirmation_tries=4)
    sink.always(".", "451 later")

    confirmations.send_due(channel, at=timezone.now())

    person.refresh_from_db()
    assert person.confirmation_due_at is None


def test_a_second_attempt_has_the_same_message_id(sink, channel):
    person = due()
    sink.once(".", "accept and drop")
    confirmations.send_due(channel, at=timezone.now())

    confirmations.send_due(channel, at=person.requested_at + timedelta(minutes=21))

    assert len({message.message_id for message in sink.messages}) == 1
    assert len(sink.messages) == 2
