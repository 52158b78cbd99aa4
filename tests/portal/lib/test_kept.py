"""Test that small tables are read again exactly when a row of them has changed."""

import pytest

from portal.lib.kept import keep, states
from portal.reference.models import Concept, Line

pytestmark = pytest.mark.django_db


@pytest.fixture
def reading():
    reads = []
    kept = keep(lambda: reads.append(1) or sorted(Concept.objects.values_list("code", "label_en")), of_none=[])
    return kept, reads


def test_rows_are_read_once_as_long_as_none_changes(reading):
    kept, reads = reading
    Concept.objects.create(code="a", kind="need", label_en="A")

    first, second = kept(states(Concept)[0]), kept(states(Concept)[0])

    assert (first, second, len(reads)) == ([("a", "A")], [("a", "A")], 1)


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        (lambda: Concept.objects.create(code="b", kind="need", label_en="B"), [("a", "A"), ("b", "B")]),
        (lambda: Concept.objects.filter(code="a").update(label_en="Z"), [("a", "Z")]),
        (lambda: Concept.objects.filter(code="a").delete(), []),
    ],
)
def test_a_new_changed_or_deleted_row_is_seen_at_once(reading, change, rows):
    kept, _reads = reading
    Concept.objects.create(code="a", kind="need", label_en="A")
    kept(states(Concept)[0])

    change()

    assert kept(states(Concept)[0]) == rows


def test_the_states_of_several_tables_take_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        empty, other = states(Concept, Line)

    assert (empty, other) == ("", "")
