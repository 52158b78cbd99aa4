"""Let staff write a campaign in every language, send it, see what became of it, and know who reads."""

from . import campaigns, reader_imports, readers, sender

__all__ = ["campaigns", "reader_imports", "readers", "sender"]
