"""Have the database plan a long statement once a connection instead of at every visit.

Planning a statement over a dozen tables takes several times as long as running it. PostgreSQL keeps the plan of a
prepared statement with the connection. Behind a pooler that shares connections between transactions the statement may
be another connection's: then it is run as it stands.
"""

import hashlib
import re
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection
from psycopg2 import errors

_ANOTHER_CONNECTIONS = (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement)
_PARAMETER = re.compile(r"%\((\w+)\)s")
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def one_row(name: str, sql: str, values: dict) -> tuple | None:
    """Return the first row of a statement with parameters like `%(slug)s`; the name is for people who look for it."""
    with connection.cursor() as cursor:
        if connection.in_atomic_block:  # a refusal would end the transaction
            cursor.execute(sql, values)
            return cursor.fetchone()
        prepare, execute = _statements(name, sql)
        try:
            _prepare(cursor, prepare)
            cursor.execute(execute, values)
        except DatabaseError as error:
            if not isinstance(error.__cause__, _ANOTHER_CONNECTIONS):
                raise
            cursor.execute(sql, values)
        return cursor.fetchone()


def _prepare(cursor, prepare: str) -> None:
    """Prepare the statement where this connection has not done so yet."""
    done = _prepared.setdefault(connection.connection, set())
    if prepare not in done:
        done.add(prepare)
        cursor.execute(prepare)


@lru_cache(maxsize=64)
def _statements(name: str, sql: str) -> tuple[str, str]:
    """Return the statement that prepares, with numbered parameters, and the one that runs what was prepared.

    The name ends with a digest: behind a pooler an older release may have prepared other words by the same name.
    """
    name = f"{name}-{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
    names = list(dict.fromkeys(_PARAMETER.findall(sql)))
    numbered = _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", sql).replace("%%", "%")
    parameters = ", ".join(f"%({one})s" for one in names)
    return f'PREPARE "{name}" AS {numbered}', f'EXECUTE "{name}"' + (f" ({parameters})" if names else "")
