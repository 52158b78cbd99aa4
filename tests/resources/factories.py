"""Make listings for tests, among them R1 to R10 of the acceptance cases (invented places, invented numbers)."""

import datetime

import factory

from portal.accounts.models import User
from resources.actions import rebuild_search
from resources.geo import fold
from resources.models import (
    CallToMake,
    Closure,
    ListingType,
    Location,
    Organization,
    Phone,
    Place,
    Provenance,
    QualityFact,
    Schedule,
    Service,
    ServiceAtLocation,
    Verification,
)

METHADONE = ["OTP", "METH", "MD"]
BUPRENORPHINE = ["UB"]
SPANISH = ["SP"]


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda n: f"Organization {n}")


class ServiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Service

    organization = factory.SubFactory(OrganizationFactory)
    name_en = factory.SelfAttribute("organization.name")
    name_es = factory.SelfAttribute("organization.name")


class LocationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Location

    address_1 = "1 Main Street"
    city = "Hartford"
    state_province = "CT"
    postal_code = "06112"
    latitude = 41.79
    longitude = -72.696
    point_source = "address"


class VirtualLocationFactory(LocationFactory):
    location_type = Location.Type.VIRTUAL
    address_1 = city = postal_code = point_source = ""
    latitude = longitude = None


class ListingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ServiceAtLocation
        skip_postgeneration_save = True

    class Params:
        name = factory.Sequence(lambda n: f"Place {n}")

    service = factory.SubFactory(ServiceFactory, organization__name=factory.SelfAttribute("...name"))
    location = factory.SubFactory(LocationFactory)
    slug = factory.Sequence(lambda n: f"place-{n}")
    codes = METHADONE


class PhoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Phone

    listing = factory.SubFactory(ListingFactory)
    number = "860-555-0100"


class ProvenanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Provenance

    listing = factory.SubFactory(ListingFactory)
    source = Provenance.Source.SAMHSA
    source_id = factory.Sequence(lambda n: f"row-{n}")
    year = 2022


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"caller-{n}")
    is_staff = True


class VerificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Verification

    listing = factory.SubFactory(ListingFactory)
    method = Verification.Method.PHONE
    outcome = Verification.Outcome.REACHED
    at = datetime.datetime(2026, 11, 21, 15, 0, tzinfo=datetime.UTC)
    by = factory.SubFactory(UserFactory)
    fields = ["phone", "hours"]


class ListingTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ListingType
        django_get_or_create = ("code",)

    code = "treatment"
    name_en = factory.SelfAttribute("code")
    name_es = factory.SelfAttribute("code")
    plural_en = factory.SelfAttribute("code")
    plural_es = factory.SelfAttribute("code")


class ScheduleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Schedule

    listing = factory.SubFactory(ListingFactory)
    byday = "MO,TU,WE,TH,FR"
    opens_at = datetime.time(9)
    closes_at = datetime.time(17)


class ClosureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Closure

    listing = factory.SubFactory(ListingFactory)
    starts_on = datetime.date(2026, 12, 25)
    ends_on = factory.SelfAttribute("starts_on")


class QualityFactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QualityFact

    listing = factory.SubFactory(ListingFactory)
    text_en = "Accredited by an invented body"
    text_es = "Acreditado por un organismo inventado"
    source = "An invented list"
    as_of = datetime.date(2026, 10, 1)


class CallToMakeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CallToMake

    organization = factory.Sequence(lambda n: f"Organization {n}")
    reason_en = "Ask whether it is open."
    reason_es = "Pregunte si está abierto."


class PlaceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Place

    zip = factory.Sequence(lambda n: f"{n:05d}")
    city = "Hartford"
    city_key = factory.LazyAttribute(lambda place: fold(place.city))
    state = "CT"
    latitude = 41.79
    longitude = -72.696


def acceptance_places():
    """Make the ZIP codes of the cases; they are not the shipped table's."""
    for code, city, latitude, longitude in [
        ("06112", "Hartford", 41.79, -72.696),
        ("06106", "Hartford", 41.75, -72.695),
        ("06320", "New London", 41.35, -72.1),
    ]:
        PlaceFactory(zip=code, city=city, latitude=latitude, longitude=longitude)


