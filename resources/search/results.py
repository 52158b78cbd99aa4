"""Find what was meant: read the words, ask the database, and where that finds nothing look for the next best."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from django.utils import timezone

from .. import geo, hours
from ..freshness import Freshness, freshness
from ..models import SearchDocument
from . import facets, tags, typos
from .statement import ASIDE, LIMIT, Answer, Question, ask, is_name, miles
from .terms import codes_named
from .understand import Understood, understand
from .vocabulary import Meaning, Vocabulary

RADII = (10, 25, 50)
CARDS_A_PAGE = 20
WINDOW = 300  # so many of the nearest are looked at for their hours
OPEN_NOW = "open-now"
OPENS_NEXT = "opens"
# Who looks for a way to start, or for a medication that is not near, is helped by any of these.
STARTING = ("methadone", "buprenorphine", "naltrexone")
MEDICATIONS = (*STARTING, "naloxone")
TREATMENT = frozenset({*STARTING, "withdrawal-management", "opioid-treatment-program", tags.KIND + tags.TREATMENT})
BLOCKS = SearchDocument.Block


class Hit(NamedTuple):
    """A listing that matches: its row, its distance (None where it has no point), and its hours at this moment."""

    listing: int
    miles: float | None
    row: dict
    state: Freshness
    opening: hours.OpenState


@dataclass(frozen=True)
class Wish:
    """What a visitor typed and chose.

    `least_radius` is in miles, or "state"; `many` places a page, `aside` in each block beside them; `is_exact` takes
    every word as it is.
    """

    text: str = ""
    chosen: facets.Chosen = field(default_factory=dict)
    least_radius: int | str = RADII[0]
    is_open: bool = False
    sort: str = ""
    page: int = 1
    many: int = CARDS_A_PAGE
    aside: int = ASIDE
    is_exact: bool = False


@dataclass
class Found:
    """The answer to a search; `total` is exact up to 1,000, `trusted` of them were checked lately.

    `looked_at`: so many of the nearest were looked at for their hours, where the order or "open now" asks for them.
    """

    understood: Understood
    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    trusted: int = 0
    is_capped: bool = False
    counts: Mapping[int, int] = field(default_factory=dict)
    looked_at: int = LIMIT
    is_cut_off: bool = False  # there are more than were looked at
    beside: Mapping[str, list[Hit]] = field(default_factory=dict)
    beside_totals: Mapping[str, int] = field(default_factory=dict)
    emergency: list[Hit] = field(default_factory=list)  # not asked for, for when nothing else is there
    radius: int | None = None  # None: the whole state, or without a place everything
    is_widened: bool = False
    is_open_wished: bool = False
    is_none_open: bool = False
    opens_next: Hit | None = None  # where nothing is open: the first to open
    dropped: str = ""

    @property
    def has_distances(self) -> bool:
        """Distances are shown only from a place that the visitor named."""
        spot = self.understood.spot
        return spot is not None and spot.point is not None

    @property
    def listed(self) -> int:
        """So many places stand on the pages of the answer."""
        return min(self.total, self.looked_at)

    @property
    def is_empty(self) -> bool:
        """Nothing that was asked for is there, in any block."""
        return not self.total and not any(self.beside.values())

    @property
    def is_doubtful(self) -> bool:
        """Nothing that staff checked lately can be gone to."""
        return self.is_none_open or all(hit.state == Freshness.STALE for hit in self.hits)

    @property
    def is_for_treatment(self) -> bool:
        """A medication was asked for, a detox, or a way out of a drug."""
        meanings = self.understood.meanings
        return any(TREATMENT.intersection(meaning.claims) for meaning in meanings)


def find(wish: Wish, *, vocabulary: Vocabulary, home: geo.Spot, language: str, at: datetime.datetime) -> Found:
    """Return the listings for what was typed and chosen, and how many each filter would leave.

    Without a place they are ordered from the department's address. Words that no listing has are dropped when
    something else was understood, so that one odd word does not hide every place.
    """
    correct = _as_they_are if wish.is_exact else typos.meant
    understood = understand(wish.text, vocabulary, language, home, geo.spots, is_name, correct)
    look = partial(_look, understood, wish, home, at)
    needs = _needs(understood.meanings)
    found = look(needs, understood.rest)
    if not (found.is_empty and understood.rest and needs):
        return found
    # A name may hold words that mean something: "Walnut Hill Hospital". A name and a street word are no need together.
    without_topics = _needs(understood.meanings, has_topics=False)
    for fewer, words in ((without_topics, understood.rest), ([], understood.need)):
        if fewer == needs:
            continue
        found = look(fewer, words)
        if not found.is_empty:
            return found
    found = look(needs, "")
    found.dropped = understood.rest
    return found


def instead(found: Found, home: geo.Spot, at: datetime.datetime) -> Found:
    """Return the next best where nothing was found: the nearest ways to start a medication, by phone or at a door."""
    wish = Wish(least_radius=RADII[-1])
    return _look(found.understood, wish, home, at, [frozenset(map(tags.number, STARTING))], "")


def forms_of(meanings: Iterable[Meaning]) -> dict[str, str]:
    """Return the forms of medications that were asked for, each with its medication: what few listings tell apart."""
    pairs = (meaning.claims for meaning in meanings if len(meaning.claims) == 2)  # noqa: PLR2004
    return {form: medication for form, medication in pairs if medication in MEDICATIONS and form not in MEDICATIONS}


def _as_they_are(words: Iterable[str]) -> dict[str, str]:
    return {}


def _look(understood: Understood, wish: Wish, home: geo.Spot, at, needs: list[frozenset[int]], rest: str) -> Found:
    question = _question(understood, wish, home, needs, rest)
    found = Found(understood, is_open_wished=wish.is_open or any(m.code == OPEN_NOW for m in understood.meanings))
    if found.is_open_wished and _fill_open(found, question, at):
        return found
    found.is_none_open = found.is_open_wished
    is_by_opening = wish.sort == OPENS_NEXT or found.is_none_open
    _fill(found, question, at, is_by_opening)
    if question.radii and found.is_empty:
        found.is_widened = True
        _fill(found, replace(question, radii=()), at, is_by_opening)
    return found


def _question(understood: Understood, wish: Wish, home: geo.Spot, needs: list[frozenset[int]], rest: str) -> Question:
    """Return what the database is asked: near the place that was named, else in the whole state."""
    spot = understood.spot
    point = spot.point if spot else None
    is_near = point is not None and wish.least_radius != "state"
    return Question(
        needs=needs,
        chosen=facets.as_numbers(wish.chosen),
        text=rest,
        named=frozenset(map(tags.number, codes_named(rest))) if rest else frozenset(),
        origin=point or home.point,
        radii=_radii(wish.least_radius) if is_near else (),
        state=spot.state if spot else home.state,
        is_statewide=bool(spot or understood.unknown_place),
        first=(wish.page - 1) * wish.many,
        many=wish.many,
        aside=wish.aside,
    )


def _radii(least: int | str) -> tuple[int, ...]:
    return tuple(radius for radius in RADII if radius >= int(least))


def _fill(found: Found, question: Question, at: datetime.datetime, is_by_opening: bool) -> None:
    """Put into the answer what the database says to a question."""
    today = timezone.localdate(at)
    if is_by_opening:
        found.looked_at = max(WINDOW, question.many)
        answer = ask(replace(question, first=0, many=found.looked_at), today)
        hits = sorted(hits_of(answer.rows, at, question), key=_opening_order)
        found.opens_next = next((hit for hit in hits if found.is_none_open and hit.opening.opens_at), None)
        found.is_cut_off = answer.total > found.looked_at
        hits = hits[_start(question.first, len(hits)) :][: question.many]
    else:
        answer = ask(question, today)
        hits = hits_of(answer.rows, at, question)
    found.hits, found.total, found.trusted = hits, min(answer.total, LIMIT), answer.trusted
    found.is_capped = answer.total > LIMIT
    found.counts = facets.with_unknown(answer.counts, answer.totals, found.total)
    _fill_beside(found, answer, question, at)
    if answer.radius is not None:
        found.radius = round(answer.radius)
        found.is_widened = found.radius > min(question.radii)


def _fill_beside(found: Found, answer: Answer, question: Question, at: datetime.datetime) -> None:
    asked = hits_of([row for is_asked, row in answer.aside if is_asked], at, question)
    found.beside = {
        block: [hit for hit in asked if hit.row["block"] == block] for block in BLOCKS if block != BLOCKS.PLACES
    }
    found.beside_totals = answer.beside
    found.emergency = hits_of([row for is_asked, row in answer.aside if not is_asked], at, question)


def _start(first: int, total: int) -> int:
    """Return where the page begins: the last one, where a later one was asked for than there is."""
    return min(first, max(0, total - 1) // CARDS_A_PAGE * CARDS_A_PAGE)


def hits_of(rows: Iterable[dict], at: datetime.datetime, question: Question) -> list[Hit]:
    """Return the rows of the database as hits, with their hours at that moment."""
    today, found = timezone.localdate(at), []
    for row in rows:
        checked_on = row["on"] and datetime.date.fromisoformat(row["on"])
        state = freshness(checked_on, today, is_unanswered=row["card"]["is_unanswered"], stays_listed=row["stays"])
        is_told = row["hours"] and state in hours.SAYS_OPEN
        purpose = "phone" if row["block"] == BLOCKS.REMOTE else ""
        opening = hours.state(hours.read(row["hours"]), at, purpose) if is_told else hours.OpenState()
        distance = miles(row["chord"]) if row["chord"] is not None and question.origin else None
        found.append(Hit(row["id"], distance, row, state, opening))
    return found


def _opening_order(hit: Hit) -> tuple:
    """Return what "opens next" sorts by: open now, then the soonest; then the rest as they stood."""
    opening = hit.opening
    if opening.is_open:
        return 0, 0.0
    return (1, opening.opens_at.timestamp()) if opening.opens_at else (2, 0.0)


def _fill_open(found: Found, question: Question, at: datetime.datetime) -> bool:
    """Fill the answer with what is open at this moment; say whether anything is. Only checked listings can be."""
    window = max(WINDOW, question.many)
    wide = replace(question, radii=question.radii[-1:], chosen={}, first=0, many=window, aside=window, is_window=True)
    answer = ask(wide, timezone.localdate(at))
    rows = [
        (hit, facets.completed(hit.row["options"])) for hit in hits_of(answer.rows, at, question) if hit.opening.is_open
    ]
    met = [hit for hit, own in rows if not facets.failing(own, question.chosen)]
    if not met:
        return False
    if question.radii:
        nearest = min(hit.miles for hit in met if hit.miles is not None)
        found.radius = next(radius for radius in question.radii if radius >= nearest)
        found.is_widened = found.radius > min(question.radii)
        rows = [(hit, own) for hit, own in rows if hit.miles is not None and hit.miles <= found.radius]
        met = [hit for hit in met if hit.miles is not None and hit.miles <= found.radius]
    found.total = found.trusted = len(met)
    found.looked_at, found.is_cut_off = window, answer.total > window
    found.hits = met[_start(question.first, len(met)) :][: question.many]
    found.counts = facets.count((own for _hit, own in rows), question.chosen)
    _fill_beside(found, _open_only(answer, question, at), question, at)
    return True


def _open_only(answer: Answer, question: Question, at: datetime.datetime) -> Answer:
    """Return the answer with those beside the places that are open, as many as the question asks of each block."""
    rows = [row for is_asked, row in answer.aside if is_asked and hits_of([row], at, question)[0].opening.is_open]
    totals = Counter(row["block"] for row in rows)
    first = [row for block in totals for row in [row for row in rows if row["block"] == block][: question.aside]]
    not_asked = [(is_asked, row) for is_asked, row in answer.aside if not is_asked][:ASIDE]
    return replace(answer, aside=[*((True, row) for row in first), *not_asked], beside=totals)


def _needs(meanings: list[Meaning], has_topics: bool = True) -> list[frozenset[int]]:
    """Return what a listing must offer: something of the same facet, and something of every facet.

    A topic, such as a drug's name, only asks for a way to start where no need was named.
    """
    has_need = any(meaning.kind == "need" for meaning in meanings)
    groups: dict[str, set[str]] = {}
    for meaning in meanings:
        if meaning.kind == "topic" and (has_need or not has_topics):
            continue
        words = {*meaning.claims, *meaning.codes}
        facet = "topic" if meaning.kind == "topic" else next(filter(None, map(tags.facet_of, meaning.claims)), "")
        if words:
            groups.setdefault(facet or meaning.code, set()).update(words)
    return [frozenset(map(tags.number, words)) for words in groups.values()]
