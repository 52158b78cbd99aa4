import pytest
from django.db import connection

from portal.lib import prepared

ADD = "SELECT %(one)s::int + %(two)s::int, %(one)s::int, '5%%'"


@pytest.fixture
def names():
    """Return the statements of these tests that the database holds for this connection, and forget them afterwards."""

    def held():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, calls FROM (SELECT name, generic_plans + custom_plans AS calls"
                " FROM pg_prepared_statements) AS held WHERE name LIKE 'test-%'"
            )
            return dict(cursor.fetchall())

    yield held
    with connection.cursor() as cursor:
        for name in held():
            cursor.execute(f'DEALLOCATE "{name}"')


@pytest.mark.django_db(transaction=True)
def test_a_statement_is_prepared_once_a_connection(names):
    rows = [prepared.one_row("test-add", ADD, {"one": number, "two": 1}) for number in (1, 2)]

    assert rows == [(2, 1, "5%"), (3, 2, "5%")]
    assert list(names().values()) == [2]


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_another_connection_holds_runs_as_it_stands(names):
    prepared.one_row("test-lost", ADD, {"one": 1, "two": 1})
    with connection.cursor() as cursor:
        cursor.execute(f'DEALLOCATE "{next(iter(names()))}"')

    row = prepared.one_row("test-lost", ADD, {"one": 1, "two": 1})

    assert row == (2, 1, "5%")


@pytest.mark.django_db(transaction=True)
def test_other_words_by_the_same_name_are_another_statement(names):
    rows = [prepared.one_row("test-add", sql, {"one": 1, "two": 1}) for sql in (ADD, "SELECT 7")]

    assert rows == [(2, 1, "5%"), (7,)]
    assert len(names()) == 2


@pytest.mark.django_db
def test_inside_a_transaction_nothing_is_prepared(names):
    row = prepared.one_row("test-inside", ADD, {"one": 1, "two": 1})

    assert (row, names()) == ((2, 1, "5%"), {})
