"""Load what the results page shows of each listing, one query a page."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from ..freshness import Check, check
from ..models import Provenance, SearchDocument, Verification
from ..samhsa import codes
from .documents import ASKED_LANGUAGE, said_spanish
from .results import Hit

SHOWN_FACETS = ("medication", "care", "telehealth")


@dataclass(frozen=True)
class Card:
    """One result: what its card says in this language."""

    title: str
    url: str
    address: str
    is_virtual: bool
    miles: float | None
    offers: list[str]
    speaks_spanish: bool
    phone: dict | None
    source: dict | None
    check: Check


def cards(hits: Sequence[Hit], language: str, today: datetime.date) -> list[Card]:
    """Return the cards of these hits, in their order, in one query."""
    documents = SearchDocument.objects.filter(listing__in=[hit.listing for hit in hits], language=language)
    rows = {
        listing: card | {"title": name} for listing, name, card in documents.values_list("listing_id", "name", "card")
    }
    return [_card(rows[hit.listing], hit, language, today) for hit in hits if hit.listing in rows]


def _card(row: dict, hit: Hit, language: str, today: datetime.date) -> Card:
    source = row["source"]
    return Card(
        title=row["title"],
        url=reverse("resources:listing", args=[row["slug"]]),
        address=row["address"],
        is_virtual=hit.is_virtual,
        miles=hit.miles,
        offers=offers(hit.claims, language),
        speaks_spanish=ASKED_LANGUAGE in hit.claims,
        phone=row["phone"],
        source=source and source | {"name": Provenance.Source(source["source"]).label},
        check=last_check(row["check"], today),
    )


def offers(claims: Sequence[str], language: str) -> list[str]:
    """Return the main claims in words, medications first; a narrower claim stands on the listing's page only."""
    has = set(claims)
    said_already = {*codes.NARROWER, "opioid-treatment-program"} if "methadone" in has else codes.NARROWER.keys()
    main = [claim for claim in codes.load_claims().values() if claim.slug in has and claim.slug not in said_already]
    return [claim.names[language] for facet in SHOWN_FACETS for claim in main if claim.facet == facet]


def last_check(row: dict | None, today: datetime.date) -> Check:
    """Return what the newest check by the department says, from its row (method, at, fields)."""
    if not row:
        return check(None, today)
    at = row["at"] if isinstance(row["at"], datetime.datetime) else datetime.datetime.fromisoformat(row["at"])
    words = [str(field.label) for field in Verification.Field if field in row["fields"]]
    return check(timezone.localdate(at), today, row["method"], words)


def source_of(provenance: Provenance) -> dict:
    """Return the name of the list, its year, and whether it told of Spanish."""
    return {
        "name": provenance.get_source_display(),
        "year": provenance.year,
        "said_spanish": said_spanish(provenance),
    }
