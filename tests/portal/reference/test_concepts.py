"""The search vocabulary that the project ships: every word leads to one concept."""

import json
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

STARTER = Path(settings.BASE_DIR) / "portal" / "reference" / "starter" / "concepts.json"
LANGUAGES = [language for language, _name in settings.LANGUAGES]
KEYS = {"code", "kind", "label", "words", "claims", "samhsa_codes", "text"}


@cache
def concepts():
    return json.loads(STARTER.read_text(encoding="utf-8"))


def folded(word):
    """Return a word as a search sees it: small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def concepts_by_word(language):
    owners = {}
    for concept in concepts():
        for word in concept["words"][language]:
            owners.setdefault(folded(word), set()).add(concept["code"])
    return owners


def find(word, language):
    return concepts_by_word(language).get(folded(word))


def test_there_are_enough_concepts_and_no_code_is_used_twice():
    codes = [concept["code"] for concept in concepts()]

    assert len(codes) >= 78
    assert len(set(codes)) == len(codes)


def test_every_concept_has_a_label_words_and_text_in_every_language():
    fields = [concept[field] for concept in concepts() for field in ("label", "words", "text")]

    assert {frozenset(concept) for concept in concepts()} == {frozenset(KEYS)}
    assert {concept["kind"] for concept in concepts()} == {"need", "qualifier", "topic"}
    assert [field for field in fields if [language for language in LANGUAGES if field[language]] != LANGUAGES] == []


def test_needs_and_qualifiers_filter():
    empty = [concept["code"] for concept in concepts() if not (concept["claims"] or concept["samhsa_codes"])]
    kinds = {concept["code"]: concept["kind"] for concept in concepts()}

    # What is open now is reckoned from the hours.
    assert [code for code in empty if kinds[code] != "topic"] == ["open-now"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_belongs_to_two_concepts_of_a_language(language):
    shared = {word: owners for word, owners in concepts_by_word(language).items() if len(owners) > 1}

    assert shared == {}


def test_no_word_means_one_need_in_english_and_another_in_spanish():
    needs = {concept["code"] for concept in concepts() if concept["kind"] == "need"}
    owners = Counter()
    for word in set().union(*(concepts_by_word(language) for language in LANGUAGES)):
        found = set().union(*(concepts_by_word(language).get(word, set()) for language in LANGUAGES))
        owners[word] = len(found & needs)

    assert [word for word, count in owners.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_written_the_way_they_are_matched(language):
    words = [word for concept in concepts() for word in concept["words"][language]]

    assert [word for word in words if word != " ".join(word.lower().split())] == []
    assert [word for word in words if len(word) < 2] == []


@pytest.mark.parametrize(
    ("word", "language", "code"),
    [
        ("Suboxone", "en", "buprenorphine"),
        ("subutex", "es", "buprenorphine-alone"),
        ("sublocade", "es", "buprenorphine-injection"),
        ("brixadi", "en", "buprenorphine-injection"),
        ("methadose", "en", "methadone-brand"),
        ("metadona", "es", "methadone"),
        ("kloxxado", "en", "naloxone-brand"),
        ("rivive", "es", "naloxone-brand"),
        ("narcan", "es", "naloxone"),
        ("vivitrol", "en", "naltrexone-injection"),
        ("desintoxicacion", "es", "detox"),
        ("desintoxicación", "es", "detox"),
        ("recovery housing", "en", "recovery-housing"),
        ("sin seguro", "es", "no-insurance"),
        ("HUSKY", "es", "medicaid"),
        ("en español", "es", "spanish"),
    ],
)
def test_what_people_type_finds_its_concept(word, language, code):
    assert find(word, language) == {code}


@pytest.mark.parametrize("word", ["nalaxone", "narcam", "suboxon", "methodone", "bupenorfina"])
def test_misspellings_are_left_to_the_table_of_known_words(word):
    assert [find(word, language) for language in LANGUAGES] == [None, None]


def test_a_form_of_buprenorphine_still_finds_every_place_that_offers_buprenorphine():
    claims = {concept["code"]: concept["claims"] for concept in concepts()}

    assert claims["buprenorphine-injection"] == ["buprenorphine-injection", "buprenorphine"]
    assert claims["naltrexone-injection"] == ["naltrexone-injection", "naltrexone"]


def test_overdose_education_never_answers_a_search_for_naloxone():
    claims = {concept["code"]: concept["claims"] for concept in concepts()}

    assert claims["naloxone"] == ["naloxone"]
    assert [code for code, slugs in claims.items() if "overdose-education" in slugs] == []


def test_no_label_shown_is_a_street_word_or_stigmatises():
    avoid = re.compile(r"(?i)\b(abuse|addicts?|junkies?|clean|drogadic\w+|adict[oa]s?|tecat[oa]s?|limpi[oa]|dope)\b")
    shown = [label for concept in concepts() for label in concept["label"].values()]

    assert [label for label in shown if avoid.search(label)] == []
