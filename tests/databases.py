"""Copy databases: a copy takes a fraction of a second, migrating a new one takes many."""

import hashlib
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

MIGRATED = "faro_migrated"


@contextmanager
def made(name: str, template: str):
    """Make a database, as a copy of another to which nobody is connected; drop it in the end."""
    connection.close()
    copy(name, template)
    try:
        yield name
    finally:
        drop(name)


@contextmanager
def used(name: str):
    """Connect every thread of this process to another database meanwhile."""
    before = connection.settings_dict["NAME"]
    _connect_to(name)
    try:
        yield
    finally:
        _connect_to(before)


def _connect_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()  # the same model may have another number there


def migrated() -> str:
    """Return the name of a database that holds every migration, for others to be copies of.

    Whichever process asks first makes it, and makes it anew when a file of a migration has changed.
    """
    files = sorted(path for app in apps.get_app_configs() for path in Path(app.path).glob("migrations/*.py"))
    state = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")  # until this cursor's connection closes
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [MIGRATED])
        if cursor.fetchone() != (state,):
            copy(MIGRATED, "template1")
            with used(MIGRATED):
                call_command("migrate", verbosity=0)
            cursor.execute(f'COMMENT ON DATABASE "{MIGRATED}" IS %s', [state])
    return MIGRATED


def copy(name: str, template: str) -> None:
    """Make a database, dropping what had its name, as a copy of another to which nobody is connected."""
    drop(name)
    _say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def emptying(operations, style, tables, **options) -> list[str]:
    """Return the SQL that empties tables, in place of Django's own.

    A test leaves a few rows, and TRUNCATE makes the files of every table and index anew. What the migrations entered
    stays.
    """
    emptied = sorted(set(tables) - {"django_content_type", "auth_permission"})
    return ["; ".join(f"DELETE FROM {operations.quote_name(table)}" for table in emptied)]


def drop(name: str) -> None:
    """Drop a database that may not exist, whoever is connected to it."""
    _say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _say(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
