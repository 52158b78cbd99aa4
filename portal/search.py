"""Search the whole site: ask the directory for places and the articles for something to read, and join the answers."""

from django.core.paginator import Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.articles.models import Article
from portal.lib import fulltext, languages
from portal.reference.models import Concept, Department
from resources.geo import Spot
from resources.search import facets
from resources.search.cards import cards
from resources.search.results import RADII, Found, find
from resources.search.vocabulary import read_vocabulary

CARDS_A_PAGE = 20
REMOTE_SHOWN = 5
ARTICLES_SHOWN = 5
PLACE_WORDS = 8  # a street address with its ZIP code; the rest of the search's words are the need's


def search(params: QueryDict) -> dict:
    """Return what the results page shows: places, filters, chips, things to read and the ways on.

    `q` is the need and the place in one box; a form with two boxes sends `place` beside it. `claim` is a filter, as
    often as wanted; `within` the least radius in miles, or "state".
    """
    department = Department.objects.current()
    text, chosen = typed(params), facets.read(params.getlist("claim"))
    found = _found(text, chosen, department, params.get("within", ""))
    kept = _kept(params, text)
    return {
        "department": department,
        "text": text,
        "found": found,
        "within": kept.get("within", ""),
        "facets": _facets(found, chosen),
        "has_choice": bool(chosen),
        "chips": _chips(found, chosen, kept, languages.current()),
        "wider": _wider(found, kept),
        "elsewhere": _elsewhere(kept),
        "articles": _articles(found),
        **_cards(found, params.get("page")),
    }


def _found(text: str, chosen: facets.Chosen, department: Department | None, within: str) -> Found:
    return find(
        text,
        vocabulary=read_vocabulary(Concept.objects.all()),
        home=_home(department),
        language=languages.current(),
        today=timezone.localdate(),
        chosen=chosen,
        least_radius=_least_radius(within),
    )


def _cards(found: Found, number: str | None) -> dict:
    page = Paginator(found.hits, CARDS_A_PAGE).get_page(number)
    hits = [*page.object_list, *found.remote[:REMOTE_SHOWN]]
    shown = cards(hits, languages.current(), timezone.localdate())
    return {
        "page": page,
        "cards": [card for card in shown if not card.is_virtual],
        "remote": [card for card in shown if card.is_virtual],
    }


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


def _home(department) -> Spot:
    if department is None:
        return Spot("", "", None, None)
    return Spot(department.name, department.state, department.latitude, department.longitude)


def _least_radius(value: str) -> int | str:
    if value == "state":
        return value
    return next((radius for radius in RADII if value == str(radius)), RADII[0])


def _facet_names() -> dict[str, str]:
    return {
        "medication": _("Medication"),
        "care": _("Kind of care"),
        "payment": _("Payment"),
        "language": _("Language"),
        "telehealth": _("By phone or video"),
    }


def _facets(found: Found, chosen: facets.Chosen) -> list[tuple[str, list[facets.Option]]]:
    names = _facet_names()
    options = facets.options(found.counts, chosen, languages.current())
    return [(names[facet], boxes) for facet, boxes in options.items()]


def _kept(params: QueryDict, text: str) -> QueryDict:
    """Return the part of the address that every link of the page keeps."""
    kept = QueryDict(mutable=True)
    kept.setlist("q", [text])
    kept.setlist(
        "claim", [claim for claims in facets.read(params.getlist("claim")).values() for claim in sorted(claims)]
    )
    within = params.get("within", "")
    if within in {"state", *map(str, RADII)}:
        kept.setlist("within", [within])
    return kept


def _link(kept: QueryDict, **changes: str | list[str]) -> str:
    changed = kept.copy()
    for name, value in changes.items():
        changed.setlist(name, value if isinstance(value, list) else [value] if value else [])
    return f"{reverse('find')}?{changed.urlencode()}"


def _chips(found: Found, chosen: facets.Chosen, kept: QueryDict, language: str) -> list[tuple[str, str]]:
    """Return what was understood and chosen, each with the address of the page without it."""
    chips = [(part.label, _link(kept, q=found.understood.text_without(part))) for part in found.understood.parts]
    for claims in chosen.values():
        for claim in sorted(claims):
            others = [other for other in kept.getlist("claim") if other != claim]
            chips.append((facets.label_of(claim, language), _link(kept, claim=others)))
    return chips


def _wider(found: Found, kept: QueryDict) -> list[tuple[str, str]]:
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


def _elsewhere(kept: QueryDict) -> list[tuple[str, str, str]]:
    """Return (language, words in that language, address) of the same search in each other language."""
    links = []
    for code in languages.others(languages.current()):
        with override(code):
            # Each catalogue translates this sentence to name its own language: "Buscar en español".
            links.append((code, _("Search in English"), _link(kept)))
    return links


def _articles(found: Found) -> list[Article]:
    understood = found.understood
    phrases = [meaning.label(languages.current()) for meaning in understood.meanings] + [understood.rest]
    text = " or ".join(phrase for phrase in phrases if phrase)
    if not text:
        return []
    return list(Article.objects.published().matching(text).for_cards()[:ARTICLES_SHOWN])
