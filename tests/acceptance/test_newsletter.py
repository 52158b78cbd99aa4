"""The newsletter's cases of docs/acceptance.md."""

import datetime
import email
import re
import threading
from email import policy
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsletter import actions, tokens
from newsletter.actions import imports
from newsletter.delivery import worker
from newsletter.forms import AddressField
from newsletter.models import Subscriber, Suppression
from portal import digest
from portal.lib import languages
from tests.newsletter.conftest import department, sink, site, var_dir  # noqa: F401 (fixtures)
from tests.newsletter.factories import BlockFactory, CampaignFactory, ConsentTextFactory, SubscriberFactory
from tests.portal.articles.factories import ArticleFactory
from tests.stocks import TODAY

HERE = ZoneInfo("America/New_York")
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


def publish(day, **fields):
    """Publish an article at noon of a day; starter texts would be no news."""
    moment = datetime.datetime.fromisoformat(day).replace(hour=12, tzinfo=HERE)
    times = {languages.column("published_at", code): moment for code in languages.codes()}
    return ArticleFactory(is_starter=False, **{**times, **fields})


def pass_by(day, hour):
    """Let the clock come to this hour, and do what is done every few minutes: gather the news, send what is due."""
    at = datetime.datetime.fromisoformat(day).replace(hour=hour, tzinfo=HERE)
    with time_machine.travel(at, tick=False):
        digest.make_due(at)
        run()


def test_a63_three_new_items_reach_each_reader_as_often_as_the_reader_wants(sink):  # noqa: F811
    readers = {frequency: SubscriberFactory(frequency=frequency) for frequency in ("at once", "daily", "weekly")}
    pass_by("2026-11-17", 11)  # a Tuesday: the day of the weekly mail is over
    for number in range(3):
        publish("2026-11-17", title_en=f"New {number}", title_es=f"Nuevo {number}")

    days = [("2026-11-17", 13), ("2026-11-18", 10), ("2026-11-19", 10), ("2026-11-20", 10), ("2026-11-24", 10)]
    got = {frequency: [] for frequency in readers}
    for day in days:
        before = len(sink.messages)
        pass_by(*day)
        for frequency, reader in readers.items():
            got[frequency].append(sum(message.recipient == reader.email for message in sink.messages[before:]))

    assert got == {"at once": [3, 0, 0, 0, 0], "daily": [0, 1, 0, 0, 0], "weekly": [0, 0, 0, 0, 1]}
    [weekly] = [read(message) for message in sink.messages if message.recipient == readers["weekly"].email]
    assert re.findall("New [0-9]", weekly.get_body(("plain",)).get_content()) == ["New 0", "New 1", "New 2"]


def test_a64_a_spanish_reader_gets_a_spanish_mail_without_a_tracker(sink):  # noqa: F811
    SubscriberFactory(language="es")
    ArticleFactory(key="law", title_en="New law", english_only=True)
    campaign = CampaignFactory()
    BlockFactory(campaign=campaign, kind="page", page="article:law", body_en="", body_es="")
    actions.begin(campaign=campaign, at=TODAY)

    run()

    sent = read(sink.messages[0])
    text, html = [part.get_content() for part in sent.iter_parts()]
    body = re.sub(r"<!--.*?-->|<[^>]*>", " ", html.partition("<body")[2].partition(">")[2], flags=re.S)
    words = [re.sub(r"https?://\S+|\W+", " ", part).split() for part in (text, body)]
    assert (sent["Subject"], '<html lang="es"' in html) == ("Noticias de diciembre", True)
    assert "New law (en inglés)" in text
    assert re.search(r'<div lang="en">\s*<h2[^>]*><a [^>]*>New law</a> \(en inglés\)</h2>', html)
    assert "131 Coventry Street" in text and "131 Coventry Street" in html
    assert not any(word in html for word in ("<img", "url(", "@import", "background="))
    links = re.findall(r'href="([^"]*)"', html)
    assert [link for link in links if "/en/" in link] == [link for link in links if "law" in link or "article" in link]
    assert all(link.startswith("https://news.example.org/") for link in links)
    assert set(words[0]) == set(words[1])


def test_a65_who_never_confirmed_or_left_is_forgotten_and_no_list_brings_them_back(sink):  # noqa: F811
    with time_machine.travel(TODAY, tick=False) as clock:
        waiting = SubscriberFactory(state="pending", requested_at=timezone.now())
        reader = SubscriberFactory(email="ana@example.org")
        actions.leave(subscriber_id=reader.pk, how="left by page", at=timezone.now())
        clock.shift(datetime.timedelta(days=8))
        run()
        after_8_days = list(Subscriber.objects.values_list("pk", "state"))
        clock.shift(datetime.timedelta(days=21))
        run()

        content = b"email,language,consent date,proof\nAna@example.org,es,2026-01-05,paper form 7\n"
        listed = imports.receive(content=content, name="l.csv", by=None, clean=AddressField().clean, at=timezone.now())
        done = imports.bring_in(run=listed, clean=AddressField().clean, may_ask=lambda email: True, at=timezone.now())

    assert (waiting.pk in dict(after_8_days), after_8_days) == (False, [(reader.pk, "left")])
    assert list(Subscriber.objects.values_list("email", "email_hash", "state")) == [(None, None, "erased")]
    assert Suppression.objects.get().email_hash == tokens.address_hash("ana@example.org")
    assert done.counts == {"gone": 1}
