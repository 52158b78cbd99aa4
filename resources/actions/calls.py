"""Say whom staff should call now, and let each caller have a place to herself."""

import datetime
from collections.abc import Mapping

from django.conf import settings
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from portal.reference.models import Department

from .. import freshness, geo
from ..models import CallToMake, Correction, Location, Proposal, ServiceAtLocation, Verification
from .withdrawal import offers, start_of

NEAR_MILES = 10
NEEDED_MOST = ("methadone", "buprenorphine")
IDLE = datetime.timedelta(minutes=20)
MOST_TRIES = 20  # to claim: no more people than that call at the same moment
REST_DAYS = 14  # after a place said no: asking again tomorrow would only annoy

# What visitors need most comes first.
REPORTED, ASKED_BACK, MEDICATION, REST = range(4)
UNCHECKED, DUE, STALE, WITHDRAWN = range(4)

BEGINNING = datetime.datetime.min.replace(tzinfo=datetime.UTC)

Outcome = Verification.Outcome
Status = ServiceAtLocation.Status


def queue(at: datetime.datetime) -> QuerySet[ServiceAtLocation]:
    """Return the listings to call at that moment, what visitors need most first.

    First reports of a wrong phone and new numbers that a provider gave, then calls asked back whose time has come,
    then methadone and buprenorphine near the department, then the rest of its area; each unchecked before due before
    stale. A place that was tried today rests until tomorrow, one that said no for two weeks.
    """
    today, department = timezone.localdate(at), Department.objects.current()
    return (
        _callable()
        .annotate(latitude=F("location__latitude"), longitude=F("location__longitude"))
        .annotate(far=_distance(department))
        .annotate(need=_need(at), state=_state(today))
        .filter(_is_ours(department), _is_due(today), Q(tried_at=None) | ~_rests(at, today))
        .order_by("need", "state", "far", "pk")
    )


def doubts() -> QuerySet[CallToMake]:
    """Return the questions about places that have no listing yet; others are asked with their listing."""
    return CallToMake.objects.waiting().filter(listings=None).order_by("organization", "pk")


def free_for(by, at: datetime.datetime) -> Q:
    """Return the condition that nobody else has a place, or has left it alone for 20 minutes."""
    return Q(claimed_by=None) | Q(claimed_by=by) | Q(claimed_at__lt=at - IDLE)


def claim(row: ServiceAtLocation | CallToMake, *, by, at: datetime.datetime) -> bool:
    """Take a place for this caller, or renew what she has; False when somebody else has it.

    One conditional UPDATE: of two at the same moment, the second waits for the first and then finds the place taken.
    """
    return bool(type(row).objects.filter(free_for(by, at), pk=row.pk).update(claimed_by=by, claimed_at=at))


def may_take(row: ServiceAtLocation | CallToMake, *, by, at: datetime.datetime) -> bool:
    """Say whether this caller could take a place now; nothing is changed."""
    return type(row).objects.filter(free_for(by, at), pk=row.pk).exists()


def put_back(row: ServiceAtLocation | CallToMake, *, by) -> None:
    """Leave a place to the others, if this caller has it."""
    type(row).objects.filter(pk=row.pk, claimed_by=by).update(claimed_by=None, claimed_at=None)


def claim_next(*, by, at: datetime.datetime) -> ServiceAtLocation | CallToMake | None:
    """Take the first place of the queue that nobody has, or the first question without one; None: nothing is due."""
    for rows in (queue(at), doubts()):
        for row in rows.filter(free_for(by, at))[:MOST_TRIES]:
            if claim(row, by=by, at=at):
                if rows.filter(pk=row.pk).exists():
                    return row
                put_back(row, by=by)  # somebody called it between our reading and our claim
    return None


def answer_doubts(notes: Mapping[int, str], *, by, at: datetime.datetime) -> None:
    """Close these questions with what was learned; `notes` are by the questions' keys."""
    for pk, note in notes.items():
        waiting = CallToMake.objects.waiting().filter(pk=pk)
        waiting.update(note=note, done_at=at, done_by=by, claimed_by=None, claimed_at=None)


