"""Write the articles and shelves of a list, each as a card; the same values always give the same card."""

from collections.abc import Iterable
from functools import lru_cache

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString

from portal.lib import languages

from ..models import Article


def cards(rows: Iterable[tuple], level: int) -> list[SafeString]:
    """Return the cards of the rows of `as_rows`, their headings at this level, in the active language."""
    language = languages.current()
    return [_card(*row, level, language) for row in rows]


def shelves(rows: Iterable[tuple]) -> list[SafeString]:
    """Return the cards of the rows of `Topic.objects.as_rows`, in the active language."""
    return [_shelf(*row, languages.current()) for row in rows]


@lru_cache(maxsize=256)
def _shelf(name, description, icon, slug, key, language: str) -> SafeString:
    topic = {"name": name, "description": description, "icon": icon, "slug": slug or key}
    return SafeString(get_template("articles/_shelf.html").render({"topic": topic}))


@lru_cache(maxsize=2048)
def _card(title, summary, kind, topic_slug, topic_key, slug, level: int, language: str) -> SafeString:
    article = {
        "title": title,
        "summary": summary,
        "kind": kind,
        "get_kind_display": Article.Kind(kind).label,
        "get_absolute_url": reverse("articles:article", args=[topic_slug or topic_key, slug]),
    }
    return SafeString(get_template("articles/_card.html").render({"article": article, "level": level}))
