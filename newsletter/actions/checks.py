"""Say in plain words what stands against sending a campaign, and where it is put right: one small function a rule."""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from html import unescape
from typing import NamedTuple

from django.utils.translation import gettext as _

from portal.lib import languages, richtext
from portal.reference.models import Department

from .. import links, render
from ..models import Campaign, CampaignText
from . import pages

LONGEST_LINE = 998  # bytes; RFC 5322, 2.1.1
IMAGE_WITHOUT_WORDS = re.compile(r"<img\b(?![^>]*\balt=)", re.IGNORECASE)


class Problem(NamedTuple):
    """A sentence for staff, and the column of the form that it is about ("department": that of another page)."""

    words: str
    column: str = ""

    def __str__(self):
        return self.words


class Draft(NamedTuple):
    """A campaign with what would go out in each language."""

    campaign: Campaign
    texts: dict[str, CampaignText]


def problems(campaign: Campaign) -> list[Problem]:
    """List, in words for staff, what stands against sending this campaign."""
    if Department.objects.current() is None:
        words = _("Enter the department first: every newsletter must show its postal address.")
        return [Problem(words, "department")]
    draft = Draft(campaign, _texts(campaign))
    checks = OF_DIGESTS if campaign.is_digest else CHECKS
    return list(dict.fromkeys(problem for check in checks for problem in check(draft)))


def is_tested(campaign: Campaign) -> bool:
    """Say whether the words are those of the last test."""
    return campaign.tested_as == fingerprint(_texts(campaign))


def fingerprint(texts: dict[str, CampaignText]) -> str:
    """Return what tells these words from any other."""
    return sha256("".join(texts[code].sha256 for code in sorted(texts)).encode()).hexdigest()


def _texts(campaign: Campaign) -> dict[str, CampaignText]:
    codes = languages.codes()
    return {code: render.campaign_text(campaign=campaign, language=code, at=None) for code in codes}


def _subject(draft: Draft) -> Iterator[Problem]:
    for code in _wanted(draft, "subject"):
        words = _("The subject is missing in this language: %(language)s.") % {"language": languages.name(code)}
        yield Problem(words, languages.column("subject", code))


def _text(draft: Draft) -> Iterator[Problem]:
    """Both parts are made from the same words, so words are all that the plain one can lack."""
    if not any(render.parts(draft.campaign, code) for code in languages.codes()):
        yield from map(_no_text, languages.codes())
        return
    yield from map(_no_text, _missing(draft.campaign, "body", draft))
    for number, block in enumerate(draft.campaign.blocks.all(), start=1):
        codes = _missing(block, "body", draft) if block.kind == block.Kind.TEXT else []
        for code in codes:
            names = {"number": number, "language": languages.name(code)}
            words = _("Part %(number)d has no text in this language: %(language)s.") % names
            yield Problem(words, f"blocks-{number - 1}-{languages.column('body', code)}")


def _no_text(code: str) -> Problem:
    words = _("The text is missing in this language: %(language)s.") % {"language": languages.name(code)}
    return Problem(words, languages.column("body", code))


def _wanted(draft: Draft, field: str) -> list[str]:
    """Return the languages in which a field must be written and is not, also where it is written in none."""
    empty = [code for code in languages.codes() if not getattr(draft.campaign, languages.column(field, code))]
    is_in_one = len(empty) < len(languages.codes())
    return [] if is_in_one and draft.campaign.only_reason.strip() else empty


def _missing(row, field: str, draft: Draft) -> list[str]:
    """Return the languages that lack what another language has, unless staff said why."""
    empty = [code for code in languages.codes() if render.is_empty(getattr(row, languages.column(field, code)))]
    is_in_one = len(empty) < len(languages.codes())
    return empty if is_in_one and not draft.campaign.only_reason.strip() else []


def _picked(draft: Draft) -> Iterator[Problem]:
    places = {block.pk: number for number, block in enumerate(draft.campaign.blocks.all())}
    for block in pages.gone(draft.campaign):
        words = _("This page or number cannot be read on the site any more: %(title)s.") % {"title": block}
        yield Problem(words, f"blocks-{places[block.pk]}-page")


def _size(draft: Draft) -> Iterator[Problem]:
    for code, text in draft.texts.items():
        if len(render.letter(text).fill({})) > render.MAX_BYTES:
            words = _("The text is too long in this language: %(language)s.") % {"language": languages.name(code)}
            yield Problem(words, languages.column("body", code))


def _lines(draft: Draft) -> Iterator[Problem]:
    for code, text in draft.texts.items():
        if max(map(len, render.letter(text).fill({}).split(b"\r\n"))) > LONGEST_LINE:
            words = _("A line is too long for mail in this language: %(language)s.")
            yield Problem(words % {"language": languages.name(code)}, languages.column("body", code))


def _links(draft: Draft) -> Iterator[Problem]:
    for url, column in _addresses(draft.campaign).items():
        if links.is_open(url):
            yield Problem(_("This link is not encrypted (https): %(link)s") % {"link": url}, column)
        if links.is_tracked(url):
            words = _("This link tells somebody who followed it. Use the page's own address: %(link)s")
            yield Problem(words % {"link": url}, column)
        if links.is_dead(url):
            yield Problem(_("This page of the site is not there for readers: %(link)s") % {"link": url}, column)


def _addresses(campaign: Campaign) -> dict[str, str]:
    """Return each address that staff wrote, once, with its column; what they picked is looked up in another way."""
    found: dict[str, str] = {}
    for prefix, row in [("", campaign), *((f"blocks-{n}-", block) for n, block in enumerate(campaign.blocks.all()))]:
        for column in languages.columns("body"):
            for url in links.HREF.findall(richtext.clean(getattr(row, column) or "")):
                found.setdefault(unescape(url), prefix + column)
    return found


def _images(draft: Draft) -> Iterator[Problem]:
    for code, text in draft.texts.items():
        if IMAGE_WITHOUT_WORDS.search(text.html):
            name = languages.name(code)
            words = _("A picture has no words for those who do not see it: %(language)s.") % {"language": name}
            yield Problem(words, languages.column("body", code))


Check = Callable[[Draft], Iterator[Problem]]
CHECKS: tuple[Check, ...] = (_subject, _text, _picked, _size, _lines, _links, _images)
OF_DIGESTS: tuple[Check, ...] = (_subject,)  # its news were whole when they were gathered
