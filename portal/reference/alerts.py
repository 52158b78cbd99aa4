"""Publish an alert in every language at once, take one down, and say what is out."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.editorial import approvals
from portal.editorial.approvals import RefusedError
from portal.lib import languages

from .models import Alert, AlertWord
from .models.alerts import BLANK


def said(alert: Alert, language: str) -> str:
    """Return the sentence of an alert in a language, with its blanks filled; a blank with nothing in it stays."""
    sentence = getattr(alert.sentence, languages.column("text", language)) or ""
    filled = {blank: _words(word, language) for blank, word in alert.filled().items() if word}
    return BLANK.sub(lambda match: filled.get(match[1], match[0]), sentence)


def _words(word: AlertWord | datetime.date, language: str) -> str:
    if isinstance(word, AlertWord):
        return getattr(word, languages.column("text", language)) or ""
    return languages.long_date(word, language)


@transaction.atomic
def publish(*, alert: Alert, by: User, at: datetime.datetime) -> None:
    """Put an alert on every page in every language at once. The person may have written it: the sentence is approved.

    Raises RefusedError where the sentence is not approved, a blank is empty or the alert is over.
    """
    alert = Alert.objects.select_for_update(of=("self",)).select_related("sentence", "product", "area").get(pk=alert.pk)
    if alert.published_at:
        return
    if alert.sentence.approved_by_id is None:
        raise RefusedError(_("Somebody must approve this sentence first."))
    texts = {languages.column("text", code): said(alert, code) for code in languages.codes()}
    if any(BLANK.search(text) for text in texts.values()):
        raise RefusedError(_("Fill every blank of the sentence first."))
    if alert.ends_at <= at:
        raise RefusedError(_("This alert is over. Choose a later end."))
    Alert.objects.filter(pk=alert.pk).update(published_at=at, published_by=by, **texts)


@transaction.atomic
def hide(*, alert: Alert, by: User, at: datetime.datetime) -> bool:
    """Take an alert off every page in every language at once, and have a second person told. Say whether it was out."""
    out = Alert.objects.filter(pk=alert.pk, published_at__isnull=False, hidden_at=None)
    if not out.update(hidden_at=at, hidden_by=by):
        return False
    approvals.tell(alert, by=by, at=at)
    return True


def out_now(at: datetime.datetime, language: str) -> str:
    """Return the alerts that are out at this moment as one text in a language, or ""."""
    return " ".join(Alert.objects.shown(at).values_list(languages.column("text", language), flat=True))


def out_state(at: datetime.datetime) -> tuple[datetime.datetime | None, str]:
    """Return since when the alerts are as they are at this moment, or None, and a text that no two states share."""
    times = ("starts_at", "ends_at", "published_at", "hidden_at")
    rows = Alert.objects.filter(published_at__isnull=False).order_by("pk").values_list("pk", *times)
    past = [(pk, [moment for moment in moments if moment and moment <= at]) for pk, *moments in rows]
    return max((moment for _pk, moments in past for moment in moments), default=None), str(past)
