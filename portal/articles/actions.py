"""Load the starter articles."""

import json
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal.lib import languages
from portal.reference.actions import unseen
from portal.reference.models import Source

from .models import Article, Reference, Section, Topic

STARTER = Path(__file__).parent / "starter"


def _columns(record: dict, *fields: str) -> dict:
    """Return the translated fields of a starter record by column."""
    written = [(name, code) for name in fields for code in languages.codes() if code in record[name]]
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
        related = Article.objects.filter(key__in=record.get("related", []))
        Article.objects.get(key=record["key"]).related.set(related)
    return len(new)


def _load_topics() -> None:
    records = json.loads((STARTER / "topics.json").read_text())
    keys = unseen("topic", [record["key"] for record in records])
    for position, record in enumerate(records):
        if record["key"] in keys and not _is_taken(Topic, record):
            texts = _columns(record, "name", "slug", "description")
            Topic.objects.create(key=record["key"], position=position, icon=record["icon"], **texts)


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
    article = Article.objects.create(
        key=record["key"],
        topic=Topic.objects.get(key=record["topic"]),
        is_starter=True,
        **_columns({**record, "key_points": points}, "title", "slug", "summary", "key_points"),
        **{languages.column("state", code): Article.State.PUBLISHED for code in written},
        **{languages.column("published_at", code): at for code in written},
    )
    Section.objects.bulk_create(
        Section(article=article, position=position, anchor=part["anchor"], **_columns(part, "heading", "body"))
        for position, part in enumerate(record["sections"])
    )
    sources = {source.code: source for source in Source.objects.filter(code__in=record["references"])}
    Reference.objects.bulk_create(
        Reference(article=article, source=sources[code], position=position)
        for position, code in enumerate(record["references"])
    )
