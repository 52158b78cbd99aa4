"""Test that of two thousand readers each gets the newsletter in the reader's own language."""

import threading
from collections import Counter

import pytest

from newsletter import actions, tokens
from newsletter.delivery import worker
from newsletter.models import Delivery, Subscriber
from tests.portal.articles.factories import ArticleFactory

from .factories import THEN, BlockFactory, CampaignFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("department")]


def readers(language, count):
    """Make this many readers of a language."""
    names = [f"{language}{number}@example.org" for number in range(count)]
    Subscriber.objects.bulk_create(
        Subscriber(
            email=name,
            email_norm=name,
            email_hash=tokens.address_hash(name),
            language=language,
            state="confirmed",
            requested_at=THEN,
            confirmed_at=THEN,
        )
        for name in names
    )


def test_a_thousand_readers_of_each_language_get_the_right_one(sink):
    readers("en", 1000)
    readers("es", 1000)
    ArticleFactory(key="law", title_en="New law", english_only=True)
    campaign = CampaignFactory()
    BlockFactory(campaign=campaign, kind="page", page="article:law", body_en="", body_es="")
    actions.begin(campaign=campaign, at=THEN)

    worker.run(workers=4, forever=False, stop=threading.Event())

    assert Counter(Delivery.objects.values_list("language", "state")) == {("en", "sent"): 1000, ("es", "sent"): 1000}
    assert Counter(map(_said, sink.messages)) == {
        ("en", "en", "News of December", False): 1000,
        ("es", "es", "Noticias de diciembre", True): 1000,
    }


def _said(message):
    """Return the language of the reader, that of the message, its subject, and whether it says "(en inglés)"."""
    head, _blank, body = message.data.partition(b"\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
    return message.recipient[:2], lines["Content-Language"], lines["Subject"], b"New law (en ingl=C3=A9s)" in body
