"""Test that each of the 78 things people look for is understood, by a search in either language."""

import csv

import pytest
from django.conf import settings

from portal.reference.models import Concept
from resources.geo import Spot
from resources.search.understand import understand
from resources.search.vocabulary import read_vocabulary

FILE = settings.BASE_DIR / "tests" / "data" / "concept_queries.csv"
HOME = Spot("Home", "CT", 41.79, -72.69)


def queries():
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_one_of_the_78_has_a_query_in_each_language():
    assert {int(row["number"]) for row in queries()} == set(range(1, 79))
    assert [row for row in queries() if not (row["english"] and row["spanish"])] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_is_understood_whatever_the_language_of_the_page(vocabulary, language):
    known = read_vocabulary(Concept.objects.all())

    def concepts(text):
        read = understand(text, known, language, HOME, lambda zips, towns: ({}, {}), lambda words: False)
        return [meaning.code for meaning in read.meanings]

    found = {
        (row["number"], row[column]): concepts(row[column]) for row in queries() for column in ("english", "spanish")
    }

    assert found == {
        (row["number"], row[column]): [row["concept"]] for row in queries() for column in ("english", "spanish")
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "concept"),
    [
        ("i want to die", "crisis-line"),
        ("quiero morirme", "crisis-line"),
        ("how much does methadone treatment cost", "cost"),
        ("¿cuánto cuesta?", "cost"),
    ],
)
def test_what_people_say_in_despair_and_of_money_is_understood_and_no_word_is_corrected(vocabulary, typed, concept):
    strange = []

    read = understand(
        typed, read_vocabulary(Concept.objects.all()), "es", HOME, lambda zips, towns: ({}, {}), lambda words: False,
        lambda words: strange.extend(words) or {},
    )  # fmt: skip

    assert concept in [meaning.code for meaning in read.meanings]
    assert strange == []
