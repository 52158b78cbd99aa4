"""Load the starter guides."""

import json
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from portal.editorial import translations
from portal.lib import languages
from portal.reference.actions import unseen
from portal.reference.models import Line, Source

from .models import Citation, Guide, Passage

STARTER = Path(__file__).parent / "starter"
TRANSLATED = ("heading", "text", "drawing_alt", "say_sounds", "say_means")


@transaction.atomic
def load_starter() -> int:
    """Add the starter guides that are missing, marked as to be reviewed.

    A guide that is there, with all that staff changed in it, is left alone. Returns how many guides were added.
    """
    new = unseen("guide", Guide.Topic.values) - set(Guide.objects.values_list("topic", flat=True))
    records = [json.loads((STARTER / f"{topic}.json").read_text()) for topic in Guide.Topic if topic in new]
    for record in records:
        _add(record)
    return len(records)


def _add(record: dict) -> None:
    """Add one starter guide with its passages and their sources."""
    guide = Guide.objects.create(
        topic=record["topic"],
        line=Line.objects.get(slug=record["line"]),
        is_starter=True,
        **_columns(record, "title", "summary"),
    )
    _add_passages(guide, record["passages"])
    translations.record([guide, *guide.passages.all()], by=None, at=timezone.now())


def _add_passages(guide: Guide, parts: list[dict]) -> None:
    sources = Source.objects.in_bulk(field_name="code")
    for position, part in enumerate(parts):
        passage = Passage.objects.create(
            guide=guide,
            position=position,
            anchor=part["anchor"],
            kind=part["kind"],
            drawing=part.get("drawing", ""),
            say="\n".join(part.get("say", [])),
            line=Line.objects.get(slug=part["line"]) if "line" in part else None,
            note=part.get("note", ""),
            **_columns(part, *TRANSLATED),
        )
        Citation.objects.bulk_create(
            Citation(passage=passage, source=sources[code], position=order)
            for order, code in enumerate(part["sources"])
        )


def _columns(record: dict, *fields: str) -> dict[str, str]:
    """Return the translated fields of a starter record by column; text on many lines may be written as a list."""
    values = {
        languages.column(field, code): record.get(field, {}).get(code, "")
        for field in fields
        for code in languages.codes()
    }
    return {column: "\n".join(value) if isinstance(value, list) else value for column, value in values.items()}
