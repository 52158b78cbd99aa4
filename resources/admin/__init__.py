"""Let staff keep the directory: both languages beside each other, and every save found by search at once."""

from . import calls, listing, records, taxonomy

__all__ = ["calls", "listing", "records", "taxonomy"]
