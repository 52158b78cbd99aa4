"""The site's search finds videos and words of the glossary beside articles."""

import json
import re

import pytest

from portal.articles.search import matching
from portal.reference.models import Fact, GlossaryTerm
from tests.portal.reference.factories import FactFactory

from .factories import ArticleFactory, SectionFactory
from .test_videos import video

pytestmark = pytest.mark.django_db


def word(code, **texts):
    said = {"term_en": "Naloxone", "term_es": "Naloxona", "definition_en": "It reverses.", "definition_es": "Revierte."}
    return GlossaryTerm.objects.create(code=code, **said | texts)


def test_articles_come_first_then_videos_then_words():
    article = ArticleFactory(title_en="Naloxone")
    video(title_en="How to use it", transcript_en="Spray the naloxone.").save()
    word("naloxone")

    found = matching("naloxone", "en", 5)

    assert [(one.kind, one.title, one.get_absolute_url) for one in found] == [
        ("", "Naloxone", article.url("en")),
        ("video", "How to use it", "/en/videos/first-day/"),
        ("word", "Naloxone", "/en/glossary/?letter=N#word-naloxone"),
    ]
    assert found[2].summary == "It reverses."


def test_a_video_that_is_not_public_and_a_word_that_only_explains_are_not_found():
    video(is_public=False, transcript_en="Naloxone.").save()
    word("antidote", term_en="Antidote", definition_en="Naloxone is one.")

    assert matching("naloxone", "en", 5) == []


def test_a_word_is_found_by_another_name_for_it_with_its_facts_filled_in():
    FactFactory(code="dose-gap", value_en="2 to 3 minutes", value_es="2 a 3 minutos", kind=Fact.Kind.NUMBER)
    word("naloxone", words_en="Narcan\nnasal spray", definition_en="Wait {fact:dose-gap}.")

    assert [one.summary for one in matching("narcan", "en", 5)] == ["Wait 2 to 3 minutes."]


@pytest.mark.parametrize("count", [1, 3])
def test_no_more_than_two_videos_and_words_are_shown_and_one_query_asks_for_all(count, django_assert_num_queries):
    for number in range(count):
        video(transcript_en="Naloxone.", slug_en=f"v{number}", slug_es=f"v{number}").save()
        word(f"naloxone-{number}")

    with django_assert_num_queries(1):
        found = matching("naloxone", "en", 5)

    assert [one.kind for one in found] == ["video"] * min(count, 2) + ["word"] * min(count, 2)


def test_the_results_page_names_what_is_no_article(client, vocabulary):
    video(transcript_en="Naloxone.").save()
    word("naloxone-spray")

    page = client.get("/en/find/", {"q": "naloxone"}).content.decode()

    assert ('href="/en/videos/first-day/"' in page, "Word in the glossary" in page) == (True, True)


def test_answers_that_quote_a_fact_are_described_with_its_words(client):
    FactFactory(code="gap", value_en='2 to 3 "long" minutes', value_es="2 a 3 minutos", kind=Fact.Kind.NUMBER)
    word("naloxone")
    article = ArticleFactory(kind="question")
    SectionFactory(
        article=article,
        heading_en="How long?",
        body_en="<p>Wait {fact:gap} after {term:naloxone|the spray}.</p><p>Ask &amp; stay.</p>",
    )

    page = client.get(article.url("en")).content.decode()

    described = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    answers = [question["acceptedAnswer"]["text"] for question in described["mainEntity"]]
    assert answers == ['Wait 2 to 3 "long" minutes after the spray. Ask & stay.']
