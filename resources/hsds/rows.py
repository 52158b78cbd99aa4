"""Load what the open data shows: public rows alone, in as many queries however many rows.

A service is public with one public listing, an organization with one public service.
"""

import datetime

from django.db.models import (
    Count,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    FloatField,
    Func,
    Max,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable, ExpressionWrapper
from django.db.models.functions import ASin, Cos, Greatest, Least, Power, Radians, Sin, Sqrt

from .. import geo
from ..models import (
    Closure,
    Location,
    Organization,
    Phone,
    Place,
    Provenance,
    Schedule,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
    Verification,
)

METRES_A_MILE = 1609.344
DATED = (Organization, Service, Location, ServiceAtLocation)  # these know when they changed
UNDATED = (Phone, Schedule, Closure, Provenance, Verification, TaxonomyTerm)


def public_listings() -> QuerySet[ServiceAtLocation]:
    """Return the listings that are given, each with the moment of its last change or check as `changed_at`."""
    own = Verification.objects.by_the_department().filter(listing=OuterRef("pk")).order_by("-at")
    checked_at = Subquery(own.values("at")[:1], output_field=DateTimeField())
    parents = ("location__updated_at", "service__updated_at", "service__organization__updated_at")
    return ServiceAtLocation.objects.public().annotate(changed_at=Greatest("updated_at", *parents, checked_at))


def public_services() -> QuerySet[Service]:
    """Return the services that are given."""
    return Service.objects.filter(Exists(ServiceAtLocation.objects.public().filter(service=OuterRef("pk"))))


def with_changed_at(services: QuerySet[Service]) -> QuerySet[Service]:
    """Add to each service the moment of the newest change to its public listings as `changed_at`."""
    own = public_listings().filter(service=OuterRef("pk")).order_by().values("service")
    return services.annotate(changed_at=Subquery(own.annotate(newest=Max("changed_at")).values("newest")))


def public_organizations() -> QuerySet[Organization]:
    """Return the organizations that are given."""
    listings = ServiceAtLocation.objects.public().filter(service__organization=OuterRef("pk"))
    return Organization.objects.filter(Exists(listings))


def with_listings(services: QuerySet[Service], *, is_full: bool) -> QuerySet[Service]:
    """Load these services with all that `dump` reads of them: `service.listings.all()` are then the public ones."""
    listings = ServiceAtLocation.objects.public().select_related("location", "type").order_by("pk")
    parts = [
        Prefetch("verifications", Verification.objects.attempts().defer("note").order_by("-at", "-pk")),
        Prefetch("closures", Closure.objects.order_by("starts_on", "pk")),
    ]
    if is_full:
        parts += [
            Prefetch("phones", Phone.objects.order_by("position", "pk")),
            Prefetch("schedules", Schedule.objects.order_by("pk")),
            Prefetch("provenances", Provenance.objects.order_by("pk").defer("row")),
        ]
    prefetch = Prefetch("listings", listings.prefetch_related(*parts))
    return services.select_related("organization").prefetch_related(prefetch)


def near(place: Place, metres: float) -> QuerySet[ServiceAtLocation]:
    """Return the public listings within this distance of a ZIP code's point, with the distance as `metres`."""
    box = geo.box(place.latitude, place.longitude, metres / METRES_A_MILE)
    inside = public_listings().filter(location__in=Location.objects.filter(box))
    return inside.annotate(metres=_metres_from(place)).filter(metres__lte=metres)


def _metres_from(place: Place) -> Combinable:
    """Return the great-circle distance to a listing's location, by the haversine formula."""
    latitude, longitude = Radians(Value(place.latitude)), Radians(Value(place.longitude))
    other, beside = Radians(F("location__latitude")), Radians(F("location__longitude"))
    north, east = Sin((other - latitude) / 2.0), Sin((beside - longitude) / 2.0)
    square = Power(north, 2) + Cos(latitude) * Cos(other) * Power(east, 2)
    diameter = Value(2 * geo.EARTH_MILES * METRES_A_MILE)
    return ExpressionWrapper(diameter * ASin(Least(Value(1.0), Sqrt(square))), FloatField())


def state() -> tuple[datetime.datetime | None, str]:
    """Return the moment of the newest change to anything that is given, and a text that no two states share.

    A query a table: how many rows it has, and the sum of the transactions that wrote them. So whatever writes a row or
    deletes one is seen, also what keeps no moment of its own.
    """
    written = Sum(Func(template="xmin::text::bigint", output_field=DecimalField()))
    dated = [table._base_manager.aggregate(Count("pk"), written=written, newest=Max("updated_at")) for table in DATED]
    undated = [table._base_manager.aggregate(Count("pk"), written=written) for table in UNDATED]
    return max((sums["newest"] for sums in dated if sums["newest"]), default=None), f"{dated}{undated}"
