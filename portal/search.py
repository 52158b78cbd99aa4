"""Search the whole site: ask the directory for places and the articles for something to read, and join the answers."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from typing import NamedTuple
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, QueryDict
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.articles.search import Reading, matching, with_key
from portal.context_processors import Frame, frame_of
from portal.lib import fulltext, languages
from portal.lib.kept import keep, states
from portal.lib.publicform import FormTokenField
from portal.reference.models import Alert, Concept, Department, Line, Source
from resources import picture
from resources.actions.unmet import count_unmet
from resources.geo import Spot, miles_between
from resources.models import ListingType
from resources.search import facets
from resources.search.cards import Card, cards
from resources.search.results import CARDS_A_PAGE, OPENS_NEXT, RADII, Found, Wish, find, forms_of, instead
from resources.search.statement import ASIDE, LIMIT
from resources.search.vocabulary import Vocabulary, read_vocabulary

ARTICLES_SHOWN = 5
NEAREST_SHOWN = 3
PLACE_WORDS = 8  # a street address with its ZIP code; the rest of the search's words are the need's
MOST_ASIDE = 200  # so many a block beside the places shows when all of them are asked for
MOST_ON = 4000  # characters of a question that a button brings
LAST_PAGE = LIMIT // CARDS_A_PAGE
CANCELLED = "57014"  # PostgreSQL's word for a statement that took too long
DETOX, DETOX_SOURCE, DETOX_ARTICLE = "detox", "CDC-OUD", "medications"


Kept = dict[str, list[str]]


class Known(NamedTuple):
    """The small tables that every search needs whole."""

    frame: Frame
    vocabulary: Vocabulary
    kinds: list[ListingType]


class _PrivateForm(forms.Form):
    token = FormTokenField("search")


_vocabulary = keep(lambda: read_vocabulary(Concept.objects.all()), of_none=Vocabulary({}, 0))
_NO_KINDS: list[ListingType] = []
_kinds = keep(lambda: list(ListingType.objects.order_by("position", "pk")), of_none=_NO_KINDS)


class TooDear(Exception):  # noqa: N818 (a search, not a fault)
    """The database gave up: the search has to be narrower."""


def search(params: QueryDict, *, is_private: bool = False) -> dict:
    """Return what the results page shows: places, filters, chips, things to read and the ways on.

    `q` is the need and the place in one box; a form with two boxes sends `place` beside it. `claim` is a filter, as
    often as wanted; `within` the least radius in miles, or "state"; `open` only what is open now; `sort` the order;
    `exact` takes every word as typed; `all` shows all that stands beside the places. With `is_private` the links are
    buttons that leave nothing in the address.
    """
    known, at = _known(), timezone.now()
    wish, home = _wish(params), _home(known.frame.department)
    found = _find(wish, known, at)
    if found.is_empty and wish.text and wish.page == 1:
        count_unmet(found.understood.need, language=languages.current(), on=timezone.localdate(at))
    kept = _kept(wish)
    return {
        "frame": known.frame,
        "department": known.frame.department,
        "text": wish.text,
        "wish": wish,
        "found": found,
        "is_private": is_private,
        "due_days": settings.DUE_DAYS,
        "is_ours": _is_ours(found.understood.spot, home),
        "facets": _facets(found, wish, known.kinds),
        "chips": _chips(found, wish, kept, known.kinds),
        "literal": _link(kept, exact="1") if found.understood.is_corrected else "",
        "wider": _wider(found, kept),
        "pages": _pages(found, wish, kept),
        "elsewhere": _elsewhere(kept),
        "articles": _articles(found),
        "detox": _detox(found),
        **_places(found, wish, at),
        **_ways_on(found, wish, home, at),
        "all_beside": _link(kept, all="1") if wish.aside == ASIDE else "",
    }


def listings(params: QueryDict) -> list[int]:
    """Return the ids of the first thousand listings that a search finds, in their order. Raises `TooDear`."""
    known, wish = _known(), _wish(params)
    found = _find(replace(wish, page=1, many=LIMIT, aside=LIMIT), known, timezone.now())
    beside = [hit for block in found.beside.values() for hit in block]
    return [hit.listing for hit in (*found.hits, *beside)]


def asked(request: HttpRequest) -> tuple[QueryDict, bool]:
    """Return what a request asks for, and whether privately: by POST, of a page of ours that is no older than a day.

    A button that leads on from such a page brings its whole question as `to`, as a link would in its address.
    """
    if request.method != "POST":
        return request.GET, False
    if not _PrivateForm(request.POST).is_valid():
        raise PermissionDenied
    on = request.POST.get("to", "")[:MOST_ON]
    return (QueryDict(on.removeprefix("?")) if on else request.POST), True


def new_token() -> str:
    """Return the token that a button for a private search needs."""
    return _PrivateForm.base_fields["token"].widget.format_value(None)


def _find(wish: Wish, known: Known, at: datetime) -> Found:
    home, language = _home(known.frame.department), languages.current()
    with bounded():
        return find(wish, vocabulary=known.vocabulary, home=home, language=language, at=at)


@contextmanager
def bounded() -> Iterator[None]:
    """Raise `TooDear` where the database gives up what is asked of it inside."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != CANCELLED:
            raise
        raise TooDear from error


