"""Test that what people look for in vain is counted, and that nobody can be told from it."""

import datetime

import pytest

from resources.actions import unmet
from resources.actions.unmet import count_unmet, forget_old_searches, in_vain
from resources.models import UnmetSearch, UnmetTerm

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 12, 1)


def count(term, times=1, on=TODAY, language="en"):
    for _time in range(times):
        count_unmet(term, language=language, on=on)


def shown(on=TODAY):
    return list(in_vain(on).order_by("term").values_list("term", "language", "searches"))


def test_a_word_is_kept_from_the_fifth_search_on():
    count("acupuncture", 4)
    assert (UnmetTerm.objects.count(), shown()) == (0, [])

    count("acupuncture")

    assert shown() == [("acupuncture", "en", 5)]


def test_until_then_only_a_keyed_hash_is_kept():
    count("acupuncture", 4)

    row = UnmetSearch.objects.get()

    assert (row.count, len(row.digest)) == (4, 64)
    assert "acupuncture" not in str(UnmetSearch.objects.values())


def test_searches_of_30_days_count_together_and_each_language_apart():
    count("acupuncture", 3, on=TODAY - datetime.timedelta(days=29))
    count("acupuncture", 1, language="es")
    count("acupuncture", 2)

    assert shown() == [("acupuncture", "en", 5)]
    assert shown(TODAY + datetime.timedelta(days=1)) == []


@pytest.mark.parametrize("term", ["", "call 5550100", "me@example.org", "a" * 41])
def test_what_may_name_a_person_leaves_nothing(term):
    count(term, 6)

    assert (UnmetSearch.objects.count(), UnmetTerm.objects.count()) == (0, 0)


def test_what_is_old_is_forgotten_with_its_words():
    count("acupuncture", 5, on=TODAY - datetime.timedelta(days=30))
    count("yoga", 5)

    forgotten = forget_old_searches(on=TODAY)

    assert forgotten == 2
    assert [row.day for row in UnmetSearch.objects.all()] == [TODAY]
    assert shown() == [("yoga", "en", 5)]


def test_a_day_counts_so_many_kinds_of_searches_and_goes_on_with_those(monkeypatch):
    monkeypatch.setattr(unmet, "MOST_A_DAY", 2)

    for term in ("one", "two", "three", "two"):
        count(term)

    assert sorted(UnmetSearch.objects.values_list("count", flat=True)) == [1, 2]
