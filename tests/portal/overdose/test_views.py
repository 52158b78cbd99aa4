import re

import pytest
from django.urls import reverse
from django.utils import translation

from .factories import CitationFactory, GuideFactory, PassageFactory, SourceFactory

pytestmark = pytest.mark.django_db

PAGES = [
    ("overdose", "/en/overdose/", "/es/sobredosis/"),
    ("naloxone", "/en/naloxone/", "/es/naloxona/"),
    ("withdrawal", "/en/withdrawal/", "/es/abstinencia/"),
]


@pytest.mark.parametrize(("topic", "english", "spanish"), PAGES)
def test_each_guide_has_its_address_in_each_language(topic, english, spanish):
    addresses = {}
    for code in ("en", "es"):
        with translation.override(code):
            addresses[code] = reverse(f"overdose:{topic}")

    assert addresses == {"en": english, "es": spanish}


@pytest.mark.parametrize(("topic", "english", "spanish"), PAGES)
def test_each_guide_is_read_in_both_languages_and_leads_to_its_twin(client, topic, english, spanish):
    PassageFactory(guide__topic=topic)

    for code, address, twin, title in [("en", english, spanish, "What to do"), ("es", spanish, english, "Qué hacer")]:
        body = client.get(address).content.decode()

        assert f'<html lang="{code}">' in body
        assert f"<h1>{title}</h1>" in body
        assert f'href="{twin}"' in body


def test_a_guide_that_is_not_there_is_missing(client):
    assert client.get("/en/overdose/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_passages(client, count, django_assert_num_queries):
    guide = GuideFactory()
    for passage in PassageFactory.create_batch(count, guide=guide, line=guide.line):
        CitationFactory.create_batch(count, passage=passage)

    # Guide, passages, citations; whether the department and the lines of the footer have changed, and those lines.
    with django_assert_num_queries(5):
        response = client.get("/en/overdose/")

    assert len(response.context["parts"]) == count


def test_a_hidden_passage_is_hidden_in_every_language(client):
    shown = PassageFactory(anchor="shown")
    PassageFactory(guide=shown.guide, anchor="taken-off", is_hidden=True)

    for address in ("/en/overdose/", "/es/sobredosis/"):
        response = client.get(address)

        assert [part.passage for part in response.context["parts"]] == [shown]
        assert "taken-off" not in response.content.decode()


def test_steps_are_counted_apart_from_sections_and_lead_to_each_other(client):
    guide = GuideFactory()
    one, two, three = (PassageFactory(guide=guide, kind=kind, anchor=kind) for kind in ("step", "check", "breathing"))
    PassageFactory(guide=guide, kind="note", position=0)
    PassageFactory(guide=guide, kind="step", is_hidden=True)

    response = client.get("/en/overdose/")

    parts = [part for part in response.context["parts"] if part.number]
    assert [(part.number, part.before, part.passage, part.after) for part in parts] == [
        (1, None, one, two),
        (2, one, two, three),
        (3, two, three, None),
    ]
    assert re.findall(r"Step \d of \d", response.content.decode()) == ["Step 1 of 3", "Step 2 of 3", "Step 3 of 3"]


def test_the_question_about_breathing_leads_both_ways_and_back(client):
    guide = GuideFactory()
    for kind, anchor in [("check", "ask"), ("not breathing", "no"), ("breathing", "yes")]:
        PassageFactory(guide=guide, kind=kind, anchor=anchor)

    body = client.get("/en/overdose/").content.decode()

    ask, no, yes = re.findall(r'<li id="(?:ask|no|yes)">.*?</li>', body, re.DOTALL)
    assert 'href="#no"' in ask
    assert 'href="#yes"' in ask
    assert 'href="#ask"' in no
    assert 'href="#ask"' in yes


def test_each_source_has_one_number_and_leads_back_to_every_passage_that_cites_it(client):
    guide = GuideFactory()
    both, first, second = SourceFactory(), SourceFactory(), SourceFactory()
    for sources in ([first, both], [both, second]):
        passage = PassageFactory(guide=guide, kind="note")
        for position, source in enumerate(sources):
            CitationFactory(passage=passage, source=source, position=position)

    response = client.get("/en/overdose/")

    entries = response.context["references"]
    assert [(entry.number, entry.source, entry.places) for entry in entries] == [
        (1, first, ["cite-1-1"]),
        (2, both, ["cite-2-1", "cite-2-2"]),
        (3, second, ["cite-3-1"]),
    ]
    assert '<a href="#ref-1" id="cite-1-1">1</a>, <a href="#ref-2" id="cite-2-1">2</a>' in response.content.decode()


def test_starter_text_says_so_until_it_is_reviewed(client, django_user_model):
    guide = GuideFactory(is_starter=True)
    notice = "Starter text: to be reviewed by the department."

    before = client.get("/en/overdose/").content.decode()
    guide.reviewed_on, guide.reviewed_by = "2026-11-23", django_user_model.objects.create_user("reviewer")
    guide.save()
    after = client.get("/en/overdose/").content.decode()

    assert notice in before
    assert "Last reviewed" not in before
    assert notice not in after
    assert "Last reviewed November 23, 2026" in after


def test_the_english_words_are_marked_as_english_and_spelled_for_a_spanish_reader(client):
    PassageFactory(say="Overdose.", say_sounds_en="Overdose.", say_sounds_es="Óver-dous.", say_means_es="Sobredosis.")

    spanish = client.get("/es/sobredosis/").content.decode()
    english = client.get("/en/overdose/").content.decode()

    assert '<strong lang="en">Overdose.</strong>' in spanish
    assert "Óver-dous." in spanish
    assert '<strong lang="en">Overdose.</strong>' in english
    assert "It sounds like" not in english
