"""Hold what is known of any text: its states, approvals, waiting changes, removals, moves, and words for the gates."""

from .approvals import Approval, Move, PendingChange, Removal
from .text_state import TextState
from .words import AvoidedWord, ReadingName

__all__ = [
    "Approval",
    "AvoidedWord",
    "Move",
    "PendingChange",
    "ReadingName",
    "Removal",
    "TextState",
]
