"""Change the directory: a write that touches several rows is a function of this package."""

from .rebuild import rebuild_search
from .starter import STARTER, ZIPS, load_places, load_starter
from .verify import record_verification

__all__ = ["STARTER", "ZIPS", "load_places", "load_starter", "rebuild_search", "record_verification"]
