import json
import re

import pytest
from django.utils.html import strip_tags

from portal.editorial import reading
from portal.lib import languages, phones
from portal.overdose import actions
from portal.overdose.models import Guide, Passage
from portal.reference.actions import STARTER as REFERENCES
from portal.reference.actions import load_starter as load_references
from portal.reference.models import Line, Source
from portal.reference.quotes import TOKEN

TOPICS = ["overdose", "naloxone", "withdrawal"]
NUMBER = re.compile(r"(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}|\b\d{3}[-.]\d{4}\b|\b[2-9]11\b|\b988\b")
UNKIND = re.compile(
    r"\b(addicts?|junkies?|abuse|users?|clean|dirty|adict[oa]s?|drogadict[oa]s?|vicios?|abuso|limpi[oa]|suci[oa]|recaída)\b",
    re.IGNORECASE,
)


def starter(topic):
    return json.loads((actions.STARTER / f"{topic}.json").read_text())


def quoted(text, language):
    """Return a starter text with its facts as the starter records give them."""
    facts = {fact["code"]: fact["value"][language] for fact in json.loads((REFERENCES / "facts.json").read_text())}
    return TOKEN.sub(lambda match: facts[match[2]], text)


def words(topic, language):
    """Return everything a reader of this language reads of a starter guide, block by block."""
    record = starter(topic)
    blocks = [record["title"][language], record["summary"][language]]
    for part in record["passages"]:
        blocks += [part["heading"][language], *part["text"][language]]
    return [quoted(block, language) for block in blocks]


@pytest.fixture
def loaded(db):
    load_references()
    actions.load_starter()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("topic", TOPICS)
def test_each_guide_is_easy_enough_for_an_emergency(topic, language):
    text = "\n\n".join(words(topic, language))

    assert reading.passes(text, language, emergency=True), reading.score(text, language)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("topic", TOPICS)
def test_each_passage_is_easy_enough_for_an_emergency(topic, language):
    texts = {part["anchor"]: "\n\n".join(part["text"][language]) for part in starter(topic)["passages"]}
    passages = {anchor: quoted(text, language) for anchor, text in texts.items()}

    hard = {anchor for anchor, text in passages.items() if not reading.passes(text, language, emergency=True)}

    assert hard == set()


@pytest.mark.parametrize("topic", TOPICS)
def test_each_text_is_there_in_every_language_with_as_many_blocks(topic):
    record = starter(topic)
    texts = [record["title"], record["summary"]]
    for part in record["passages"]:
        texts += [part[name] for name in actions.TRANSLATED if name in part]

    assert {tuple(text) for text in texts} == {tuple(languages.codes())}
    assert all(all(text.values()) for text in texts)
    for part in record["passages"]:
        english, spanish = ([re.findall(r"<(\w+)", block) for block in part["text"][code]] for code in ("en", "es"))
        assert english == spanish, part["anchor"]


@pytest.mark.parametrize("topic", TOPICS)
def test_each_passage_has_a_published_source(topic):
    assert [part["anchor"] for part in starter(topic)["passages"] if not part["sources"]] == []


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("topic", TOPICS)
def test_words_put_the_person_first(topic, language):
    assert UNKIND.findall(strip_tags(" ".join(words(topic, language)))) == []


@pytest.mark.parametrize("topic", TOPICS)
def test_no_number_to_call_but_that_of_a_record(topic, loaded):
    known = {phones.display(line.phone) for line in Line.objects.all()}

    found = {phones.display(number) for number in NUMBER.findall(json.dumps(starter(topic), ensure_ascii=False))}

    assert found <= known


@pytest.mark.django_db
def test_loading_twice_adds_nothing_and_keeps_what_staff_changed():
    load_references()

    first = actions.load_starter()
    Guide.objects.filter(topic="overdose").update(title_en="Changed by staff")
    Passage.objects.filter(anchor="never").delete()
    second = actions.load_starter()

    assert (first, second) == (3, 0)
    assert Guide.objects.get(topic="overdose").title_en == "Changed by staff"
    assert not Passage.objects.filter(anchor="never").exists()


def test_starter_guides_claim_no_review(loaded):
    assert set(Guide.objects.values_list("is_starter", "reviewed_on", "reviewed_by")) == {(True, None, None)}


def test_the_loaded_passages_are_those_of_the_files_with_their_sources(loaded):
    found = {
        (passage.guide.topic, passage.anchor): [citation.source.code for citation in passage.citations.all()]
        for passage in Passage.objects.select_related("guide").prefetch_related("citations__source")
    }

    assert found == {
        (topic, part["anchor"]): part["sources"] for topic in TOPICS for part in starter(topic)["passages"]
    }
    assert Source.objects.exclude(mark__in=["seen", "second-hand"]).count() == 0


@pytest.mark.parametrize("address", ["/en/overdose/", "/es/sobredosis/"])
def test_the_overdose_guide_goes_wake_naloxone_and_911_check_breaths_side(client, loaded, address):
    response = client.get(address)

    steps = [(part.number, part.passage.anchor) for part in response.context["parts"] if part.number]
    assert steps == [(1, "wake"), (2, "naloxone-and-911"), (3, "check"), (4, "not-breathing"), (5, "breathing")]


def test_the_guide_follows_the_labels_interval_and_counts_breathing(client, loaded):
    english = strip_tags(client.get("/en/overdose/").content.decode())
    spanish = strip_tags(client.get("/es/sobredosis/").content.decode())

    assert "2 to 3 minutes after the last dose" in english
    assert "What counts is breathing, not waking up." in english
    assert "A person who breathes gets no more doses." in english
    assert "2 o 3 minutos después de la última dosis" in spanish
    assert "Lo que cuenta es que respire, no que despierte." in spanish
    assert "No cuelgue: el 911 tiene intérpretes." in spanish


def test_the_withdrawal_guide_never_calls_withdrawal_harmless(client, loaded):
    body = strip_tags(client.get("/en/withdrawal/").content.decode())

    assert "Withdrawal can put your life at risk." in body
    assert "not dangerous" not in body


@pytest.mark.parametrize("address", ["/en/overdose/", "/es/sobredosis/"])
def test_the_first_answer_fits_in_14_kilobytes(client, loaded, address):
    response = client.get(address, headers={"accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) <= 14 * 1024
