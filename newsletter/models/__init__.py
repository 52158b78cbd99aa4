"""Keep who reads the newsletter, what was written, and what became of each copy."""

from .alert import PageAlert
from .block import Block
from .bounce import Bounce
from .campaign import Campaign, CampaignText, IllegalMoveError
from .delivery import Delivery, Pace, SenderGuard
from .digest import DigestItem, DigestRun
from .reader_import import ReaderImport
from .subscriber import ConsentEvent, ConsentText, Frequency, Subscriber, Suppression
from .topic import Subscription, Topic

__all__ = [
    "Block",
    "Bounce",
    "Campaign",
    "CampaignText",
    "ConsentEvent",
    "ConsentText",
    "Delivery",
    "DigestItem",
    "DigestRun",
    "Frequency",
    "IllegalMoveError",
    "Pace",
    "PageAlert",
    "ReaderImport",
    "SenderGuard",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Topic",
]
