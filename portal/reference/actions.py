"""Load the starter records that all features quote."""

import json
from pathlib import Path

from django.db import transaction

from portal.lib import languages

from .models import Concept, Department, Line, Source

STARTER = Path(__file__).parent / "starter"


@transaction.atomic
def load_starter() -> int:
    """Add the starter records that are missing, and leave those that exist to staff. Returns how many were added."""
    added = _add(Source, "code", "sources.json")
    sources = {source.code: source for source in Source.objects.all()}
    added += _add(Department, "id", "department.json", sources)
    added += _add(Line, "slug", "lines.json", sources)
    return added + _add(Concept, "code", "concepts.json")


def _add(model, key: str, file: str, sources: dict | None = None) -> int:
    """Add the rows of a starter file whose key is not there yet."""
    known = {str(value) for value in model.objects.values_list(key, flat=True)}
    records = json.loads((STARTER / file).read_text(encoding="utf-8"))
    new = [record for record in records if str(record[key]) not in known]
    model.objects.bulk_create(model(**_columns(model, record, sources or {})) for record in new)
    return len(new)


def _columns(model, record: dict, sources: dict) -> dict:
    """Return a record's values by column: a dictionary by language becomes one column a language."""
    names = {field.name for field in model._meta.concrete_fields}
    values = {}
    for name, value in record.items():
        if name == "source":
            values["source"] = sources[value] if value else None
        elif isinstance(value, dict):
            texts = {languages.column(name, code): text for code, text in value.items()}
            values |= {column: "\n".join(text) if isinstance(text, list) else text for column, text in texts.items()}
        elif name in names:
            values[name] = value
    return {name: value for name, value in values.items() if name in names}
