"""Know of each text in each language whether it is current, stale since, or missing."""

from .recording import MachineTextIsPublic, catch_up, forget_gone_parts, record
from .states import Staleness, staleness, unconfirmed_machine, with_staleness
from .texts import words

__all__ = [
    "MachineTextIsPublic",
    "Staleness",
    "catch_up",
    "forget_gone_parts",
    "record",
    "staleness",
    "unconfirmed_machine",
    "with_staleness",
    "words",
]
