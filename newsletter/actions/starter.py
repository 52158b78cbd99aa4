"""Load the starter records of the newsletter, each once in the life of a database."""

import json
from pathlib import Path

from django.db import transaction

from portal.lib import languages
from portal.reference.actions import unseen

from ..models import ConsentText, Topic

STARTER = Path(__file__).parents[1] / "starter"


@transaction.atomic
def load_starter() -> int:
    """Add the starter consent texts and topics that were never loaded here before; return how many were added."""
    return _load(ConsentText, "version", "consent_texts.json") + _load(Topic, "key", "topics.json")


def _load(model, key: str, file: str) -> int:
    records = {record[key]: record for record in json.loads((STARTER / file).read_text(encoding="utf-8"))}
    added = 0
    for name in unseen(model._meta.model_name, records):
        _row, is_new = model.objects.get_or_create(**{key: name}, defaults=_columns(records[name], key))
        added += is_new
    return added


def _columns(record: dict, key: str) -> dict:
    """Return a record's values by column: a dictionary by language becomes one column a language."""
    values: dict = {}
    for name, value in record.items():
        if isinstance(value, dict):
            values |= {languages.column(name, code): text for code, text in value.items() if code in languages.codes()}
        elif name != key:
            values[name] = value
    return values
