"""Take listings off the list by the rules: a machine never takes the last methadone program within 10 miles.

By age a listing leaves the list at query time, from the clock alone. So who may not leave is reckoned beforehand, from
records that change only when somebody writes: of the checked methadone programs within 10 miles of each other, the one
checked last stays listed whatever its age, unless one that nobody has checked is there too (no age withdraws that one).
Its neighbours checked earlier have always left before it would.
"""

import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from .. import freshness, geo
from ..models import Change, Location, SearchDocument, ServiceAtLocation, Verification
from ..samhsa import codes

MILES = 10
LOCK = 18_434  # ours among the advisory locks of this database
METHADONE = "methadone"
NOT_THERE = ("closed", "moved")
CONFIRMED_BY = {"wrong number": ("wrong number",), "closed": NOT_THERE, "moved": NOT_THERE}  # by outcome of a call


class _Program(NamedTuple):
    """A methadone program on the list: where it is and when it was last checked (None: never)."""

    pk: int
    point: tuple[float, float]
    checked_at: datetime.datetime | None

    def outlasts(self, other: "_Program") -> bool:
        """Say whether this one is still listed on the day when the other's age would take it off."""
        if self.checked_at is None or other.checked_at is None:
            return self.checked_at is None
        return (self.checked_at, self.pk) > (other.checked_at, other.pk)


def offers(*claims: str) -> Q:
    """Return the condition that a listing's codes make one of these claims (answers that contradict it aside)."""
    condition = Q(codes__overlap=[*claims, *(key for key, code in codes.load().items() if code.claims & {*claims})])
    for claim in claims:
        for rule in codes.TOGETHER.get(claim, ()):
            condition |= Q(codes__contains=sorted(rule))
    return condition


def still_listed(today: datetime.date) -> Q:
    """Return the condition that no age has taken a listing off the list; needs `with_checks`."""
    since = start_of(freshness.listed_since(today))
    return Q(checked_at=None) | Q(checked_at__gte=since) | Q(stays_listed=True)


def _ever_checked() -> Q:
    """Return the condition that staff have reached a listing once: a few of many, found before anything is asked."""
    return Q(pk__in=Verification.objects.by_the_department().values("listing"))


def start_of(day: datetime.date) -> datetime.datetime:
    """Return the first moment of a day in the site's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def withdrawn(today: datetime.date) -> QuerySet[ServiceAtLocation]:
    """Return what is off the list on that day, by a call, by a publisher or by age."""
    rows = ServiceAtLocation.objects.public().with_checks()
    return rows.filter(Q(withdrawn_on__isnull=False) | (_ever_checked() & ~still_listed(today)))


def waiting_for_a_publisher(today: datetime.date) -> QuerySet[ServiceAtLocation]:
    """Return the last methadone programs that a machine would take off the list, if it might."""
    since = start_of(freshness.listed_since(today))
    return (
        ServiceAtLocation.objects.open()
        .with_checks()
        .filter(Q(withdrawal_held_on__isnull=False) | (Q(stays_listed=True) & Q(checked_at__lt=since)))
    )


def is_confirmed(listing: ServiceAtLocation, outcome: str, at: datetime.datetime) -> bool:
    """Say whether a wrong number or a closure was found before on another day, and nobody was reached since.

    What a publisher has already decided does not count again.
    """
    attempts = listing.verifications.attempts().filter(at__lt=start_of(timezone.localdate(at)))
    reached = listing.verifications.by_the_department().order_by("-at").values_list("at", flat=True).first()
    decided = listing.changes.filter(field="withdrawal").order_by("-at").values_list("at", flat=True).first()
    since = max(filter(None, (reached, decided)), default=None)
    earlier = attempts.filter(outcome__in=CONFIRMED_BY.get(outcome, ()))
    return (earlier.filter(at__gt=since) if since else earlier).exists()


def one_at_a_time() -> None:
    """Let one outcome be recorded after the other: of two last programs, the second sees that the first is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])


def withdraw_or_hold(listing: ServiceAtLocation, at: datetime.datetime) -> None:
    """Take a listing off the list, or leave that to a publisher when it is the last methadone program around."""
    today = timezone.localdate(at)
    if _is_last_program(listing, today):
        listing.withdrawal_held_on = listing.withdrawal_held_on or today
    else:
        listing.withdrawn_on = listing.withdrawn_on or today
        listing.withdrawal_held_on = None


@transaction.atomic
def decide_withdrawal(*, listing: ServiceAtLocation, is_withdrawn: bool, by, at: datetime.datetime) -> None:
    """Take a listing off the list or keep it there, as a publisher decides, and remember who did."""
    one_at_a_time()
    row = ServiceAtLocation.objects.select_for_update().get(pk=listing.pk)
    before = row.withdrawn_on
    row.withdrawn_on = (before or timezone.localdate(at)) if is_withdrawn else None
    row.withdrawal_held_on = None
    row.save(update_fields=["withdrawn_on", "withdrawal_held_on", "updated_at"])
    days = [day.isoformat() if day else "" for day in (before, row.withdrawn_on)]
    Change.objects.create(listing=row, field="withdrawal", before=days[0], after=days[1], at=at, by=by)


@transaction.atomic
def reckon_who_stays() -> None:
    """Mark the checked methadone programs that no age takes off the list, and search's copy of the mark."""
    checked = _programs(_ever_checked())
    boxes = Q(pk__in=[])
    for program in checked:
        boxes |= geo.box(*program.point, MILES)
    around = _programs(Q(location__in=Location.objects.filter(boxes))) if checked else []
    staying = {program.pk for program in checked if not any(_covers(other, program) for other in around)}
    marked = set(ServiceAtLocation.objects.filter(stays_listed=True).values_list("pk", flat=True))
    ServiceAtLocation.objects.filter(pk__in=staying - marked).update(stays_listed=True)
    ServiceAtLocation.objects.filter(pk__in=marked - staying).update(stays_listed=False)
    SearchDocument.objects.filter(listing__in=staying, stays_listed=False).update(stays_listed=True)
    SearchDocument.objects.filter(listing__in=marked - staying).update(stays_listed=False)


def _programs(which: Q) -> list[_Program]:
    rows = ServiceAtLocation.objects.open().with_checks().filter(which, offers(METHADONE))
    columns = ("pk", "location__latitude", "location__longitude", "checked_at")
    placed = rows.exclude(location__latitude=None).values_list(*columns)
    return [_Program(pk, (latitude, longitude), checked_at) for pk, latitude, longitude, checked_at in placed]


def _covers(other: _Program, program: _Program) -> bool:
    is_near = geo.miles_between(other.point, program.point) <= MILES
    return other.pk != program.pk and is_near and other.outlasts(program)


def _is_last_program(listing: ServiceAtLocation, today: datetime.date) -> bool:
    """Say whether no other methadone program within 10 miles is on the list; without a point nobody can tell."""
    if not ServiceAtLocation.objects.filter(offers(METHADONE), pk=listing.pk).exists():
        return False
    latitude, longitude = listing.location.latitude, listing.location.longitude
    if latitude is None or longitude is None:
        return True
    near = Location.objects.filter(geo.box(latitude, longitude, MILES))
    others = _programs(Q(location__in=near) & still_listed(today) & ~Q(pk=listing.pk))
    return not any(geo.miles_between(other.point, (latitude, longitude)) <= MILES for other in others)
