"""Turn a campaign into the message that goes out: two equal parts, in the reader's language, without a tracker."""

from .message import MAX_BYTES, PLACES, absolute, campaign_text, confirmation, letter, own_link, places, size
from .parts import Part, parts
from .plain import is_empty, plain

__all__ = [
    "MAX_BYTES",
    "PLACES",
    "Part",
    "absolute",
    "campaign_text",
    "confirmation",
    "is_empty",
    "letter",
    "own_link",
    "parts",
    "places",
    "plain",
    "size",
]
