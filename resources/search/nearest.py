"""Find the places like a listing that are nearest to it: no page is a dead end."""

import datetime
import json
from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from ..geo import Spot
from ..models import SearchDocument, ServiceAtLocation
from ..samhsa import codes
from . import statement, tags
from .cards import Card, cards
from .results import hits_of

SHOWN = 3
MILES = 50
# As in a search: those that staff reached lately come before the others, however near those are.
_SOME = """
(SELECT listing_id, name, {far} AS chord, {doubt} AS doubt FROM resources_searchdocument
 WHERE block = %(block)s AND {trust} AND tags && %(wanted)s AND listing_id <> %(own)s
   AND position <@ cube_enlarge(%(origin)s::cube, %(farthest)s, 3) AND {far} <= %(farthest)s
 ORDER BY {far} LIMIT %(shown)s)"""
_NEAREST = """
SELECT json_agg({row} ORDER BY doubt, chord, r.name, listing_id)::text
FROM (SELECT * FROM ({places}) AS found ORDER BY doubt, chord, name, listing_id LIMIT %(shown)s) AS r
JOIN resources_searchdocument AS d USING (listing_id)"""


def nearest(listing: ServiceAtLocation, claims: Sequence[str], at: datetime.datetime) -> list[Card]:
    """Return the nearest listed places with one of the same medications, or else care, or else kind; in one query."""
    here = Spot("", "", listing.location.latitude, listing.location.longitude).point
    if here is None:
        return []
    question = statement.Question(origin=here)
    values = statement.parameters(question, timezone.localdate(at)) | {
        "farthest": statement.chord(MILES),
        "block": listing.type.block if listing.type else SearchDocument.Block.PLACES,
        "wanted": tags.numbers(_shared(listing, claims)),
        "own": listing.pk,
        "shown": SHOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), values)
        rows = json.loads(cursor.fetchone()[0] or "[]")
    return cards(hits_of(rows, at, question), at, has_distances=True)


def _statement() -> str:
    trusts = ((statement.TRUSTED, 0), (statement.DOUBTFUL, 1))
    places = [_SOME.format(far=statement.FAR, trust=trust, doubt=doubt) for trust, doubt in trusts]
    return _NEAREST.format(row=statement.ROW.format(options=""), places=" UNION ALL ".join(places))


def _shared(listing: ServiceAtLocation, claims: Sequence[str]) -> list[str]:
    """Return the words of which a place like it has one."""
    kind = listing.type.code if listing.type else tags.TREATMENT
    known = codes.load_claims()
    by_facet = {facet: [each for each in claims if known[each].facet == facet] for facet in ("medication", "care")}
    return by_facet["medication"] or by_facet["care"] or [f"{tags.KIND}{kind}"]
