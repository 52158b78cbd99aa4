"""Ask the database once for everything the page of an article shows in one language, as a text of JSON.

The statement is put together from the fragments below, once for each language of the site; what stood in an address
only ever goes in as a parameter. What depends on the time is decided here, so that the same text is the same page.
"""

from functools import cache

from django.utils import timezone

from portal.lib import languages, prepared

MOST_RELATED = 6
_STATEMENT = """
SELECT json_build_object(
 'id', a.id, 'key', a.key, 'kind', a.kind, 'title', a.title_{l}, 'summary', a.summary_{l},
 'key_points', a.key_points_{l}, 'abstract', a.abstract_{l}, 'conflicts', a.conflicts_{l},
 'doi', a.doi, 'correspondence', a.correspondence, 'is_starter', a.is_starter,
 'reviewed_on', a.last_reviewed_on, 'next_review_on', a.next_review_on, 'is_overdue', a.next_review_on < %(today)s,
 'published_at', a.published_at_{l}, 'updated_at', a.updated_at,
 'has_expired', coalesce(a.expires_at_{l} <= %(now)s, FALSE), 'expires_at', a.expires_at_{l},
 'topic', json_build_object('key', t.key, 'name', t.name_{l}, 'slugs', {topic_slugs}),
 'department', (SELECT d.name_{l} FROM reference_department AS d ORDER BY d.id LIMIT 1),
 'slugs', {slugs}, 'published', {published}, 'titles', {titles},
 'concept', CASE WHEN c.id IS NOT NULL THEN
   json_build_object('label', c.label_{l}, 'kind', c.kind, 'claims', c.claims) END,
 'image', (SELECT {image} FROM articles_image AS i WHERE i.id = a.image_id),
 'sections', (
  SELECT json_agg(json_build_object('kind', s.kind, 'anchor', s.anchor, 'heading', s.heading_{l}, 'body', s.body_{l},
    'image', CASE WHEN i.id IS NOT NULL THEN {image} END) ORDER BY s.position, s.id)
  FROM articles_section AS s LEFT JOIN articles_image AS i ON i.id = s.image_id
  WHERE s.article_id = a.id AND NOT s.is_hidden AND s.heading_{l} <> '' AND s.body_{l} <> ''),
 'references', (
  SELECT json_agg(json_build_object('code', s.code, 'title', s.title, 'authors', s.authors, 'publisher', s.publisher,
    'year', s.year, 'url', s.url, 'doi', s.doi, 'language', s.language, 'mark', s.mark) ORDER BY r.position, r.id)
  FROM articles_reference AS r JOIN reference_source AS s ON s.id = r.source_id
  WHERE r.article_id = a.id AND NOT r.is_hidden),
 'people', (
  SELECT json_agg(json_build_object('name', p.name, 'family', p.family_name, 'credentials', p.credentials_{l},
    'orcid', p.orcid, 'role', b.role, 'is_corresponding', b.is_corresponding, 'affiliations', (
     SELECT json_agg(json_build_array(f.id, f.name_{l}) ORDER BY at.id)
     FROM articles_contribution_affiliations AS at JOIN articles_affiliation AS f ON f.id = at.affiliation_id
     WHERE at.contribution_id = b.id AND f.name_{l} <> '')) ORDER BY b.position, b.id)
  FROM articles_contribution AS b JOIN articles_contributor AS p ON p.id = b.contributor_id WHERE b.article_id = a.id),
 'changes', (
  SELECT json_agg(json_build_array(h.made_on, h.note_{l}) ORDER BY h.made_on DESC, h.id DESC)
  FROM articles_articlechange AS h WHERE h.article_id = a.id AND h.is_public AND h.note_{l} <> ''),
 'stale', (
  SELECT json_build_object('changed', max(x.stale_since), 'made', min(x.made_at), 'source', min(x.source_language))
  FROM editorial_textstate AS x JOIN django_content_type AS y ON y.id = x.page_type_id
  WHERE y.app_label = 'articles' AND y.model = 'article' AND x.page_id = a.id AND x.language = '{code}'
   AND x.stale_since IS NOT NULL HAVING count(*) > 0),
 'versions', (
  SELECT json_agg({link} ORDER BY x.id) FROM articles_article AS x JOIN articles_topic AS xt ON xt.id = x.topic_id
  WHERE (x.id = a.plain_version_id OR x.plain_version_id = a.id) AND ({anywhere})),
 'picked', (
  SELECT json_agg({link} ORDER BY x.published_at_{l} DESC NULLS LAST, x.id DESC)
  FROM articles_article_related AS m JOIN articles_article AS x ON x.id = m.to_article_id
  JOIN articles_topic AS xt ON xt.id = x.topic_id WHERE m.from_article_id = a.id AND ({anywhere})),
 'same', ARRAY(
  SELECT {link} FROM articles_article AS x JOIN articles_topic AS xt ON xt.id = x.topic_id
  WHERE x.concept_id = a.concept_id AND {here} ORDER BY x.published_at_{l} DESC NULLS LAST, x.id DESC LIMIT {most}),
 'shelf', ARRAY(
  SELECT {shelf_link} FROM articles_article AS x
  WHERE x.topic_id = a.topic_id AND {here} ORDER BY x.published_at_{l} DESC NULLS LAST, x.id DESC LIMIT {most})
)::text
FROM articles_article AS a JOIN articles_topic AS t ON t.id = a.topic_id
LEFT JOIN reference_concept AS c ON c.id = a.concept_id
WHERE {where}"""
_IMAGE = """json_build_object('file', i.file, 'width', i.width, 'height', i.height, 'alt', i.alt_{l},
 'caption', i.caption_{l}, 'credit', i.credit)"""