def typed(params: QueryDict) -> str:
    """Return what was typed as one text, bounded; the place of a second box comes after the need."""
    need, place = fulltext.bounded(params.get("q", "")), fulltext.bounded(params.get("place", ""))
    if not place:
        return need
    words, place = need.split(), " ".join(place.split()[-PLACE_WORDS:])
    while words and fulltext.bounded(_near(words, place)) != _near(words, place):
        words.pop()  # without its place the search would answer for another town
    return fulltext.bounded(_near(words, place))


def _near(words: list[str], place: str) -> str:
    return _("%(need)s near %(place)s") % {"need": " ".join(words), "place": place}


def _known() -> Known:
    department, lines, alerts, concepts, kinds = states(Department, Line, Alert, Concept, ListingType)
    return Known(frame_of(department, lines, alerts), _vocabulary(concepts), _kinds(kinds))


def _wish(params: QueryDict) -> Wish:
    within, page = params.get("within", ""), params.get("page", "")
    return Wish(
        text=typed(params),
        chosen=facets.read(params.getlist("claim")),
        least_radius=within if within == "state" else next((r for r in RADII if within == str(r)), RADII[0]),
        is_open=params.get("open") == "1",
        sort=OPENS_NEXT if params.get("sort") == OPENS_NEXT else "",
        page=min(LAST_PAGE, max(1, int(page))) if page.isascii() and page.isdecimal() and len(page) < LAST_PAGE else 1,
        aside=MOST_ASIDE if params.get("all") == "1" else ASIDE,
        is_exact=params.get("exact") == "1",
    )


def _home(department: Department | None) -> Spot:
    if department is None:
        return Spot("", "", None, None)
    return Spot(department.name, department.state, department.latitude, department.longitude)


def _is_ours(spot: Spot | None, home: Spot) -> bool:
    """Say whether the department calls the places there: in its own state, and not too far away."""
    if spot is None or not home.state:
        return True
    if spot.point and home.point:
        return spot.state == home.state and miles_between(spot.point, home.point) <= settings.AREA_MILES
    return spot.state == home.state


def _places(found: Found, wish: Wish, at: datetime) -> dict:
    write = partial(cards, at=at, has_distances=found.has_distances, forms=forms_of(found.understood.meanings))
    beside = {block: write(hits) for block, hits in found.beside.items()}
    # Where nothing checked is there to go to, an emergency department always is.
    emergency = beside.get("emergency") or (write(found.emergency[:NEAREST_SHOWN]) if found.is_doubtful else [])
    places = write(found.hits)
    return {
        "cards": places,
        "picture": _picture(found, places, wish),
        "remote": beside.get("remote", []),
        "peers": beside.get("peers", []),
        "emergency": emergency,
        "opens_next": write([found.opens_next])[0] if found.opens_next else None,
    }


def _picture(found: Found, places: list[Card], wish: Wish) -> str:
    """Draw where the places of this page are; their numbers go on from page to page."""
    first, spot = (_number(found, wish) - 1) * CARDS_A_PAGE + 1, found.understood.spot
    dots = tuple(
        picture.Dot(number, card.title, *hit.row["point"])
        for number, (hit, card) in enumerate(zip(found.hits, places, strict=True), start=first)
        if hit.row["point"]
    )
    mark = picture.Mark(spot.label, *spot.point) if spot and spot.point else None
    return _drawn(dots, mark, languages.current())


@lru_cache(maxsize=256)  # the same places from the same place make the same picture; a few kilobytes each
def _drawn(dots: tuple[picture.Dot, ...], mark: picture.Mark | None, language: str) -> str:
    drawing = picture.draw(dots, mark)
    return get_template("resources/_picture.html").render({"picture": drawing}) if drawing else ""


def _ways_on(found: Found, wish: Wish, home: Spot, at: datetime) -> dict:
    """Return, where nothing was found, the next best; a search for something else than treatment has none."""
    if not found.is_empty or not found.is_for_treatment:
        return {"next_best": []}
    with bounded():
        other = instead(found, home, at)
    write: Iterable[Card] = cards(other.hits[:NEAREST_SHOWN], at, has_distances=found.has_distances)
    remote = cards(other.beside.get("remote", []), at, has_distances=False)
    return {"next_best": write, "remote": remote}


@lru_cache(maxsize=8)
def _facet_names(language: str) -> dict[str, str]:
    return {
        "medication": _("Medication"),
        "kind": _("Kind of place"),
        "care": _("Kind of care"),
        "for": _("For whom"),
        "language": _("Language"),
        "payment": _("Payment"),
        "telehealth": _("By phone or video"),
        "takes_new_patients": _("Takes new patients"),
        "same_day_start": _("Starts the same day"),
        "walk_in": _("Walk in without an appointment"),
        "id_needed": _("ID needed"),
        "asks_immigration": _("Asks about immigration status"),
    }


