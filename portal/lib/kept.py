"""Keep what small tables hold, for as long as no row of them changes.

A page needs a few small tables whole: the vocabulary of search, the lines of the footer. Reading their rows takes most
of a page's time; asking whether a row has changed takes a fraction of a millisecond, and so nothing shown is ever old.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from django.db import connection, models

from portal.lib import prepared

Rows = TypeVar("Rows")
# Every version of a row has another place or was written by another transaction; rows are read in the order of places.
_STATE = "(SELECT md5(string_agg(concat(ctid, xmin), ',')) FROM {table})"


def states(*tables: type[models.Model]) -> list[str]:
    """Return for each table a text that is another one as soon as a row of it is; one query. For small tables only."""
    row = prepared.one_row("states", _statement(tables), {})
    assert row is not None, "a SELECT without FROM answers with a row"
    return [state or "" for state in row]


@lru_cache(maxsize=64)
def _statement(tables: tuple[type[models.Model], ...]) -> str:
    columns = (_STATE.format(table=connection.ops.quote_name(table._meta.db_table)) for table in tables)
    return f"SELECT {', '.join(columns)}"


def keep(read: Callable[[], Rows], *, of_none: Rows) -> Callable[[str], Rows]:
    """Return a function that reads the rows anew only for another state than the last ones; never change its result.

    `of_none` is what there is without any row.
    """
    kept = lru_cache(maxsize=4)(lambda state: read())
    return lambda state: kept(state) if state else of_none
