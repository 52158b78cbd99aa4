"""Tell the newsletter what is new to read, and which pages and facts it may hold: the join with the articles."""

import datetime
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import gettext as _

from newsletter import render
from newsletter.actions import digests
from newsletter.actions.pages import Copied, Group
from portal.articles.models import Article
from portal.lib import languages
from portal.reference import citations
from portal.reference.models import Source

TOPIC = "new-pages"  # the key of the newsletter's topic; without such a topic the news go to everybody
# The end of a sentence; a dot after two capitals may belong to "EE. UU."
SENTENCE_END = re.compile(r"(?<![A-Z]{2}\.)(?<=[.!?])\s+(?=[^\W\d_a-z]|[¿¡])")
NUMBER = re.compile(r"\d[\d.,]*\d|\d")
TO_CALL = re.compile(r"\+?\d[\d-]{6,}|\b(?:911|211|988)\b")  # a number to call is no fact


def make_due(at: datetime.datetime) -> int:
    """Make the digests that are due now; return how many will be sent."""
    return digests.make_due(source=news, at=at)


def news(since: datetime.datetime, until: datetime.datetime) -> Iterator[digests.News]:
    """Yield what became public from `since` to before `until`, in each language; starter texts are no news."""
    for code in languages.codes():
        at = languages.column("published_at", code)
        rows = Article.objects.published(code).filter(is_starter=False, **{f"{at}__gte": since, f"{at}__lt": until})
        for article in rows.for_cards().order_by(at, "pk")[: digests.MOST_ITEMS]:
            yield digests.News(
                key=f"article:{article.key}",
                language=code,
                title=article.title_in(code),
                summary=getattr(article, languages.column("summary", code)) or "",
                url=_address(article, code),
                at=getattr(article, at),
                topic=TOPIC,
            )


def pickable() -> list[Group]:
    """Return the pages and facts that staff may put into a newsletter, as groups of (key, words)."""
    articles = _published()
    pages = [
        (f"article:{each.key}", str(each) if each.title else each.title_in(_codes_of(each)[0])) for each in articles
    ]
    sources = _sources()
    facts: dict[str, str] = {}
    for fact in (fact for each in articles for fact in _facts(each, sources)):
        if fact.key not in facts or fact.language == languages.current():
            facts[fact.key] = fact.statement
    return [(_("Pages"), pages), (_("Numbers with their source"), list(facts.items()))]


def copied(key: str) -> dict[str, Copied]:
    """Return a page or fact in each language that has it; nothing where visitors cannot read it any more."""
    kind, _colon, rest = key.partition(":")
    article = _published().filter(key=rest.partition(":")[0]).first()
    if article is None:
        return {}
    if kind == "article":
        return {code: _page(article, code) for code in _codes_of(article)}
    return {
        fact.language: Copied(fact.source, fact.statement, fact.url)
        for fact in _facts(article, _sources())
        if fact.key == key
    }


class _Fact(NamedTuple):
    """A statement with a number and its source, in one language; the key is the same in every language."""

    key: str
    language: str
    statement: str
    source: str
    url: str


def _published():
    """Return the articles that visitors may read in some language, with their sections."""
    found = Article.objects.none()
    for code in languages.codes():
        found = found | Article.objects.published(code)
    return found.for_cards().prefetch_related("sections").order_by("topic__position", "topic_id", "pk")


def _codes_of(article: Article) -> list[str]:
    return [code for code in languages.codes() if article.is_published(code)]


def _page(article: Article, code: str) -> Copied:
    summary = getattr(article, languages.column("summary", code)) or ""
    return Copied(article.title_in(code), summary, _address(article, code))


def _address(article: Article, code: str) -> str:
    return urljoin(settings.SITE_URL or "http://127.0.0.1:8000", article.url(code))


def _facts(article: Article, sources: dict[str, str]) -> Iterator[_Fact]:
    """Yield the sentences of an article that hold a number and cite a source.

    What is the same statement in two languages is told by its numbers and sources: a number that is corrected in one
    language alone makes two facts, and a campaign that held the old one is held back.
    """
    for code in _codes_of(article):
        for section in article.sections.all():
            for sentence in _sentences(getattr(section, languages.column("body", code)) or ""):
                cited, statement = citations.codes_in(sentence), citations.TOKEN.sub("", sentence)
                numbers = sorted(re.sub("[.,]", "", number) for number in NUMBER.findall(TO_CALL.sub("", statement)))
                if not cited or not numbers or any(each not in sources for each in cited):
                    continue
                mark = sha256(" ".join([section.anchor, *sorted(cited), *numbers]).encode()).hexdigest()[:12]
                yield _Fact(
                    f"fact:{article.key}:{mark}",
                    code,
                    statement,
                    "; ".join(sources[each] for each in cited),
                    f"{_address(article, code)}#{section.anchor}",
                )


def _sentences(html: str) -> Iterator[str]:
    for line in render.plain(html).splitlines():
        yield from SENTENCE_END.split(line.removeprefix("- ").strip())


def _sources() -> dict[str, str]:
    """Return how a reader is told of each source: who published it and when."""
    return {each.code: _named(each) for each in Source.objects.all()}


def _named(source: Source) -> str:
    published = [str(part) for part in (source.publisher, source.year) if part]
    return ", ".join(published) if source.publisher else source.title
