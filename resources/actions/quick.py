"""Add a place of any kind, with its number, its stops and their times, in one step."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.text import slugify

from portal.lib import languages

from ..models import ListingType, Location, Organization, Phone, Schedule, Service, ServiceAtLocation
from ..models.listing import RESERVED_SLUGS
from .rebuild import rebuild_search

LONGEST_SLUG = 100


@transaction.atomic
def add_place(
    *,
    kind: ListingType,
    name: str,
    number: str,
    extension: str,
    answers: dict[str, str],
    stops: Sequence[tuple[Location, Sequence[Schedule]]],
) -> list[ServiceAtLocation]:
    """Add one service with a listing a stop, and let search find them at once. Nothing of it counts as checked.

    An organization of this name is used again. `answers` are columns of the listing.
    """
    organization = Organization.objects.filter(name=name).order_by("pk").first()
    organization = organization or Organization.objects.create(name=name)
    service = Service.objects.create(organization=organization, **dict.fromkeys(languages.columns("name"), name))
    listings = []
    for location, schedules in stops:
        location.save()
        slug = _free_slug(name, location)
        listing = ServiceAtLocation.objects.create(type=kind, service=service, location=location, slug=slug, **answers)
        _hang(listing, number, extension, schedules)
        listings.append(listing)
    rebuild_search([listing.pk for listing in listings])
    return listings


def _hang(listing: ServiceAtLocation, number: str, extension: str, schedules: Iterable[Schedule]) -> None:
    if number:
        Phone.objects.create(listing=listing, number=number, extension=extension)
    for schedule in schedules:
        schedule.listing = listing
        schedule.save()


def _free_slug(name: str, location: Location) -> str:
    """Return the name with the street, or the city, as an address that no page has."""
    words = slugify(f"{name} {location.address_1 or location.city}")[:LONGEST_SLUG].strip("-") or "place"
    taken = set(ServiceAtLocation.objects.filter(slug__startswith=words).values_list("slug", flat=True))
    taken |= RESERVED_SLUGS
    number, slug = 1, words
    while slug in taken:
        number += 1
        slug = f"{words}-{number}"
    return slug
