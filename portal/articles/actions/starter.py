"""Load the starter articles."""

import datetime
import json
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.editorial import translations
from portal.lib import languages
from portal.reference.actions import unseen
from portal.reference.models import Concept, Source

from ..models import Article, Reference, Section, Topic

STARTER = Path(__file__).parent.parent / "starter"
TEXTS = ["title", "slug", "summary", "key_points", "abstract", "conflicts"]


def _columns(record: dict, *fields: str) -> dict:
    """Return the translated fields of a starter record by column; what it leaves out stays empty."""
    written = [(name, code) for name in fields for code in languages.codes() if code in record.get(name, {})]
    return {languages.column(name, code): record[name][code] for name, code in written}


@transaction.atomic
def load_starter() -> int:
    """Add the starter topics and articles that this database was never given, published and marked as to be reviewed.

    What staff have changed or deleted since stays so. Returns how many articles were added.
    """
    _load_topics()
    records = [json.loads(path.read_text()) for path in sorted((STARTER / "articles").glob("*.json"))]
    keys = unseen("article", [record["key"] for record in records])
    new = [record for record in records if record["key"] in keys and not _is_taken(Article, record)]
    for record in new:
        _add(record, timezone.now())
    for record in new:
        _tie(record)
    return len(new)


def _load_topics() -> None:
    records = json.loads((STARTER / "topics.json").read_text())
    keys = unseen("topic", [record["key"] for record in records])
    for position, record in enumerate(records):
        if record["key"] in keys and not _is_taken(Topic, record):
            texts = _columns(record, "name", "slug", "description")
            Topic.objects.create(key=record["key"], position=position, icon=record["icon"], **texts)


def _end_of(day: str) -> datetime.datetime:
    """Return the moment at which this day of the site's zone is over."""
    after = datetime.date.fromisoformat(day) + datetime.timedelta(days=1)
    return timezone.make_aware(datetime.datetime.combine(after, datetime.time()))


def _is_taken(model, record: dict) -> bool:
    """Say whether staff already use the key or an address of a starter record."""
    taken = Q(key=record["key"])
    for column, slug in _columns(record, "slug").items():
        taken |= Q(**{column: slug})
    return model.objects.filter(taken).exists()


def _add(record: dict, at) -> None:
    """Add one starter article with its sections and references, published in the languages it is written in."""
    written = [code for code in languages.codes() if record["title"].get(code)]
    points = {code: "\n".join(lines) for code, lines in record["key_points"].items()}
    texts = _columns({**record, "key_points": points}, *TEXTS)
    ends = "expires_on" in record
    article = Article.objects.create(
        key=record["key"],
        kind=record.get("kind", Article.Kind.GUIDE),
        is_emergency=record.get("is_emergency", False),
        topic=Topic.objects.get(key=record["topic"]),
        concept=Concept.objects.filter(code=record.get("concept", "")).first(),
        doi=record.get("doi", ""),
        is_starter=True,
        **texts,
        **{languages.column("state", code): Article.State.PUBLISHED for code in written},
        **{languages.column("published_at", code): at for code in written},
        **{languages.column("expires_at", code): _end_of(record["expires_on"]) for code in written if ends},
    )
    _add_parts(article, record)
    translations.record([article, *article.sections.all()], by=None, at=at)


def _add_parts(article: Article, record: dict) -> None:
    Section.objects.bulk_create(
        Section(
            article=article,
            position=position,
            kind=part.get("kind", Section.Kind.TEXT),
            anchor=part["anchor"],
            **_columns(part, "heading", "body"),
        )
        for position, part in enumerate(record["sections"])
    )
    sources = {source.code: source for source in Source.objects.filter(code__in=record["references"])}
    Reference.objects.bulk_create(
        Reference(article=article, source=sources[code], position=position)
        for position, code in enumerate(record["references"])
    )


def _tie(record: dict) -> None:
    """Tie a new starter article to what it names: what to read also, and itself in plain words."""
    article = Article.objects.get(key=record["key"])
    article.related.set(Article.objects.filter(key__in=record.get("related", [])))
    if plain := Article.objects.filter(key=record.get("plain_version", "")).first():
        article.plain_version = plain
        article.save(update_fields=["plain_version"])
