"""Read which listings a visitor ticked, from an address that anybody may have typed."""

from typing import NamedTuple

from django.http import QueryDict

MOST_PRINTED = 12
MOST_COMPARED = 4
LONGEST_CODE = 9  # digits; the column of short codes holds no longer number


class Chosen(NamedTuple):
    """The short codes of the listings, in the order they were ticked, and how many were left out as too many."""

    codes: list[int]
    left_out: int


def chosen(params: QueryDict, most: int) -> Chosen:
    """Return the first `most` short codes of `ids`, repeated or divided by commas; what is no number is ignored."""
    parts = ",".join(params.getlist("ids")).split(",")
    codes = list(dict.fromkeys(int(part) for part in map(str.strip, parts) if _is_code(part)))
    return Chosen(codes[:most], len(codes[most:]))


def _is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_CODE
