"""Turn the texts of an article into the parts of its page.

The parts are kept in the process under the very text that the database answered: whatever changes there is another
text, so nothing shown is ever old, and nothing has to be thrown away. A reader costs one statement; only the first
after a change also costs the writing, a few hundredths of a second.
"""

import datetime
import json
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import override

from portal.editorial import approvals
from portal.editorial.translations import staleness
from portal.lib import languages
from portal.reference.citations import TOKEN, Citations
from portal.reference.models import Source

from .. import citations
from ..models import Article, Section
from . import statement, structured
from .nearby import nearby
from .people import Makers, makers

KEPT = 512


@dataclass(frozen=True)
class Page:
    """An article in one language, ready to be shown; `body` still holds the tokens of quotes."""

    pk: int
    kind: str
    title: str
    summary: str
    is_published: bool
    has_expired: bool
    addresses: dict[str, str]
    published: dict[str, str]
    titles: dict[str, str]
    cited: citations.Cited
    head: SafeString
    top: SafeString
    body: SafeString
    end: SafeString


def page_at(topic: str, slug: str, language: str, site: str) -> Page | None:
    """Return the page at this address below `learn/`, published or not; `site` is as in "https://example.org"."""
    text = statement.at_address(topic, slug, language)
    return _written(text, language, site) if text else None


def page_of(pk: int, language: str, site: str) -> Page | None:
    """Return the page of an article by its key in the database, as editors see it before it is published."""
    text = statement.of_article(pk, language)
    return _written(text, language, site) if text else None


def proposed_page_of(pk: int, language: str, site: str) -> Page | None:
    """Return the page of an article with the words that wait for a second person; nothing in the database changes."""
    article = Article.objects.filter(pk=pk).first()
    if article is None:
        return None
    rows = [article, *article.sections.all(), *article.references.all()]
    changes = {(change.content_type_id, change.object_id): change for change in approvals.changes_of(rows)}
    if not any(change.values for change in changes.values()):
        return page_of(pk, language, site)
    with transaction.atomic():
        for row in rows:
            change = changes.get((ContentType.objects.get_for_model(row).pk, row.pk))
            if change and change.values:
                type(row)._base_manager.filter(pk=row.pk).update(**change.values)
        page = page_of(pk, language, site)
        transaction.set_rollback(True)
    return page


@lru_cache(maxsize=KEPT)
def _written(text: str, language: str, site: str) -> Page:
    """Write the parts of a page; a pure function of what the database said."""
    record = json.loads(text)
    people = makers(record["people"] or [])
    addresses = _addresses(record)
    cited = _cited(record, people, site + addresses[language], language)
    with override(language):
        values = _values(record, language) | {"site": site, "people": people, "cited": citations.line(cited)}
        values["structured"] = structured.data(values, site, language)
        parts = {name: _part(name, values) for name in ("head", "top", "body", "end")}
    return Page(
        pk=record["id"],
        kind=record["kind"],
        title=record["title"] or "",
        summary=record["summary"] or "",
        is_published=record["published"][language],
        has_expired=record["has_expired"],
        addresses=addresses,
        published=values["published"],
        titles=record["titles"],
        cited=cited,
        **parts,
    )


def _values(record: dict, language: str) -> dict:
    """Return what the templates of a page read, beside who made it and how it is cited."""
    addresses = _addresses(record)
    return {
        "LANGUAGE_CODE": language,
        "record": record,
        "kind": Article.Kind(record["kind"]),
        "is_professional": record["kind"] == Article.Kind.PROFESSIONAL,
        "mail": record["correspondence"].split("@"),
        "address": addresses[language],
        "addresses": addresses,
        "published": {code: addresses[code] for code, is_public in record["published"].items() if is_public},
        "topic_slug": _slug(record["topic"], language),
        "slug": _slug(record, language),
        "stale": staleness(record["stale"]),
        **_dates(record),
        **_texts(record),
        **_links(record, language),
    }


def _dates(record: dict) -> dict:
    """Return the days that a page names, in the site's zone."""
    return {
        "updated_on": _day(record["updated_at"]),
        "published_on": record["published_at"] and _day(record["published_at"]),
        "expired_on": record["expires_at"] and _day(record["expires_at"]),
        "reviewed_on": parse_date(record["reviewed_on"] or ""),
        "next_review_on": parse_date(record["next_review_on"] or ""),
        "changes": [(parse_date(day), note) for day, note in record["changes"] or ()],
    }


def _part(name: str, values: dict) -> SafeString:
    return SafeString(get_template(f"articles/_{name}.html").render(values))


def _texts(record: dict) -> dict:
    """Return the texts with their citations linked, in reading order, and the numbered list of sources."""
    sources = Citations(Source(**source) for source in record["references"] or ())
    points = [line.strip() for line in (record["key_points"] or "").splitlines() if line.strip()]
    paragraphs = [line.strip() for line in (record["abstract"] or "").splitlines() if line.strip()]
    texts = {
        "abstract": [sources.link(escape(paragraph)) for paragraph in paragraphs],
        "key_points": [sources.link(escape(point)) for point in points],
        "sections": [
            {
                **part,
                "kind": Section.Kind(part["kind"]),
                "plain": TOKEN.sub("", part["body"]),
                "body": sources.link(part["body"]),
            }
            for part in record["sections"] or ()
        ],
    }
    return {**texts, "references": sources.entries}


def _links(record: dict, language: str) -> dict:
    """Return what to read also, the other versions of the page, and where to find what it is about."""
    near = nearby(record, language)
    return {"related": near.related, "versions": near.versions, "places": _places(record["concept"])}


def _places(concept: dict | None) -> dict | None:
    """Return the search for the places that offer what the page is about, or None where nobody offers it."""
    if not concept or concept["kind"] == "topic":
        return None
    claims = [("claim", claim) for claim in concept["claims"]]
    return {"label": concept["label"], "query": urlencode(claims or [("q", concept["label"])])}


def _addresses(record: dict) -> dict[str, str]:
    """Return the address in each language, also where the article is not published there."""
    return {code: _address(_slug(record["topic"], code), _slug(record, code), code) for code in record["slugs"]}


def _slug(record: dict, language: str) -> str:
    """Return the slug in this language, or that of the first language that has one, as `models.addresses` does."""
    slugs = record["slugs"]
    return next((slugs[code] for code in [language, *languages.others(language)] if slugs[code]), record["key"])


def _address(topic: str, slug: str, language: str) -> str:
    with override(language):
        return reverse("articles:article", args=[topic, slug])


def _day(moment: str) -> datetime.date:
    """Return the day in the site's zone of a moment as JSON writes it."""
    return timezone.localdate(datetime.datetime.fromisoformat(moment))


def _cited(record: dict, people: Makers, url: str, language: str) -> citations.Cited:
    """Return what a citation of the page says; without named authors it begins with the title."""
    day = _day(record["published_at"] or record["updated_at"])
    return citations.Cited(
        key=record["key"],
        title=record["title"] or "",
        authors=tuple((person.given, person.family or person.name) for person in people.authors),
        publisher=record["department"] or "",
        day=(day.year, day.month, day.day),
        url=url,
        doi=record["doi"],
        language=language,
    )
