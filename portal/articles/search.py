"""Find something to read: a search shows a few titles, so it reads a few columns."""

from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal.lib import fulltext, languages

_PUBLISHED = """
SELECT article.title_{l}, article.summary_{l}, topic.slug_{l}, article.slug_{l}
FROM articles_article AS article JOIN articles_topic AS topic ON topic.id = topic_id
WHERE article.state_{l} = 'published' AND article.published_at_{l} <= %(now)s AND """
_MATCHING = (
    _PUBLISHED
    + """(article.words_{l} @@ ({query}) OR EXISTS (
  SELECT FROM articles_section WHERE article_id = article.id AND words_{l} @@ ({query})))
ORDER BY ts_rank(article.words_{l}, {query}) DESC, article.id LIMIT %(most)s"""
)


class Reading(NamedTuple):
    """An article as a list shows it."""

    title: str
    summary: str
    get_absolute_url: str


def matching(text: str, language: str, most: int) -> list[Reading]:
    """Return the published articles whose words in this language match, the best first."""
    plain, unaccented = fulltext.configs(language)
    query = f"websearch_to_tsquery('{plain}', %(text)s) || websearch_to_tsquery('{unaccented}', %(text)s)"
    return _read(_MATCHING, language, {"text": fulltext.bounded(text), "most": most}, query=query)


def with_key(key: str, language: str) -> Reading | None:
    """Return the published article with this key, or None."""
    return next(iter(_read(_PUBLISHED + "article.key = %(key)s", language, {"key": key})), None)


def _read(sql: str, language: str, values: dict, query: str = "") -> list[Reading]:
    statement = sql.format(l=languages.column("", language).removeprefix("_"), query=query)
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"now": timezone.now()})
        rows = cursor.fetchall()
    return [Reading(title, summary, _address(topic, slug, language)) for title, summary, topic, slug in rows]


@lru_cache(maxsize=1024)
def _address(topic: str, slug: str, language: str) -> str:
    return reverse("articles:article", args=[topic, slug])
