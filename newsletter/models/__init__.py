"""Keep who reads the newsletter, what was written, and what became of each copy."""

from .campaign import Campaign, CampaignText, IllegalMoveError
from .delivery import Delivery, SenderGuard
from .subscriber import ConsentEvent, ConsentText, Subscriber, Suppression

__all__ = [
    "Campaign",
    "CampaignText",
    "ConsentEvent",
    "ConsentText",
    "Delivery",
    "IllegalMoveError",
    "SenderGuard",
    "Subscriber",
    "Suppression",
]
