"""Write the rows that search reads, from the records alone: writing all of them again gives the same."""

import re
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from portal.lib import fulltext, languages

from ..models import Phone, Provenance, SearchDocument, ServiceAtLocation, TaxonomyTerm, Verification
from ..samhsa import codes

BATCH = 1000
ASKED_LANGUAGE = "spanish-speaking-counselors"  # what Hartford's visitors ask first; absent means not known
_JOINING = re.compile(r"[^\w\s'’-]")  # PostgreSQL reads "Clinic/East" and "help.org" as one word each


def write(listings: Collection[int] | None = None) -> None:
    """Write the documents of these listings, or of all; a listing that is not open has none."""
    if listings is None:
        listings = list(ServiceAtLocation.objects.order_by("pk").values_list("pk", flat=True))
        SearchDocument.objects.exclude(language__in=languages.codes()).delete()
    ids, terms = list(listings), dict(TaxonomyTerm.objects.values_list("code", "pk"))
    for start in range(0, len(ids), BATCH):
        _write(ids[start : start + BATCH], terms)


def claims_of(own_codes: Collection[str]) -> list[str]:
    """Return what a listing with these codes claims: by SAMHSA's codes, or because staff recorded the claim itself."""
    return sorted(codes.claims(own_codes) | (set(own_codes) & codes.load_claims().keys()))


def said_spanish(provenance: Provenance) -> bool:
    """Say whether the list itself told of Spanish-speaking counselors; a listing may have them from staff instead."""
    return ASKED_LANGUAGE in claims_of(provenance.row.get("codes", ()))


def array_literal(values: Iterable[int | str]) -> str:
    """Return numbers or codes as PostgreSQL writes an array: ten times faster to send than `ArrayField` makes a list.

    Only for values of letters, digits and hyphens.
    """
    return "{" + ",".join(map(str, values)) + "}"


@transaction.atomic
def _write(ids: list[int], terms: dict[str, int]) -> None:
    checks = Verification.objects.by_the_department().order_by("-at", "-pk")
    listings = (
        ServiceAtLocation.objects.open()
        .filter(pk__in=ids)
        .select_related("service__organization", "location")
        .prefetch_related(
            Prefetch("phones", Phone.objects.order_by("position", "pk")),
            Prefetch("provenances", Provenance.objects.order_by("pk")),
            Prefetch("verifications", checks),
        )
        .order_by("pk")
    )
    SearchDocument.objects.filter(listing__in=ids).delete()
    written = SearchDocument.objects.bulk_create(document for listing in listings for document in _rows(listing, terms))
    for language in languages.codes():
        own = [document.pk for document in written if document.language == language]
        SearchDocument.objects.filter(pk__in=own).update(vector=fulltext.vector(language, names="A", words="B"))


def _rows(listing: ServiceAtLocation, terms: dict[str, int]) -> list[SearchDocument]:
    location, checks = listing.location, listing.verifications.all()
    known = {
        "listing": listing,
        "codes": array_literal(sorted(terms[code] for code in listing.codes if code in terms)),
        "claims": array_literal(claims_of(listing.codes)),
        "is_virtual": location.location_type == location.Type.VIRTUAL,
        "state": location.state_province,
        "latitude": location.latitude,
        "longitude": location.longitude,
        "checked_on": timezone.localdate(checks[0].at) if checks else None,
        "card": _card(listing),
    }
    return [_row(listing, code, known) for code in languages.codes()]


def _row(listing: ServiceAtLocation, language: str, known: dict) -> SearchDocument:
    organization, service = listing.service.organization, listing.service
    name = getattr(service, languages.column("name", language))
    names = dict.fromkeys([organization.name, organization.alternate_name, name, service.alternate_name])
    texts = [getattr(row, languages.column("description", language)) or "" for row in (organization, service)]
    title = f"{organization.name}: {name}" if name != organization.name else name
    return SearchDocument(language=language, name=title, names=_words(names), words=_words(texts), **known)


def _card(listing: ServiceAtLocation) -> dict:
    """Return what a result shows of a listing in any language; words of the page's own are added when it is shown."""
    phone, source = next(iter(listing.numbers_to_call), None), next(iter(listing.provenances.all()), None)
    check = next(iter(listing.verifications.all()), None)
    return {
        "slug": listing.slug,
        "address": ", ".join(listing.location.lines),
        "phone": phone and {"tel": phone.tel, "display": phone.display, "extension": phone.extension},
        "source": source and {"source": source.source, "year": source.year, "said_spanish": said_spanish(source)},
        "check": check and {"method": check.method, "at": check.at.isoformat(), "fields": check.fields},
    }


def _words(texts: Collection[str]) -> str:
    """Return the texts as words for the full-text parser."""
    return _JOINING.sub(" ", " . ".join(text for text in texts if text)).replace("_", " ")
