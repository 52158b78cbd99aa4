"""The models, the migrations and the driver agree."""

import contextlib

import psycopg2.extensions
import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    with contextlib.suppress(SystemExit):
        call_command("makemigrations", check=True, dry_run=True)

    assert capsys.readouterr().out == "No changes detected\n"


@pytest.mark.django_db
def test_the_driver_in_use_is_psycopg2():
    # Django prefers psycopg 3 wherever something brings it in, and would change without a word.
    connection.ensure_connection()

    assert isinstance(connection.connection, psycopg2.extensions.connection)
