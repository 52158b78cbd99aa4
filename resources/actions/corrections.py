"""Take what strangers say is wrong, answer it within days, and forget their words."""

import datetime
from collections.abc import Mapping

from django.core.cache import cache
from django.db import transaction
from django.utils import formats, timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import languages
from portal.lib.ratelimit import DAY

from ..hours import is_federal_holiday
from ..models import Correction, ServiceAtLocation
from .calls import IDLE

Field = Correction.Field

SATURDAY = 5
WORKING_DAYS = 5
WORKING_DAYS_OF = {Field.PHONE: 1, Field.ADDRESS: 1, Field.CLOSED: 1}  # what sends people to nobody
TEXT_KEPT_FOR = datetime.timedelta(days=30)  # after the report is decided

TOLD = {
    Field.PHONE: gettext_lazy("Someone told us on %(day)s that the phone may be wrong."),
    Field.ADDRESS: gettext_lazy("Someone told us on %(day)s that the address may be wrong."),
    Field.HOURS: gettext_lazy("Someone told us on %(day)s that the hours may be wrong."),
    Field.SERVICES: gettext_lazy("Someone told us on %(day)s that they may offer something else."),
    Field.LANGUAGES: gettext_lazy("Someone told us on %(day)s that the languages may be wrong."),
    Field.PAYMENT: gettext_lazy("Someone told us on %(day)s that the ways to pay may be wrong."),
    Field.CLOSED: gettext_lazy("Someone told us on %(day)s that this place may have closed for good, or opened again."),
    Field.OTHER: gettext_lazy("Someone told us on %(day)s that something here may be wrong."),
}


class AlreadyDecidedError(Exception):
    """Somebody else has decided this report meanwhile."""


@transaction.atomic
def report(*, listing: ServiceAtLocation, field: str, text: str, form_token: str, at: datetime.datetime) -> None:
    """Keep a report, once for each thing that is said to be wrong, however often the same page is sent.

    Nothing is kept of who sent it, and of when no more than the day. The page's own token is remembered for a day as a
    keyed hash in the shared cache, whose primary key lets one of many at the same moment through.
    """
    sent = salted_hmac("correction.sent", f"{form_token} {field}", algorithm="sha256").hexdigest()
    if not cache.add(f"correction.sent:{sent}", 1, DAY):
        return
    today = timezone.localdate(at)
    Correction.objects.create(
        listing=listing,
        field=field,
        text=text,
        language=languages.current(),
        reported_on=today,
        due_on=due_on(field, today),
    )


def due_on(field: str, reported_on: datetime.date) -> datetime.date:
    """Return the day by which a report is to be answered.

    That is the next working day for what sends people to nobody (`WORKING_DAYS_OF`), else the fifth. Weekends and
    public holidays of the whole country are no working days.
    """
    day = reported_on
    for _number in range(WORKING_DAYS_OF.get(Field(field), WORKING_DAYS)):
        day += datetime.timedelta(days=1)
        while not _is_working_day(day):
            day += datetime.timedelta(days=1)
    return day


def _is_working_day(day: datetime.date) -> bool:
    return day.weekday() < SATURDAY and not is_federal_holiday(day)


def told(listing: ServiceAtLocation, at: datetime.datetime) -> list[str]:
    """Return what strangers say is wrong and nobody has decided, one sentence a thing, in the active language.

    No query where `corrections` and `verifications` are loaded. The newest report of a thing counts; one that a later
    check has answered does not.
    """
    reports = [row for row in listing.corrections.all() if row.state == Correction.State.OPEN and _stands(row, listing)]
    newest = {row.field: row.reported_on for row in sorted(reports, key=lambda row: (row.reported_on, row.pk))}
    is_claimed = listing.claimed_at is not None and listing.claimed_at >= at - IDLE
    how_far = _("It is being checked.") if is_claimed else _("Not checked yet.")
    return [f"{TOLD[Field(field)] % {'day': _day(newest[field])}} {how_far}" for field in Field if field in newest]


def _stands(report: Correction, listing: ServiceAtLocation) -> bool:
    reached = listing.last_check
    is_answered = reached and report.field in listing.read_back and timezone.localdate(reached.at) > report.reported_on
    return not is_answered


def _day(day: datetime.date) -> str:
    return formats.date_format(day, "MONTH_DAY_FORMAT")


def decide(*, correction: Correction, is_accepted: bool, answers: Mapping[str, str], by, at: datetime.datetime) -> None:
    """Close a report: accepted with an answer in every language for the public ledger, or refused.

    Raises `AlreadyDecidedError` when another member of staff was quicker.
    """
    state = Correction.State.ACCEPTED if is_accepted else Correction.State.REFUSED
    columns = {languages.column("answer", code): text if is_accepted else "" for code, text in answers.items()}
    won = Correction.objects.open().filter(pk=correction.pk).update(state=state, closed_at=at, closed_by=by, **columns)
    if not won:
        raise AlreadyDecidedError
    correction.refresh_from_db()


def erase_old_texts(at: datetime.datetime) -> int:
    """Erase what strangers wrote in reports decided 30 days ago or longer; return how many texts that were."""
    return Correction.objects.filter(closed_at__lte=at - TEXT_KEPT_FOR).exclude(text="").update(text="")
