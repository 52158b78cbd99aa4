"""Let staff keep the directory: both languages beside each other, and every save found by search at once."""

from . import accuracy, calls, corrections, duplicates, imports, listing, proposals, quick, records, search, taxonomy

__all__ = [
    "accuracy",
    "calls",
    "corrections",
    "duplicates",
    "imports",
    "listing",
    "proposals",
    "quick",
    "records",
    "search",
    "taxonomy",
]
