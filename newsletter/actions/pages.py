"""Let staff pick pages and facts of the site for a campaign, and copy them as they are.

The newsletter knows no feature: what can be picked comes from the module that `settings.NEWSLETTER_PAGES` names.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import NamedTuple

from django.conf import settings

from portal.lib import languages

from ..models import Block, Campaign

Group = tuple[str, list[tuple[str, str]]]  # its name, then (key, words) of each page or fact


class Copied(NamedTuple):
    """A page or fact in one language; of a fact `summary` is the statement and `title` names its source."""

    title: str
    summary: str
    url: str


def choices() -> list[Group]:
    """Return what can be picked now, in groups."""
    return _source().pickable()


def flat(groups) -> Iterator[tuple[str, str]]:
    """Yield (key, words) of what stands in a list with groups."""
    for key, words in groups:
        if isinstance(words, (list, tuple)):
            yield from words
        else:
            yield key, words


def kind_of(key: str) -> str:
    """Return the kind of block that a key makes: "fact:…" a fact, any other a page, none a text."""
    if not key:
        return Block.Kind.TEXT
    return Block.Kind.FACT if key.startswith("fact:") else Block.Kind.PAGE


def copy_into(block: Block) -> bool:
    """Write into a block, not saved, what its page or fact says now; say whether that can still be read."""
    block.kind = kind_of(block.page)
    if block.kind == Block.Kind.TEXT:
        return True
    by_language = _source().copied(block.page)
    if not by_language:
        return False
    for code in languages.codes():
        found = by_language.get(code, Copied("", "", ""))
        setattr(block, languages.column("title", code), found.title[:160])
        setattr(block, languages.column("summary", code), found.summary)
        setattr(block, languages.column("url", code), found.url)
    return True


def refresh(campaign: Campaign) -> None:
    """Copy once more what was picked; what is gone keeps its last words."""
    for block in picked(campaign):
        if copy_into(block):
            block.save()


def gone(campaign: Campaign) -> Iterator[Block]:
    """Yield the blocks whose page or fact cannot be read any more."""
    return (block for block in picked(campaign) if not _source().copied(block.page))


def picked(campaign: Campaign):
    """Return the blocks that hold a page or a fact."""
    return campaign.blocks.exclude(kind=Block.Kind.TEXT)


def watchable(keys: Iterable[str]) -> dict[str, Copied]:
    """Return, by key, what a reader may ask to hear of, in the active language; what nobody can read is left out."""
    return _source().watchable(keys)


def _source():
    return import_module(settings.NEWSLETTER_PAGES)
