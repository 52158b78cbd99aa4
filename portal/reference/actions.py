"""Load the starter records that all features quote, once in the life of a database; approve what staff write."""

import datetime
import json
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.editorial.approvals import OwnChangeError, RefusedError
from portal.editorial.models import AvoidedWord, ReadingName
from portal.lib import languages

from .models import (
    AlertSentence,
    AlertWord,
    Concept,
    Department,
    Fact,
    GlossaryTerm,
    Line,
    Source,
    StarterRecord,
)

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
    added += _add(Fact, "code", "facts.json", sources)
    added += _add(GlossaryTerm, "code", "glossary.json", sources)
    added += _add(AlertWord, "code", "alert_words.json")
    added += _add(AlertSentence, "code", "alert_sentences.json")
    added += _add(ReadingName, "text", "reading_names.json")
    added += _add(AvoidedWord, "words", "avoided_words.json")
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


@transaction.atomic
def approve_fact(*, fact: Fact, by: User, on: datetime.date) -> None:
    """Put the change of a fact that waits on every page, or say that its value is right, in this person's name.

    Raises OwnChangeError where the same person changed a dose or law, RefusedError where no counsel is named.
    """
    fact = Fact.objects.select_for_update(of=("self",)).get(pk=fact.pk)
    if fact.kind in Fact.DANGEROUS and fact.changed_by_id == by.pk:
        raise OwnChangeError(_("Somebody else must approve what you changed."))
    if fact.needs_counsel and not fact.approval_note:
        raise RefusedError(_("Write the name of the counsel who agreed, and the day."))
    if fact.has_change:
        for code in languages.codes():
            proposed = languages.column("proposed", code)
            setattr(fact, languages.column("value", code), getattr(fact, proposed))
            setattr(fact, proposed, "")
    fact.approved_by, fact.approved_on, fact.changed_by = by, on, None
    fact.save()


@transaction.atomic
def approve_sentence(*, sentence: AlertSentence, by: User, on: datetime.date) -> None:
    """Let alerts use a sentence, in this person's name. Raises OwnChangeError for what the person wrote."""
    sentence = AlertSentence.objects.select_for_update(of=("self",)).get(pk=sentence.pk)
    if sentence.written_by_id == by.pk:
        raise OwnChangeError(_("Somebody else must approve what you wrote."))
    sentence.approved_by, sentence.approved_on = by, on
    sentence.save()
