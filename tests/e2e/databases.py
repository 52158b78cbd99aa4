"""Give each story a database of its own: a copy of one that holds the starter content takes a fraction of a second."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def made(name: str, template: str = "template1"):
    """Make a database, as a copy of another to which nobody is connected; drop it in the end."""
    connection.close()
    _say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        _say(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def used(name: str):
    """Connect every thread of this process to another database meanwhile."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _say(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
