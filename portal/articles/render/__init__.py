"""Write the page of an article: one statement asks for its texts, and the same texts always give the same page."""

from .cards import cards, shelves
from .page import Page, page_at, page_of, proposed_page_of

__all__ = ["Page", "cards", "page_at", "page_of", "proposed_page_of", "shelves"]