def _callable() -> QuerySet:
    """Return the listings that may be called at all, with what decides whether they are."""
    reports = Correction.objects.open().filter(listing=OuterRef("pk"), field=Correction.Field.PHONE)
    since = Coalesce(OuterRef("checked_on"), Value(datetime.date.min))
    proposals = Proposal.objects.waiting().filter(
        listing=OuterRef("pk"), field="phone", origin=Proposal.Origin.PROVIDER
    )
    asked = proposals.filter(made_at__gt=Coalesce(OuterRef("checked_at"), Value(BEGINNING)))
    is_told = Exists(reports.filter(reported_on__gte=since)) | Exists(asked)
    return (
        ServiceAtLocation.objects.public()
        .filter(status__in=[Status.OPEN, Status.TEMPORARILY_CLOSED], withdrawn_on=None, withdrawal_held_on=None)
        .with_checks()
        .annotate(checked_on=TruncDate("checked_at"))
        .annotate(
            is_reported=ExpressionWrapper(is_told, BooleanField()),
            has_doubt=Exists(CallToMake.objects.waiting().filter(listings=OuterRef("pk"))),
        )
    )


def _is_due(today: datetime.date) -> Q:
    is_old = Q(checked_at=None) | Q(checked_at__lt=start_of(freshness.ageing_since(today)))
    is_unanswered = ~Q(tried_outcome=Outcome.REACHED)
    return is_old | is_unanswered | Q(is_reported=True) | Q(has_doubt=True)


def _rests(at: datetime.datetime, today: datetime.date) -> Q:
    asked_back = Q(tried_outcome=Outcome.CALL_BACK, asked_back_at__isnull=False)
    said_no = Q(tried_outcome__in=[Outcome.REFUSED, Outcome.NO_NEW_PATIENTS], is_reported=False)
    return (
        (asked_back & Q(asked_back_at__gt=at))
        | (Q(tried_at__gte=start_of(today)) & ~(asked_back & Q(asked_back_at__lte=at)))
        | (said_no & Q(tried_at__gte=start_of(today - datetime.timedelta(days=REST_DAYS))))
    )


def _need(at: datetime.datetime) -> Case:
    is_near = Q(far__lte=_degrees(NEAR_MILES))
    return _first(
        (Q(is_reported=True), REPORTED),
        (Q(tried_outcome=Outcome.CALL_BACK, asked_back_at__lte=at), ASKED_BACK),
        (is_near & offers(*NEEDED_MOST), MEDICATION),
        otherwise=REST,
    )


def _state(today: datetime.date) -> Case:
    return _first(
        (Q(checked_at=None), UNCHECKED),
        (Q(checked_at__gte=start_of(freshness.trusted_since(today))), DUE),
        (Q(checked_at__gte=start_of(freshness.listed_since(today))) | Q(stays_listed=True), STALE),
        otherwise=WITHDRAWN,
    )


def _first(*cases: tuple[Q, int], otherwise: int) -> Case:
    whens = [When(condition, then=Value(number)) for condition, number in cases]
    return Case(*whens, default=Value(otherwise), output_field=IntegerField())


def _is_ours(department: Department | None) -> Q:
    """Return the condition that the department checks a place: in its area, or somebody asks about this very one.

    The few places that somebody asks about are named by their keys, so that the database throws out the rest of the
    country before it looks for anybody's calls.
    """
    if department is None:
        return Q()
    reported = Correction.objects.open().filter(field=Correction.Field.PHONE).values_list("listing", flat=True)
    asked = CallToMake.objects.waiting().exclude(listings=None).values_list("listings", flat=True)
    by_phone = Q(location__location_type=Location.Type.VIRTUAL, location__state_province=department.state)
    return Q(pk__in=[*reported, *asked]) | by_phone | Q(far__lte=_degrees(settings.AREA_MILES))


def _distance(department: Department | None) -> Combinable:
    """Return what sorts by distance from the department; NULL, and so last, where there is no point."""
    return geo.nearness(department.latitude, department.longitude) if department else Value(0.0)


def _degrees(miles: float) -> float:
    """Return a distance in miles in the measure of `geo.nearness`."""
    return (miles / geo.MILES_A_DEGREE) ** 2
