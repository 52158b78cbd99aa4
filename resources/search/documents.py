"""Write the rows that search reads, from the records alone: writing all of them again gives the same."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from django.db import connection, transaction
from django.db.models import Prefetch
from django.utils import timezone

from portal.lib import languages

from .. import hours
from ..models import (
    Answer,
    Closure,
    ListingType,
    Phone,
    Provenance,
    Schedule,
    SearchDocument,
    ServiceAtLocation,
    Verification,
)
from ..samhsa import codes
from . import tags, typos

BATCH = 1000
ASKED_LANGUAGE = tags.SPANISH_BY_STAFF
SHOWN_FACETS = ("medication", "care")
_JOINING = re.compile(r"[^\w\s'’-]")  # PostgreSQL reads "Clinic/East" and "help.org" as one word each


def write(listings: Collection[int] | None = None) -> None:
    """Write the documents of these listings, or of all; a listing that is not open has none."""
    if listings is None:
        # What is near each other then lies together on the disk, and a search of the nearest reads less of it.
        everything = ServiceAtLocation.objects.order_by("location__postal_code", "pk")
        SearchDocument.objects.all().delete()
    ids = list(everything.values_list("pk", flat=True) if listings is None else listings)
    for start in range(0, len(ids), BATCH):
        _write(ids[start : start + BATCH])
    if listings is None:
        with connection.cursor() as cursor:  # the database plans by what it knows of the table
            cursor.execute("ANALYZE resources_searchdocument")
    typos.write_terms(listings)


def write_missing() -> None:
    """Write the documents of the open listings that have none, such as after a change of what a document holds."""
    missing = list(ServiceAtLocation.objects.open().filter(search_document=None).values_list("pk", flat=True))
    if missing:
        write(missing)
    typos.write_missing_terms()


def claims_of(own_codes: Collection[str]) -> list[str]:
    """Return what a listing with these codes claims: by SAMHSA's codes, or because staff recorded the claim itself."""
    return sorted(_claims_of(frozenset(own_codes)))


@lru_cache(maxsize=256)  # a listing has mostly the codes of its source
def _claims_of(own_codes: frozenset[str]) -> frozenset[str]:
    return frozenset(codes.claims(own_codes) | (own_codes & codes.load_claims().keys()))


def said_spanish(provenance: Provenance) -> bool:
    """Say whether the list itself told of Spanish-speaking counselors; a listing may have them from staff instead."""
    return ASKED_LANGUAGE in _claims_of(frozenset(provenance.row.get("codes", ())))


@transaction.atomic
def _write(ids: list[int]) -> None:
    attempts = Verification.objects.attempts().order_by("-at", "-pk")
    listings = (
        ServiceAtLocation.objects.open()
        .filter(pk__in=ids)
        .select_related("service__organization", "location", "type")
        .prefetch_related(
            Prefetch("phones", Phone.objects.order_by("position", "pk")),
            Prefetch("provenances", Provenance.objects.order_by("pk")),
            Prefetch("verifications", attempts),
            Prefetch("schedules", Schedule.objects.order_by("pk")),
            Prefetch("closures", Closure.objects.order_by("pk")),
        )
        .order_by("pk")
    )
    SearchDocument.objects.filter(listing__in=ids).delete()
    SearchDocument.objects.bulk_create(map(_row, listings))


def _row(listing: ServiceAtLocation) -> SearchDocument:
    organization, service, location = listing.service.organization, listing.service, listing.location
    claims, check = claims_of(listing.codes), listing.last_check
    words = tags.words_of(listing, claims)
    names = [organization.name, organization.alternate_name, *_in_all(service, "name"), service.alternate_name]
    texts = [text for row in (organization, service) for text in _in_all(row, "description")]
    return SearchDocument(
        listing=listing,
        block=_block(listing),
        name=_title(listing, languages.codes()[0]),
        names=_words(dict.fromkeys(names)),
        words=_words(dict.fromkeys(texts)),
        tags=array_literal(tags.numbers(words | {*listing.codes})),
        options=tags.letters_of(words),
        state=location.state_province,
        latitude=location.latitude,
        longitude=location.longitude,
        checked_on=timezone.localdate(check.at) if check else None,
        stays_listed=listing.stays_listed,
        hours=hours.as_rows(hours.hours_of(listing)),
        card=_card(listing, words),
    )


def _block(listing: ServiceAtLocation) -> str:
    """Return where results show it: staff's kind of place decides, else whether there is a door to go to."""
    own = listing.type.block if listing.type else ListingType.Block.PLACES
    if own != ListingType.Block.PLACES:
        return own
    location = listing.location
    return SearchDocument.Block.REMOTE if location.location_type == location.Type.VIRTUAL else own


def _card(listing: ServiceAtLocation, words: set[str]) -> dict:
    """Return what a result shows of a listing in any language; words of the page's own are added when it is shown."""
    phone, source = next(iter(listing.numbers_to_call), None), next(iter(listing.provenances.all()), None)
    check, shown = listing.last_check, codes.load_claims()
    return {
        "slug": listing.slug,
        "code": listing.short_code,
        "titles": {code: _title(listing, code) for code in languages.codes()},
        "address": ", ".join(listing.location.lines),
        "claims": [slug for slug, claim in shown.items() if slug in words and claim.facet in SHOWN_FACETS],
        "spanish": listing.spanish,
        "said_spanish": ASKED_LANGUAGE in words,
        "phone": phone and [phone.tel, phone.display, phone.extension],
        "source": source and [source.source, source.year, said_spanish(source)],
        "check": check and [check.method, timezone.localdate(check.at).isoformat(), listing.read_back],
        "is_unanswered": listing.is_unanswered,
        "takes_new": listing.takes_new_patients,
        "same_day_on": _same_day_on(listing, check),
    }


def _same_day_on(listing: ServiceAtLocation, check: Verification | None) -> str:
    """Return the day of the check that recorded same-day starts, or "": an old answer or a list's is no promise."""
    is_recorded = Verification.Field.INTAKE in listing.read_back and listing.same_day_start == Answer.YES
    return timezone.localdate(check.at).isoformat() if check and is_recorded else ""


def _title(listing: ServiceAtLocation, language: str) -> str:
    organization = listing.service.organization.name
    name = getattr(listing.service, languages.column("name", language)) or ""
    return organization if name in ("", organization) else f"{organization}: {name}"


def _in_all(row, field: str) -> list[str]:
    return [getattr(row, column) or "" for column in languages.columns(field)]


def array_literal(values: Iterable[int | str]) -> str:
    """Return numbers or codes as PostgreSQL writes an array: ten times faster to send than `ArrayField` makes a list.

    Only for values of letters, digits and hyphens.
    """
    return "{" + ",".join(map(str, values)) + "}"


def _words(texts: Iterable[str]) -> str:
    """Return the texts as words for the full-text parser."""
    return _JOINING.sub(" ", " . ".join(text for text in texts if text)).replace("_", " ")
