"""Tell the newsletter what is new to read, and which pages and facts it may hold: the join with the articles."""

import datetime
from collections.abc import Iterator
from urllib.parse import urljoin

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from newsletter.actions import digests
from newsletter.actions.pages import Copied, Group
from portal.articles.models import Article
from portal.lib import languages, site
from portal.reference.models import Fact, Source

TOPIC = "new-pages"  # the key of the newsletter's topic; without such a topic the news go to everybody


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
    pages = [
        (f"article:{each.key}", str(each) if each.title else each.title_in(_codes_of(each)[0])) for each in _published()
    ]
    facts = [(f"fact:{fact.code}", f"{fact.name}: {fact.value}") for fact in _facts()]
    return [(_("Pages"), pages), (_("Numbers with their source"), facts)]


def copied(key: str) -> dict[str, Copied]:
    """Return a page or fact in each language that has it; nothing where visitors cannot read it any more."""
    kind, _colon, name = key.partition(":")
    if kind == "fact":
        fact = next((fact for fact in _facts() if fact.code == name), None)
        return {code: _said(fact, code) for code in languages.codes() if fact and _value(fact, code)}
    article = _published().filter(key=name).first() if kind == "article" else None
    return {code: _page(article, code) for code in _codes_of(article)} if article else {}


def _published():
    """Return the articles that visitors may read in some language, with their sections."""
    found = Article.objects.none()
    for code in languages.codes():
        found = found | Article.objects.published(code)
    return found.for_cards().order_by("topic__position", "topic_id", "pk")


def _codes_of(article: Article) -> list[str]:
    return [code for code in languages.codes() if article.is_published(code)]


def _page(article: Article, code: str) -> Copied:
    summary = getattr(article, languages.column("summary", code)) or ""
    return Copied(article.title_in(code), summary, _address(article, code))


def _address(article: Article, code: str) -> str:
    return urljoin(site.root(), article.url(code))


def _facts() -> list[Fact]:
    """Return the facts that pages show: those that wait for counsel are only links there."""
    rows = Fact.objects.select_related("source").order_by("kind", "code")
    return [fact for fact in rows if not fact.is_withheld]


def _value(fact: Fact, code: str) -> str:
    return getattr(fact, languages.column("value", code)) or ""


def _said(fact: Fact, code: str) -> Copied:
    """Return a fact as its source, what it says with its name, and where the source stands."""
    name = getattr(fact, languages.column("name", code)) or ""
    statement = f"{name}: {_value(fact, code)}" if name else _value(fact, code)
    return Copied(_named(fact.source), statement, fact.source.link or _home(code))


def _home(code: str) -> str:
    with override(code):
        return urljoin(site.root(), reverse("home"))


def _named(source: Source) -> str:
    published = [str(part) for part in (source.publisher, source.year) if part]
    return ", ".join(published) if source.publisher else source.title
