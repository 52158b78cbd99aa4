"""A reader who has lost the mail gets the link to the own page; nobody learns who reads."""

import re
from email import message_from_bytes, policy

import pytest
from django.test import Client
from django.utils import timezone

from newsletter import actions, tokens
from newsletter.delivery import confirmations
from newsletter.models import Subscriber, Suppression
from portal.lib import mail

from .factories import ConsentTextFactory, SubscriberFactory
from .test_views import address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]


@pytest.fixture
def ask(fixed_day):
    """Return what asks for the link as a person does, and all of the answer that could differ."""

    def answer(email, language="en", network="203.0.113.1", seconds=3):
        client = Client(enforce_csrf_checks=True, REMOTE_ADDR=network)
        page = client.get(address("lost-link", language)).content.decode()
        token = re.search(r'name="token" value="([^"]+)"', page).group(1)
        fixed_day.shift(seconds)
        said = client.post(address("lost-link", language), {"email": email, "token": token, "website": ""})
        return said.status_code, dict(said.headers), said.content, said.cookies.output()

    return answer


def due():
    return set(Subscriber.objects.filter(confirmation_due_at__isnull=False).values_list("email_norm", flat=True))


def test_the_answer_is_the_same_whoever_asks_and_only_readers_get_mail(ask):
    for state in ("pending", "confirmed", "left"):
        SubscriberFactory(email=f"{state}@example.org", state=state)
    barred = SubscriberFactory(email="barred@example.org")
    Suppression.objects.create(email_hash=barred.email_hash, reason="staff", at=timezone.now())
    names = ["unknown", "pending", "Confirmed", "left", "barred", "unknown"]  # the last is over its limit by then

    given = [ask(f"{name}@example.org", network=f"198.51.{number}.1") for number, name in enumerate(names)]

    assert [answer == given[0] for answer in given] == [True] * len(names)
    assert (given[0][0], given[0][1]["Location"]) == (302, address("link-sent"))
    assert due() == {"confirmed@example.org"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_link_arrives_in_the_readers_language_and_opens_the_own_page(ask, sink, client, language):
    reader = SubscriberFactory(email="Ana@example.org", language=language)
    ask("ana@example.org")

    channel = mail.channel()
    assert [confirmations.send_due(channel, at=timezone.now()) for _twice in range(2)] == [1, 0]
    channel.close()

    message = message_from_bytes(sink.messages[0].data, policy=policy.default)
    html, text = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))
    link = address("preferences", language, k=tokens.preferences_token(reader.pk))
    assert (message["To"], message["Content-Language"], message["Auto-Submitted"]) == (
        "Ana@example.org",
        language,
        "auto-generated",
    )
    assert (link in text, link in html, f'lang="{language}"' in html) == (True, True, True)
    assert client.get(link).status_code == 200
    assert due() == set()


def test_a_mailbox_gets_one_mail_a_day_from_both_forms_together_and_three_a_month(ask, fixed_day):
    SubscriberFactory(email="ana@example.org")
    asked = []
    for _day in range(4):
        for _twice in range(2):
            Subscriber.objects.update(confirmation_due_at=None)
            ask("a.n.a+x@example.org" if _twice else "ana@example.org")
            asked.append(len(due()))
        fixed_day.shift(25 * 3600)

    assert asked == [1, 0, 1, 0, 1, 0, 0, 0]


def test_the_sixth_request_of_a_network_in_an_hour_is_told_to_wait(ask):
    codes = [ask(f"reader{number}@example.org")[0] for number in range(6)]

    assert codes == [302] * 5 + [429]


@pytest.mark.parametrize(("email", "seconds"), [("", 3), ("ana@", 3), ("ana@example.org", 0)])
def test_a_wrong_form_comes_back_with_its_error(ask, email, seconds):
    SubscriberFactory(email="ana@example.org")

    assert ask(email, seconds=seconds)[0] == 422
    assert due() == set()


def test_leaving_takes_back_what_was_due(ask):
    reader = SubscriberFactory(email="ana@example.org")
    ask("ana@example.org")

    actions.leave(subscriber_id=reader.pk, how="left by page", at=timezone.now())

    assert due() == set()


@pytest.mark.parametrize(("language", "words"), [("en", "your own page"), ("es", "su propia página")])
def test_the_way_there_stands_on_the_page_of_the_newsletter_and_of_a_bad_link(client, language, words):
    ConsentTextFactory()

    pages = [client.get(address("index", language)), client.get(address("preferences", language, k="spoilt"))]

    for page in pages:
        assert f'href="{address("lost-link", language)}"' in page.content.decode()
        assert words in page.content.decode()
