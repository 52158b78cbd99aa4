"""Keep what every feature quotes as one record each: changed once, changed everywhere."""

from .alerts import Alert, AlertSentence, AlertWord
from .concepts import Concept
from .contacts import Department, Line
from .facts import Fact, GlossaryTerm
from .links import LinkCheck
from .sites import SiteLink
from .sources import Source, StarterRecord

__all__ = [
    "Alert",
    "AlertSentence",
    "AlertWord",
    "Concept",
    "Department",
    "Fact",
    "GlossaryTerm",
    "Line",
    "LinkCheck",
    "SiteLink",
    "Source",
    "StarterRecord",
]