_AT_ADDRESS = """(a.key = %(slug)s OR {any_slug}) AND coalesce({own_slugs}, a.key) = %(slug)s
 AND coalesce({topic_slugs}, t.key) = %(topic)s"""


def at_address(topic: str, slug: str, language: str) -> str | None:
    """Return the JSON of the article whose address in this language has these two slugs, published or not."""
    return _asked("address", language, {"topic": topic, "slug": slug})


def of_article(pk: int, language: str) -> str | None:
    """Return the JSON of the article with this key of the database."""
    return _asked("id", language, {"id": pk})


def _asked(way: str, language: str, values: dict) -> str | None:
    now = timezone.now()
    values |= {"now": now, "today": timezone.localdate(now)}
    row = prepared.one_row(f"article-{way}-{language}", _statements(language)[way], values)
    return row[0] if row else None


@cache
def _statements(language: str) -> dict[str, str]:
    """Return the statement by address and by id; `{l}` becomes the suffix of the language's columns."""
    suffixes = {code: languages.column("", code).removeprefix("_") for code in languages.codes()}
    order = [language, *languages.others(language)]
    wheres = {
        "id": "a.id = %(id)s",
        "address": _AT_ADDRESS.format(
            any_slug=" OR ".join(f"a.slug_{suffixes[code]} = %(slug)s" for code in order),
            own_slugs=", ".join(f"a.slug_{suffixes[code]}" for code in order),
            topic_slugs=", ".join(f"t.slug_{suffixes[code]}" for code in order),
        ),
    }
    here, anywhere = _is_current(suffixes[language]), " OR ".join(_is_current(suffixes[code]) for code in order)
    fragments = {
        "l": suffixes[language],
        "most": MOST_RELATED,  # in the text: with a parameter here PostgreSQL would plan anew each time
        "code": language,
        "image": _IMAGE.replace("{l}", suffixes[language]),
        "here": here,
        "anywhere": anywhere,
        "link": _link(order, suffixes),
        "shelf_link": _link(order, suffixes).replace("xt.", "t."),
        **{name: _by_language(column, suffixes) for name, column in _COLUMNS.items()},
    }
    return {way: _STATEMENT.format(where=where, **fragments) for way, where in wheres.items()}


_COLUMNS = {
    "slugs": "a.slug_{l}",
    "topic_slugs": "t.slug_{l}",
    "titles": "a.title_{l}",
    "published": "a.state_{l} = 'published' AND a.published_at_{l} <= %(now)s",
}


def _by_language(column: str, suffixes: dict[str, str]) -> str:
    """Return an object that holds a column's value by language."""
    pairs = (f"'{code}', {column.replace('{l}', suffix)}" for code, suffix in suffixes.items())
    return f"json_build_object({', '.join(pairs)})"


def _is_current(suffix: str) -> str:
    """Return the condition that lists show the article `x` in the language of these columns."""
    return (
        f"x.state_{suffix} = 'published' AND x.published_at_{suffix} <= %(now)s"
        f" AND (x.expires_at_{suffix} IS NULL OR x.expires_at_{suffix} > %(now)s)"
    )


def _link(order: list[str], suffixes: dict[str, str]) -> str:
    """Return language, title and slugs of the article `x` in the first of these languages that has it."""
    cases = (
        f"WHEN {_is_current(suffixes[code])} THEN json_build_array(x.id, x.kind, '{code}', x.title_{suffixes[code]},"
        f" coalesce(xt.slug_{suffixes[code]}, xt.key), x.slug_{suffixes[code]})"
        for code in order
    )
    return f"CASE {' '.join(cases)} END"
