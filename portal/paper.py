"""Put together the sheet to print: the ticked places, what to say, what to do in an overdose, and whom to call."""

from typing import NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal.lib import languages
from portal.overdose.models import Guide, Passage
from portal.reference.citations import Citations
from portal.reference.models import Line
from portal.reference.quotes import Quotes
from resources.forms.paper import MOST_PRINTED, chosen
from resources.search.paper import Facts, facts, followed

LINES = ["access-line", "988"]
WHOLE = [Passage.Kind.NOT_BREATHING, Passage.Kind.BREATHING]
LOWERED_TOLERANCE = "tolerance"  # the anchor of that passage in the guide to withdrawal

WORDS_TO_SAY = [
    _("Hello. I am looking for treatment for opioid use."),
    _("Do you take new patients? When can I start?"),
    _("What do I bring? Do I need an ID?"),
    _("Do you take my insurance? What if I have none?"),
]


class Place(NamedTuple):
    """A place on the sheet: what is known of it, its short address in the sheet's language, and that as a QR code."""

    facts: Facts
    address: str
    code: str

    @property
    def to_type(self) -> str:
        """The address as people type it, without the scheme."""
        return self.address.partition("//")[2]


class Words(NamedTuple):
    """A sentence to say on the phone, and the same in English for a sheet in another language."""

    own: str
    english: str


class Said(NamedTuple):
    """A passage of an emergency guide in short, without the numbers of its sources."""

    heading: str
    text: str
    is_reviewed: bool


def sheet(request: HttpRequest) -> dict:
    """Return what the page shows: the choice of the sheet's language, and the sheet itself in that language.

    `ids` are the short codes of the places, `sheet` is the language; without it the sheet speaks the page's.
    """
    asked = request.GET.get("sheet")
    language = asked if asked in languages.codes() else languages.current()
    picked = chosen(request.GET, MOST_PRINTED)
    codes = followed(picked.codes)
    with override(language):
        places = [_place(request, known, language) for known in facts(codes, timezone.now())]
        emergency = _emergency()
    return {
        "sheet_language": language,
        "languages": languages.codes(),
        "codes": codes,
        "left_out": picked.left_out,
        "most": MOST_PRINTED,
        "gone": len(codes) - len(places),
        "places": places,
        "words": _words(language),
        **emergency,
        "lines": Line.objects.filter(slug__in=LINES, is_hidden=False).order_by("position", "pk"),
        "today": timezone.localdate(),
    }


def _emergency() -> dict:
    """Return what to do in an overdose, and why one is near after a time without opioids."""
    passages = Passage.objects
    return {
        "steps": _said(passages.filter(guide__topic=Guide.Topic.OVERDOSE, kind__in=Passage.STEP_KINDS)),
        "tolerance": _said(passages.filter(guide__topic=Guide.Topic.WITHDRAWAL, anchor=LOWERED_TOLERANCE)),
    }


def _place(request: HttpRequest, known: Facts, language: str) -> Place:
    arguments = [known.listing.short_code, language]
    site = settings.SITE_URL or request.build_absolute_uri("/")
    return Place(known, urljoin(site, reverse("short-language", args=arguments)), reverse("short-code", args=arguments))


def _words(language: str) -> list[Words]:
    """Return what to say; who answers may know only English, which therefore stands beside every other language."""
    source = languages.codes()[0]
    with override(source):
        english = [str(words) if language != source else "" for words in WORDS_TO_SAY]
    with override(language):
        return [Words(str(words), beside) for words, beside in zip(WORDS_TO_SAY, english, strict=True)]


def _said(passages) -> list[Said]:
    without_numbers, quotes = Citations([]), Quotes(languages.current(), lists_words=False)
    rows = passages.shown().select_related("guide")
    return [
        Said(
            row.heading,
            without_numbers.link(quotes.fill(_short(row))),
            bool(row.guide.reviewed_on) or not row.guide.is_starter,
        )
        for row in rows
    ]


def _short(passage: Passage) -> str:
    """Return the first paragraph, which says what to do. Breaths and doses stand whole, and what leads to a list."""
    first, end, _rest = passage.text.partition("</p>")
    return passage.text if passage.kind in WHOLE or first.endswith(":") else first + end
