"""Tell the newsletter what is new to read, what happened to single pages, and which pages and facts it may hold.

The join with the articles: the newsletter itself knows a page as a key, "article:…" or "topic:…", and the words that
stand here.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from newsletter.actions import digests
from newsletter.actions.pages import Copied, Group
from portal.articles.models import Article, ArticleChange, Topic
from portal.editorial.models import Move, TextState
from portal.lib import languages, site
from portal.reference.models import Fact, Source
from portal.templatetags.portal import in_language

TOPIC = "new-pages"  # the key of the newsletter's topic; without such a topic the news go to everybody
MOST_READ = 1000  # rows of each kind at one look; a mail holds far fewer
PAGE = re.compile(r"(article|topic):([-a-zA-Z0-9_]{1,80})")


def make_due(at: datetime.datetime) -> int:
    """Make the digests that are due now; return how many will be sent."""
    return digests.make_due(source=news, at=at)


def news(since: datetime.datetime, until: datetime.datetime) -> Iterator[digests.News]:
    """Yield what became public from `since` to before `until`, in each language, then what happened to single pages."""
    yield from _new(since, until)
    yield from _changed(since, until)
    yield from _moved(since, until)
    yield from _expired(since, until)


def watchable(keys: Iterable[str]) -> dict[str, Copied]:
    """Return, by key, each page that a reader may ask to hear of, as called in the active language.

    A topic is its new pages. What visitors cannot read, and what is no key, is left out.
    """
    named = [match.groups() for key in keys if (match := PAGE.fullmatch(key))]
    articles = Article.objects.filter(key__in=[name for kind, name in named if kind == "article"])
    topics = Topic.objects.filter(key__in=[name for kind, name in named if kind == "topic"])
    found = {f"article:{each.key}": _called(each) for each in articles.for_cards() if each.published_urls()}
    for each in topics:
        words = _("New pages: %(topic)s") % {"topic": _name_of(each)}
        found[f"topic:{each.key}"] = Copied(words, "", each.url(languages.current()))
    return found


def _called(article: Article) -> Copied:
    """Return an article's title and address as the active language has them, else one in which it can be read."""
    own, codes = languages.current(), _codes_of(article)
    code = own if own in codes else codes[0]
    mark = "" if code == own else f" {in_language(code)}"
    return Copied(f"{article.title_in(code)}{mark}", "", article.url(code))


def _name_of(topic: Topic) -> str:
    """Return a topic's name in the active language, else in one that has it."""
    codes = [languages.current(), *languages.others(languages.current())]
    return next(filter(None, (getattr(topic, languages.column("name", code)) for code in codes)), topic.key)


def _new(since: datetime.datetime, until: datetime.datetime) -> Iterator[digests.News]:
    """Yield the articles that became public; starter texts are no news."""
    for code in languages.codes():
        at = languages.column("published_at", code)
        rows = Article.objects.published(code).filter(is_starter=False, **{f"{at}__gte": since, f"{at}__lt": until})
        for article in rows.for_cards().order_by(at, "pk")[:MOST_READ]:
            yield digests.News(
                key=f"article:{article.key}",
                language=code,
                title=article.title_in(code),
                summary=getattr(article, languages.column("summary", code)) or "",
                url=_address(article, code),
                at=getattr(article, at),
                topic=TOPIC,
                page=f"topic:{article.topic.key}",
            )


def _changed(since: datetime.datetime, until: datetime.datetime) -> Iterator[digests.News]:
    """Yield each sentence that staff wrote into the public history of an article, when it was written in a language."""
    kind = ContentType.objects.get_for_model(ArticleChange)
    for code in languages.codes():
        texts = TextState.objects.filter(content_type=kind, field="note", language=code, is_machine=False)
        texts = texts.filter(made_at__gte=since, made_at__lt=until).order_by("made_at", "pk")
        written = dict(texts.values_list("object_id", "made_at")[:MOST_READ])
        public = ArticleChange.objects.filter(is_public=True, article__in=Article.objects.published(code))
        for change in public.filter(pk__in=written).select_related("article__topic").order_by("pk"):
            if note := getattr(change, languages.column("note", code)):
                with override(code):
                    words = _("What has changed: %(note)s") % {"note": note}
                url = _address(change.article, code)
                yield _alert(change.article, f"change:{change.pk}", code, words, url, written[change.pk])


def _moved(since: datetime.datetime, until: datetime.datetime) -> Iterator[digests.News]:
    """Yield each article that was taken off the site in a language and is still off, or was put back."""
    out = Article.State.PUBLISHED
    moves = Move.objects.filter(
        Q(from_state=out) | Q(to_state=out),
        content_type=ContentType.objects.get_for_model(Article),
        at__gte=since,
        at__lt=until,
    ).order_by("at", "pk")[:MOST_READ]
    articles = Article.objects.select_related("topic").in_bulk({move.object_id for move in moves})
    for move in moves:
        article, code = articles.get(move.object_id), move.language
        if article and code in languages.codes():
            yield from _gone_or_back(article, code, move, is_back=move.to_state == out)


def _gone_or_back(article: Article, code: str, move: Move, *, is_back: bool) -> Iterator[digests.News]:
    first_out, day = getattr(article, languages.column("published_at", code)), timezone.localdate(move.at)
    if is_back != article.is_published(code) or (is_back and not first_out < move.at):
        return  # moved on since, or out for the first time: that is no news of this page
    with override(code):
        words = _("This page is back on our site.") if is_back else _("This page was taken off our site.")
    url = _address(article, code) if is_back else urljoin(site.root(), article.topic.url(code))
    key = f"{'back' if is_back else 'gone'}:{article.key}:{day}"
    yield _alert(article, key, code, words, url, move.at, not_for=tuple(_codes_of(article)))


def _expired(since: datetime.datetime, until: datetime.datetime) -> Iterator[digests.News]:
    """Yield each article whose time was over in a language: lists leave it out, and its page says so."""
    for code in languages.codes():
        state, end = languages.column("state", code), languages.column("expires_at", code)
        rows = Article.objects.filter(**{state: Article.State.PUBLISHED, f"{end}__gte": since, f"{end}__lt": until})
        for article in rows.for_cards().order_by(end, "pk")[:MOST_READ]:
            with override(code):
                words = _("The time of this page is over. It may no longer be right.")
            at, url = getattr(article, end), _address(article, code)
            yield _alert(article, f"over:{article.key}:{timezone.localdate(at)}", code, words, url, at)


def _alert(article: Article, key: str, code: str, words: str, url: str, at, not_for=()) -> digests.News:
    """Return what happened to an article as news for those who asked to hear of it."""
    title, page = article.title_in(code) or article.key, f"article:{article.key}"
    return digests.News(key, code, title, words, url, at, page=page, is_alert=True, not_for=not_for)


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