def _facets(found: Found, wish: Wish, kinds: list[ListingType]) -> list[tuple[str, list[facets.Option]]]:
    names = _facet_names(languages.current())
    options = facets.options(found.counts, wish.chosen, languages.current(), _kind_names(kinds))
    return [(names[facet], boxes) for facet, boxes in options]


def _kind_names(kinds: list[ListingType]) -> dict[str, str]:
    return {"treatment": _("Treatment"), **{kind.code: kind.plural or kind.name or kind.code for kind in kinds}}


def _kept(wish: Wish) -> Kept:
    """Return the part of the address that every link of the page keeps."""
    return {
        "q": [wish.text],
        "claim": [word for words in wish.chosen.values() for word in sorted(words)],
        "within": [] if wish.least_radius == RADII[0] else [str(wish.least_radius)],
        "open": ["1"] if wish.is_open else [],
        "sort": [wish.sort] if wish.sort else [],
        "exact": ["1"] if wish.is_exact else [],
    }


def _link(kept: Kept, **changes: str | list[str]) -> str:
    """Return the address of the search with something changed, from its question mark on."""
    changed = {name: [value] if value and isinstance(value, str) else value for name, value in changes.items()}
    return f"?{urlencode({**kept, **changed}, doseq=True)}"


def _chips(found: Found, wish: Wish, kept: Kept, kinds: list[ListingType]) -> list[tuple[str, str]]:
    """Return what was understood and chosen, each with the address of the page without it."""
    chips = [(part.label, _link(kept, q=found.understood.text_without(part))) for part in found.understood.parts]
    language, named = languages.current(), _kind_names(kinds)
    names = _facet_names(language)
    for facet, words in wish.chosen.items():
        for word in sorted(words):
            label = facets.label_of(word, language, named)
            others = [other for other in kept["claim"] if other != word]
            is_answer = facet in facets.tags.ANSWERS
            chips.append((f"{names[facet]}: {label}" if is_answer else label, _link(kept, claim=others)))
    if wish.is_open:
        chips.append((_("Open now"), _link(kept, open="")))
    return chips


def _wider(found: Found, kept: Kept) -> list[tuple[str, str]]:
    """Return the links that look further: the next radius, the state, everywhere."""
    links = []
    for radius in RADII:
        if found.radius and radius > found.radius:
            links.append((_("Within %(miles)d miles") % {"miles": radius}, _link(kept, within=str(radius))))
            break
    if found.radius:
        links.append((_("In the whole state"), _link(kept, within="state")))
    elif place := next((part for part in found.understood.parts if part.meaning is None), None):
        links.append((_("Without the place"), _link(kept, q=found.understood.text_without(place), within="")))
    return links


def _number(found: Found, wish: Wish) -> int:
    """Return the page that is shown: the last one, where a later one was asked for than there is."""
    return min(wish.page, max(1, math.ceil(found.listed / CARDS_A_PAGE)))


def _pages(found: Found, wish: Wish, kept: Kept) -> dict | None:
    """Return which page of how many this is, with the addresses of its neighbours ("" for none)."""
    count, number = math.ceil(found.listed / CARDS_A_PAGE), _number(found, wish)
    if count < 2:  # noqa: PLR2004
        return None
    return {
        "number": number,
        "count": count,
        "before": _link(kept, page=str(number - 1)) if number > 1 else "",
        "after": _link(kept, page=str(number + 1)) if number < count else "",
    }


def _elsewhere(kept: Kept) -> list[tuple[str, str, str, str]]:
    """Return (language, words in that language, path, query) of the same search in each other language."""
    links = []
    for code in languages.others(languages.current()):
        with override(code):
            # Each catalogue translates this sentence to name its own language: "Buscar en español".
            links.append((code, _("Search in English"), reverse("find"), _link(kept)))
    return links


def _articles(found: Found) -> list[Reading]:
    """Return what to read about what was meant; a language without a word for it yet is asked for those typed."""
    understood, language = found.understood, languages.current()
    phrases = [
        dict(part.meaning.labels).get(language) or " ".join(understood.words[part.start : part.stop])
        for part in understood.parts
        if part.meaning
    ]
    text = " or ".join(phrase for phrase in dict.fromkeys([*phrases, understood.rest]) if phrase)
    if not text:
        return []
    with bounded():
        return matching(text, language, ARTICLES_SHOWN)


def _detox(found: Found) -> dict | None:
    """Return, for who looks for a detox, where to read that it is not enough alone, and who says so."""
    if not any(meaning.code == DETOX for meaning in found.understood.meanings):
        return None
    source = Source.objects.filter(code=DETOX_SOURCE).first()
    return {"source": source, "article": with_key(DETOX_ARTICLE, languages.current())}
