"""Write again what is reckoned from the records."""

from collections.abc import Collection

from ..search import documents
from .withdrawal import reckon_who_stays


def rebuild_search(listings: Collection[int] | None = None) -> None:
    """Write again what search reads of these listings, or of all, and which listings no age takes off the list."""
    documents.write(listings)
    reckon_who_stays()
