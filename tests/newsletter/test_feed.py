"""The feed of newsletters: each entry holds what was sent."""

from datetime import timedelta
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.models import DigestItem, DigestRun

from .factories import THEN, BlockFactory, CampaignFactory
from .test_views import address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department", "site")]
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client, language="en"):
    feed = ET.fromstring(client.get(address("feed", language)).content)
    return [(each.find(f"{ATOM}title").text, each.find(f"{ATOM}summary").text) for each in feed.iter(f"{ATOM}entry")]


def digest():
    campaign = CampaignFactory(kind="digest", state="finished", body_en="", body_es="", subject_en="News")
    end = THEN + timedelta(days=DigestRun.objects.count())
    run = DigestRun.objects.create(
        frequency="daily", period_start=end - timedelta(days=1), period_end=end, made_at=end, campaign=campaign
    )
    for language in ("en", "es"):
        DigestItem.objects.create(
            run=run,
            frequency="daily",
            key=f"page-{campaign.pk}",
            language=language,
            text_language="en",
            title="A new guide",
            summary="What is in it.",
            url="https://news.example.org/en/guide/",
        )


@pytest.mark.parametrize(("language", "first"), [("en", "More words."), ("es", "Más palabras.")])
def test_an_entry_holds_the_text_and_every_part_in_the_readers_language(client, language, first):
    campaign = CampaignFactory(state="finished", body_en="", body_es="")
    BlockFactory(campaign=campaign)
    BlockFactory(
        campaign=campaign,
        kind="page",
        page="article:1",
        title_en="A page",
        title_es="Una página",
        summary_en="Its summary.",
        summary_es="Su resumen.",
        url_en="https://news.example.org/en/x/",
        url_es="https://news.example.org/es/x/",
    )

    [(title, words)] = entries(client, language)

    assert title == {"en": "News of December", "es": "Noticias de diciembre"}[language]
    assert first in words
    assert f'<a href="https://news.example.org/{language}/x/">' in unescape(words)


@pytest.mark.parametrize(("language", "marked"), [("en", False), ("es", True)])
def test_a_digest_holds_its_news_and_says_which_language_they_are_in(client, language, marked):
    digest()

    [(_title, words)] = entries(client, language)

    assert ("A new guide" in words, "What is in it." in words, "(en inglés)" in words) == (True, True, marked)


def test_the_feed_needs_as_many_queries_for_one_newsletter_of_each_kind_as_for_three(client):
    counts = []
    for more in (1, 2):
        for _turn in range(more):
            BlockFactory(campaign=CampaignFactory(state="finished"))
            digest()
        client.get(address("feed"))  # what a process reads once
        with CaptureQueriesContext(connection) as queries:
            client.get(address("feed"))
        counts.append(len(queries))

    assert counts[0] == counts[1]