# Name, codes, latitude, longitude, day of the last check, status.
ACCEPTANCE_LISTINGS = {
    "R1": ("OTP North", [*METHADONE, *SPANISH], 41.7905, -72.6990, (2026, 11, 21), "open"),
    "R2": ("OTP South", [*METHADONE, *SPANISH], 41.7400, -72.6800, (2026, 11, 11), "open"),
    "R3": ("Office Bup", [*BUPRENORPHINE, "SS"], 41.7520, -72.6930, (2026, 11, 26), "open"),
    "R4": ("Detox", ["DT", "RD"], 41.5620, -72.6510, (2026, 8, 23), "open"),
    "R5": ("Naloxone Box", ["naloxone", "free"], 41.7670, -72.6730, (2026, 11, 30), "open"),
    "R6": ("Pharmacy", ["naloxone"], 41.7700, -72.7030, (2026, 11, 1), "open"),
    "R7": ("Closed Clinic", METHADONE, 41.7880, -72.6900, None, "temporarily closed"),
    "R8": ("OTP East", METHADONE, 41.7760, -72.5240, (2026, 11, 1), "open"),
    "R9": ("Recovery House", ["HH", "WN"], 41.7870, -72.6750, (2026, 10, 15), "open"),
    "R10": ("Tele Bup", [*BUPRENORPHINE, *SPANISH, "TELE"], None, None, (2026, 11, 15), "open"),
}

WEEKDAYS, EVERY_DAY = "MO,TU,WE,TH,FR", "MO,TU,WE,TH,FR,SA,SU"

# What else the cases' table says of each: the kind of place, its answers, and its hours (purpose, days, from, to).
ACCEPTANCE_DETAILS = {
    "R1": ("treatment", {"spanish": "staff", "walk_in": "yes"}, ("new patients", WEEKDAYS, "05:30", "11:00")),
    "R2": ("treatment", {"spanish": "staff"}, ("dosing", WEEKDAYS, "06:00", "09:30")),
    "R3": ("treatment", {"spanish": "interpreter"}, ("", WEEKDAYS, "09:00", "17:00")),
    "R4": ("treatment", {}, None),
    "R5": ("naloxone-point", {}, ("", EVERY_DAY, "00:00", "00:00")),
    "R6": ("naloxone-point", {}, ("", EVERY_DAY, "09:00", "21:00")),
    "R7": ("treatment", {}, None),
    "R8": ("treatment", {"spanish": "no"}, ("", WEEKDAYS, "06:00", "12:00")),
    "R9": ("recovery-housing", {"gender": "women"}, None),
    "R10": ("treatment", {"spanish": "staff"}, None),
}


def acceptance_listings():
    """Make R1 to R10 with their checks and let search read them."""
    caller = UserFactory()
    for name, row in ACCEPTANCE_LISTINGS.items():
        _listing(caller, *row, *ACCEPTANCE_DETAILS[name])
    rebuild_search()


def known_listings():
    """Return R1 to R10 by these names."""
    listings = ServiceAtLocation.objects.select_related("service__organization", "location", "type")
    found = {listing.service.name_en: listing for listing in listings}
    return {name: found[row[0]] for name, row in ACCEPTANCE_LISTINGS.items()}


def _listing(caller, name, codes, latitude, longitude, checked_on, status, kind, answers, hours):
    point = {"latitude": latitude, "longitude": longitude}
    location = LocationFactory(**point) if latitude else VirtualLocationFactory()
    since = {"status_since": datetime.date(2026, 11, 1)} if status != "open" else {}
    answers = answers | {"type": ListingTypeFactory(code=kind)}
    listing = ListingFactory(name=name, codes=codes, location=location, status=status, **since, **answers)
    if hours:
        purpose, days, opens, closes = hours
        opens, closes = datetime.time.fromisoformat(opens), datetime.time.fromisoformat(closes)
        ScheduleFactory(listing=listing, purpose=purpose, byday=days, opens_at=opens, closes_at=closes)
    PhoneFactory(listing=listing)
    ProvenanceFactory(listing=listing)
    if checked_on:
        at = datetime.datetime(*checked_on, 15, 0, tzinfo=datetime.UTC)
        VerificationFactory(listing=listing, by=caller, at=at)
    return listing
