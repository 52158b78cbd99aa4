"""Reckon with the hours of a listing: its rules, whether it is open at a moment, and both in words."""

from .opening import SAYS_OPEN, Day, OpenState, is_federal_holiday, purposes, state, week, zone_of
from .rules import Hours, Rule, Shut, as_rows, can_be_read, hours_of, read
from .words import in_words, now_in_words, span_in_words

__all__ = [
    "SAYS_OPEN",
    "Day",
    "Hours",
    "OpenState",
    "Rule",
    "Shut",
    "as_rows",
    "can_be_read",
    "hours_of",
    "in_words",
    "is_federal_holiday",
    "now_in_words",
    "purposes",
    "read",
    "span_in_words",
    "state",
    "week",
    "zone_of",
]
