"""Find something to read: a search shows a few titles, so it reads a few columns."""

from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal.lib import fulltext, languages
from portal.reference import quotes

_CURRENT = """article.state_{l} = 'published' AND article.published_at_{l} <= %(now)s
 AND (article.expires_at_{l} IS NULL OR article.expires_at_{l} > %(now)s)"""
_ADDRESS = "coalesce(topic.slug_{l}, topic.key), article.slug_{l}"
_WITH_KEY = (
    "SELECT '', article.title_{l}, article.summary_{l}, "
    + _ADDRESS
    + ", NULL, NULL FROM articles_article AS article JOIN articles_topic AS topic ON topic.id = topic_id"
    + " WHERE article.key = %(key)s AND "
    + _CURRENT
)
# Articles that say it in their own title, summary or key points come first. Only where they are too few does the
# database look into sections: `LIMIT` over `UNION ALL` runs the second half no further than needed. A section whose
# heading matches, or which alone does, is the better answer. Videos and the words of the glossary follow, a few each;
# the glossary is small, and a word is found by its names alone.
_MATCHING = (
    """
WITH asked AS MATERIALIZED (SELECT {query} AS words), best AS MATERIALIZED (
  SELECT id, is_itself, row_number() OVER () AS place FROM (
    (SELECT article.id, TRUE AS is_itself FROM articles_article AS article, asked
     WHERE article.words_{l} @@ asked.words AND """
    + _CURRENT
    + """ ORDER BY ts_rank(article.words_{l}, asked.words) DESC, article.id LIMIT %(most)s)
    UNION ALL
    (SELECT article.id, FALSE FROM articles_article AS article, asked, articles_section AS section
     WHERE section.article_id = article.id AND NOT section.is_hidden AND section.words_{l} @@ asked.words
       AND NOT coalesce(article.words_{l} @@ asked.words, FALSE) AND """
    + _CURRENT
    + """ GROUP BY article.id
     ORDER BY max(ts_rank(section.words_{l}, asked.words)) DESC, article.id LIMIT %(most)s)
  ) AS found LIMIT %(most)s
)
(SELECT '' AS kind, article.title_{l}, article.summary_{l}, """
    + _ADDRESS
    + """, part.anchor, part.heading
FROM best JOIN articles_article AS article USING (id) JOIN articles_topic AS topic ON topic.id = article.topic_id
LEFT JOIN LATERAL (
  SELECT anchor, heading_{l} AS heading FROM articles_section AS section, asked
  WHERE section.article_id = best.id AND NOT is_hidden AND heading_{l} <> '' AND body_{l} <> ''
    AND CASE WHEN best.is_itself THEN ts_filter(words_{l}, '{{b}}') ELSE words_{l} END @@ asked.words
  ORDER BY ts_rank(words_{l}, asked.words) DESC, position, section.id LIMIT 1
) AS part ON TRUE
ORDER BY best.place)
UNION ALL
(SELECT 'video', title_{l}, summary_{l}, '', slug_{l}, NULL, NULL FROM articles_video AS video, asked
 WHERE is_public AND words_{l} @@ asked.words ORDER BY ts_rank(words_{l}, asked.words) DESC, id LIMIT %(few)s)
UNION ALL
(SELECT 'word', term_{l}, definition_{l}, '', code, NULL, NULL FROM reference_glossaryterm AS term, asked
 WHERE to_tsvector('{names}', concat_ws(' ', term_{l}, words_{l})) @@ asked.words
 ORDER BY length(term_{l}), id LIMIT %(few)s)"""
)
FEW = 2  # videos, and words of the glossary


class Reading(NamedTuple):
    """An article as a list shows it, or the part of it that answers a search; or a "video" or "word" by its kind."""

    title: str
    summary: str
    get_absolute_url: str
    part: str = ""
    kind: str = ""


def matching(text: str, language: str, most: int) -> list[Reading]:
    """Return the published articles whose words in this language match, the best first, then videos and words."""
    plain, unaccented = fulltext.configs(language)
    query = f"websearch_to_tsquery('{plain}', %(text)s) || websearch_to_tsquery('{unaccented}', %(text)s)"
    values = {"text": fulltext.bounded(text), "most": most, "few": FEW}
    return _read(_MATCHING, language, values, query=query, names=unaccented)


def with_key(key: str, language: str) -> Reading | None:
    """Return the published article with this key, or None."""
    return next(iter(_read(_WITH_KEY, language, {"key": key})), None)


def _read(sql: str, language: str, values: dict, **fragments: str) -> list[Reading]:
    statement = sql.format(l=languages.column("", language).removeprefix("_"), **fragments)
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"now": timezone.now()})
        rows = cursor.fetchall()
    return [_reading(row, language) for row in rows]


def _reading(row: tuple, language: str) -> Reading:
    kind, title, summary, topic, slug, anchor, heading = row
    if kind == "word":
        definition = quotes.plain(summary, language) if "{" in summary else summary
        return Reading(title, definition, quotes.address(slug, title), kind=kind)
    address = reverse("video", args=[slug]) if kind == "video" else _address(topic, slug, language)
    return Reading(title, summary, address + (f"#{anchor}" if anchor else ""), heading or "", kind)


@lru_cache(maxsize=1024)
def _address(topic: str, slug: str, language: str) -> str:
    return reverse("articles:article", args=[topic, slug])
