"""Let staff write, check and publish articles, a module a subject."""

from . import article, records, videos

__all__ = ["article", "records", "videos"]
