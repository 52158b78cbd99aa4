"""Let one installation send from a database: on a restored or copied one everybody would get the mail again.

Two things are kept outside the database, so that no copy of it brings them along: the installation's name, and how many
signs of life it has given. A database with another name is a copy; one that knows of fewer signs was restored.
"""

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F

from newsletter.models import Campaign, SenderGuard
from portal.lib.environment import kept_secret

SHORTEST_ID = 32
QUIET = timedelta(minutes=10)  # without a sign of life this long, another installation's database is a copy


class NotOurDatabaseError(Exception):
    """This installation may not send from this database."""

    def __str__(self):
        return (
            "This database was last sent from by another installation, so it may be a copy. Nothing is sent and every "
            "campaign is held back. If this is the one to send from now on: manage.py send_newsletter --adopt"
        )


class RestoredDatabaseError(NotOurDatabaseError):
    """The database is older than what this installation has sent from."""

    def __str__(self):
        return (
            "This database is older than what was last sent from here, so it was restored from a backup. Nothing is "
            "sent and every campaign is held back. Look at what was under way, then: manage.py send_newsletter --adopt"
        )


def _own_id() -> str:
    """Return the name of this installation: SENDER_ID, shared by all its machines, or one kept in VAR_DIR."""
    name = settings.SENDER_ID or kept_secret(settings.VAR_DIR / "sender-id.txt")
    if len(name) < SHORTEST_ID:
        raise ImproperlyConfigured(
            f"Make VAR_DIR a folder that may be written, where the sender keeps its name, or set SENDER_ID to at least "
            f"{SHORTEST_ID} characters."
        )
    return name


def check(*, at) -> None:
    """Raise `NotOurDatabaseError` unless this installation may send; the first one may.

    Campaigns are held back, unless the installation that may send is alive: then this one was only pointed at it.
    """
    kept = _kept_epoch()  # before the row: read after it, a sign of life given in between would look like a restore
    guard, _created = SenderGuard.objects.get_or_create(defaults={"instance_id": _own_id(), "adopted_at": at}, id=1)
    if guard.instance_id != _own_id():
        if guard.seen_at is None or guard.seen_at < at - QUIET:
            _hold()
        raise NotOurDatabaseError
    if guard.epoch < kept:
        _hold()
        raise RestoredDatabaseError


def is_ours() -> bool:
    """Say whether no other installation has taken over meanwhile."""
    return SenderGuard.objects.filter(instance_id=_own_id()).exists()


def beat(*, at) -> None:
    """Give a sign of life: in the database first, so that what is kept here is never ahead of a sound one."""
    if SenderGuard.objects.filter(instance_id=_own_id()).update(epoch=F("epoch") + 1, seen_at=at):
        _keep_epoch(SenderGuard.objects.values_list("epoch", flat=True).get())


@transaction.atomic
def adopt(*, at) -> None:
    """Make this installation the one that sends; what would be sent is held back until staff resume it."""
    kept, fields = _kept_epoch(), {"instance_id": _own_id(), "adopted_at": at}
    guard, created = SenderGuard.objects.select_for_update().get_or_create(defaults=fields, id=1)
    if created or (guard.instance_id == _own_id() and guard.epoch >= kept):
        return
    _hold()
    SenderGuard.objects.update(**fields, epoch=max(guard.epoch, kept) + 1)


def unreachable(*, at) -> None:
    """Note that the mail server cannot be reached, for the list of what waits for staff."""
    SenderGuard.objects.filter(unreachable_since=None).update(unreachable_since=at)


def reachable() -> None:
    """Note that the mail server has taken a message."""
    SenderGuard.objects.filter(unreachable_since__isnull=False).update(unreachable_since=None)


def _hold() -> None:
    Campaign.objects.filter(state__in=Campaign.WOULD_SEND).update(state=Campaign.State.HELD)


def _epoch_file() -> Path:
    return settings.VAR_DIR / "sender-epoch.txt"


def _kept_epoch() -> int:
    try:
        words = _epoch_file().read_text().strip()
    except OSError:
        return 0
    return int(words) if words.isascii() and words.isdecimal() else 0


def _keep_epoch(epoch: int) -> None:
    if epoch <= _kept_epoch():
        return
    draft = _epoch_file().with_suffix(f".{os.getpid()}")
    draft.write_text(f"{epoch}\n")
    draft.replace(_epoch_file())
