"""Let staff edit what all features quote, the languages beside each other."""

from . import alerts, facts, lines, links, sources

__all__ = ["alerts", "facts", "lines", "links", "sources"]
