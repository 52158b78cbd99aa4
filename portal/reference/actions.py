"""Load the starter records that all features quote, each once in the life of a database."""

import json
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction

from portal.lib import languages

from .models import Concept, Department, Line, Source, StarterRecord

STARTER = Path(__file__).parent / "starter"


def unseen(kind: str, keys: Iterable[str]) -> set[str]:
    """Return the keys that this database was never given as starter records, and remember that it now was.

    What staff have deleted or renamed since stays so: the site starts often, and a wrong number must not come back.
    """
    wanted = set(keys)
    seen = set(StarterRecord.objects.filter(kind=kind).values_list("key", flat=True))
    new = wanted - seen
    StarterRecord.objects.bulk_create([StarterRecord(kind=kind, key=key) for key in sorted(new)], ignore_conflicts=True)
    return new


@transaction.atomic
def load_starter() -> int:
    """Add the starter records that this database was never given. Returns how many were added."""
    added = _add(Source, "code", "sources.json")
    sources = {source.code: source for source in Source.objects.all()}
    added += _add(Department, "id", "department.json", sources)
    added += _add(Line, "slug", "lines.json", sources)
    return added + _add(Concept, "code", "concepts.json")


def _add(model, key: str, file: str, sources: dict | None = None) -> int:
    """Add the rows of a starter file that are new to this database and whose key nobody has used."""
    records = {str(record[key]): record for record in json.loads((STARTER / file).read_text(encoding="utf-8"))}
    taken = {str(value) for value in model.objects.values_list(key, flat=True)}
    new = unseen(model._meta.model_name, records) - taken
    model.objects.bulk_create(
        model(**_columns(model, record, sources or {})) for name, record in records.items() if name in new
    )
    return len(new)


def _columns(model, record: dict, sources: dict) -> dict:
    """Return a record's values by column: a dictionary by language becomes one column a language."""
    names = {field.name for field in model._meta.concrete_fields}
    values = {}
    for name, value in record.items():
        if name == "source":
            values["source"] = sources[value]
        elif isinstance(value, dict):
            texts = {languages.column(name, code): text for code, text in value.items()}
            values |= {column: "\n".join(text) if isinstance(text, list) else text for column, text in texts.items()}
        elif name in names:
            values[name] = value
    return {name: value for name, value in values.items() if name in names}
