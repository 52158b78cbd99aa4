"""Let one installation send from a database: on a restored or copied one everybody would get the mail again."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F

from newsletter.models import Campaign, SenderGuard
from portal.lib.environment import kept_secret

SHORTEST_ID = 32


class NotOurDatabaseError(Exception):
    """This installation may not send from this database."""

    def __str__(self):
        return (
            "This database was last sent from by another installation, so it may be a copy. Nothing is sent and every "
            "campaign is held back. If this is the one to send from now on: manage.py send_newsletter --adopt"
        )


def _own_id() -> str:
    """Return the name of this installation, kept outside the database so that no copy of it brings the name along."""
    name = kept_secret(settings.VAR_DIR / "sender-id.txt")
    if len(name) < SHORTEST_ID:
        raise ImproperlyConfigured("Make VAR_DIR a folder that may be written: the sender keeps its name there.")
    return name


def check(*, at) -> None:
    """Raise `NotOurDatabaseError`, with every campaign held back, unless this installation may send; the first may."""
    guard, _created = SenderGuard.objects.get_or_create(defaults={"instance_id": _own_id(), "adopted_at": at}, id=1)
    if guard.instance_id != _own_id():
        Campaign.objects.filter(state__in=Campaign.WOULD_SEND).update(state=Campaign.State.HELD)
        raise NotOurDatabaseError


@transaction.atomic
def adopt(*, at) -> None:
    """Make this installation the one that sends; what was held back stays so until staff resume it."""
    _guard, created = SenderGuard.objects.get_or_create(defaults={"instance_id": _own_id(), "adopted_at": at}, id=1)
    if not created:
        SenderGuard.objects.exclude(instance_id=_own_id()).update(
            instance_id=_own_id(), adopted_at=at, epoch=F("epoch") + 1
        )
