"""The newsletter's cases of docs/acceptance.md."""

import email
import re
import threading
from email import policy

import pytest
from django.test import Client
from django.utils import timezone

from newsletter import actions
from newsletter.delivery import worker
from newsletter.models import Subscriber
from tests.conftest import TODAY
from tests.newsletter.conftest import department, sink, site, var_dir  # noqa: F401 (fixtures)
from tests.newsletter.factories import CampaignFactory, ConsentTextFactory, SubscriberFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("department", "sink")]


@pytest.fixture
def visitor():
    """Be a visitor without cookies; a site with an https address answers to nothing else."""
    return Client(enforce_csrf_checks=True)


def run():
    worker.run(workers=2, forever=False, stop=threading.Event())


def read(message):
    return email.message_from_bytes(message.data, policy=policy.default)


def link_in(message, word):
    """Return the path of the link with this word, from the text part."""
    text = read(message).get_body(("plain",)).get_content()
    return re.search(rf"https://news\.example\.org(\S*/{word}/\S*)", text).group(1)


def test_a61_subscribe_in_spanish_with_the_box_unticked_and_then_ticked(visitor, sink, fixed_day):  # noqa: F811
    ConsentTextFactory(version="2026-11")
    page = visitor.get("/es/boletin/").content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))
    fixed_day.shift(5)
    typed = {**hidden, "email": "ana@example.org", "language": "es", "frequency": "weekly", "website": ""}

    refused = visitor.post("/es/boletin/", typed)

    box = re.search(r"<input[^>]*id_consent[^>]*>", page).group()
    answer = refused.content.decode()
    assert "checked" not in box
    assert refused.status_code == 422
    assert re.search(r'<html lang="es"', answer)
    assert re.search(r'id="id_consent_error"[^>]*>.*Marque la casilla', answer, re.S)
    assert 'aria-describedby="id_consent_error"' in answer
    assert Subscriber.objects.count() == 0

    accepted = visitor.post("/es/boletin/", {**typed, "consent": "on"})
    run()

    subscriber = Subscriber.objects.get()
    event = subscriber.consent_events.get()
    [message] = sink.messages
    sent = read(message)
    assert accepted.status_code == 302
    assert subscriber.state == "pending"
    assert (event.consent_text.version, event.language, event.at) == ("2026-11", "es", timezone.now())
    assert (sent["To"], sent["Content-Language"]) == ("ana@example.org", "es")
    assert sent["Subject"] == "Por favor, confirme su correo electrónico"
    assert not re.search("opio|droga|sobredosis|adicci", f"{sent}".lower())
    assert visitor.cookies == {}

    confirm = link_in(message, "confirmar")
    assert visitor.get(confirm).status_code == 200
    assert Subscriber.objects.get().state == "pending"
    assert visitor.post(confirm).status_code == 302
    assert Subscriber.objects.get().state == "confirmed"


def test_a62_a_sent_message_has_its_own_way_out_without_cookie_or_form_token(visitor, sink):  # noqa: F811
    readers = SubscriberFactory.create_batch(2)
    actions.begin(campaign=CampaignFactory(), at=TODAY)

    run()

    sent = {message.recipient: read(message) for message in sink.messages}
    links = {address: message["List-Unsubscribe"].strip("<>") for address, message in sent.items()}
    assert all(re.fullmatch(r"<https://\S+>", message["List-Unsubscribe"]) for message in sent.values())
    assert {message["List-Unsubscribe-Post"] for message in sent.values()} == {"List-Unsubscribe=One-Click"}
    assert len(set(links.values())) == 2

    first, second = readers
    path = links[first.email].removeprefix("https://news.example.org")
    assert (visitor.get(path).status_code, Subscriber.objects.get(pk=first.pk).state) == (200, "confirmed")
    answer = visitor.post(path, {"List-Unsubscribe": "One-Click"})
    states = dict(Subscriber.objects.values_list("pk", "state"))
    assert (answer.status_code, len(answer.content) < 100) == (200, True)
    assert states == {first.pk: "left", second.pk: "confirmed"}


def test_a64_a_spanish_reader_gets_a_spanish_mail_without_a_tracker(sink):  # noqa: F811
    SubscriberFactory(language="es")
    actions.begin(campaign=CampaignFactory(), at=TODAY)

    run()

    sent = read(sink.messages[0])
    text, html = [part.get_content() for part in sent.iter_parts()]
    words = [re.sub(r"https?://\S+|\W+", " ", part).split() for part in (text, re.sub(r"<[^>]*>", " ", html))]
    assert (sent["Subject"], '<html lang="es">' in html) == ("Noticias de diciembre", True)
    assert "131 Coventry Street" in text and "131 Coventry Street" in html
    assert "<img" not in html
    assert all(link.startswith("https://news.example.org/es/") for link in re.findall(r'href="([^"]*)"', html))
    assert set(words[0]) == set(words[1])
