"""Say in which order a reader meets what, each part in the reader's language or marked with its own."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.safestring import SafeString

from portal.lib import languages, richtext
from portal.reference.quotes import fill

from ..models import Block, Campaign
from .plain import is_empty, plain

Kind = Block.Kind


class Part(NamedTuple):
    """What a template shows of one part; `language` is that of its words."""

    kind: str
    language: str
    title: str = ""
    summary: str = ""
    url: str = ""
    body: SafeString = SafeString("")
    text: SafeString = SafeString("")


def subject_in(campaign: Campaign, language: str) -> tuple[str, str]:
    """Return the subject for readers of a language, and the language it is in."""
    return next(_written(campaign, "subject", language), ("", language))


def parts(
    campaign: Campaign, language: str, *, variant: str | None = None, blocks: Iterable[Block] | None = None
) -> list[Part]:
    """Return the parts in their order for readers of a language, and of a digest for a mix of news.

    Without `variant` a digest is what its web page shows: all but what only readers of single pages are told.
    """
    if campaign.is_digest:
        return _news(campaign, language, variant)
    found = [_words("", body, code) for body, code in list(_written(campaign, "body", language))[:1]]
    shown = campaign.blocks.all() if blocks is None else blocks
    return found + [part for part in (_part(block, language) for block in shown) if part]


def _written(row, field: str, language: str):
    """Yield a field's words with their language where they are written, the reader's first."""
    for code in [language, *languages.others(language)]:
        words = getattr(row, languages.column(field, code)) or ""
        if not is_empty(words):
            yield words, code


def _words(title: str, body: str, language: str) -> Part:
    cleaned = fill(richtext.clean(body), language)
    return Part(Kind.TEXT, language, title=title, body=SafeString(cleaned), text=SafeString(plain(cleaned)))


def _part(block: Block, language: str) -> Part | None:
    """Return a block in one language, never a mixture of two; None where it holds nothing."""
    leading = "body" if block.kind == Kind.TEXT else "url"
    for words, code in _written(block, leading, language):
        title = getattr(block, languages.column("title", code)) or ""
        if block.kind == Kind.TEXT:
            return _words(title, words, code)
        summary = getattr(block, languages.column("summary", code)) or ""
        return Part(block.kind, code, title=title, summary=summary, url=words)
    return None


def _news(campaign: Campaign, language: str, variant: str | None) -> list[Part]:
    """Return the news of a digest for readers of a language and a mix of their positions, such as "0-3"."""
    wanted = None if variant is None else set(variant.split("-"))
    return [
        Part(Kind.PAGE, item.text_language, title=item.title, summary=item.summary, url=item.url)
        for item in campaign.digest_run.items.all()
        if item.language == language and (not item.is_alert if wanted is None else str(item.position) in wanted)
    ]
