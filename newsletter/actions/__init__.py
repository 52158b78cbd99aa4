"""Change who reads the newsletter and what becomes of a campaign."""

from .bounces import collect, record
from .campaigns import begin, cancel, resume, send_test, start
from .checks import is_tested, problems
from .readers import (
    ADDRESS_KEPT_FOR,
    DELIVERIES_KEPT_FOR,
    DIGESTS_KEPT_FOR,
    UNCONFIRMED_FOR,
    UNDO_WITHIN,
    choose,
    come_back,
    confirm,
    erase,
    is_reader,
    leave,
    mail_own_link,
    purge,
    subscribe,
    wanted,
    watch,
)
from .starter import load_starter

__all__ = [
    "ADDRESS_KEPT_FOR",
    "DELIVERIES_KEPT_FOR",
    "DIGESTS_KEPT_FOR",
    "UNCONFIRMED_FOR",
    "UNDO_WITHIN",
    "begin",
    "cancel",
    "choose",
    "collect",
    "come_back",
    "confirm",
    "erase",
    "is_reader",
    "is_tested",
    "leave",
    "load_starter",
    "mail_own_link",
    "problems",
    "purge",
    "record",
    "resume",
    "send_test",
    "start",
    "subscribe",
    "wanted",
    "watch",
]
