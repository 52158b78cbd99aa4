"""Record when a text was written in a language and from which words, so that a translation cannot age unseen.

One rule for every direction and any number of languages. Each text has a language it was written in first; the others
are translations of it and keep the words they were made from. Where those words are no longer what the first language
says, the translation is stale. Written again, or confirmed, it is current. Polishing a translation makes nothing stale.
"""

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction

from portal.lib import languages

from ..models import TextState
from . import texts

Row = models.Model
BATCH = 500  # rows whose texts are in memory at once
UPSERTED = ["page_type", "page_id", "digest", "source_language", "source_text", "made_at", "by", "is_machine"]


class MachineTextIsPublic(Exception):  # noqa: N818 (the caller's mistake has a name)
    """A machine's words would be before readers although no person has confirmed them."""


@transaction.atomic
def record(
    rows: Iterable[Row],
    *,
    by: Any,
    at: datetime.datetime,
    before: Mapping[Row, Mapping[str, str]] | None = None,
    confirmed: Collection[tuple[Row, str]] = (),
    machine: Collection[str] = (),
) -> None:
    """Compare what rows say now in the database with what is known of their texts, and write down the difference.

    `before` is what rows said, by column (`texts.words`); it counts for texts that nobody has recorded yet, which
    without it were all written now. `confirmed` are columns of which somebody says that they are still right.
    `machine` are the languages that a machine wrote and a person must confirm; raises MachineTextIsPublic where
    readers would see them meanwhile.
    """
    for model, own in _by_model(rows).items():
        _refuse_public(own.values(), machine)
        changes = list(_changes(model, own, before or {}, confirmed))
        _write([state for change in changes for state in change.states(by=by, at=at, machine=machine)])
        gone = [state.pk for change in changes for state in change.gone()]
        if gone:
            TextState.objects.filter(pk__in=gone).delete()


def _changes(
    model: type[Row],
    own: Mapping[int, Row],
    before: Mapping[Row, Mapping[str, str]],
    confirmed: Collection[tuple[Row, str]],
) -> Iterator["_Change"]:
    """Yield each text of these rows of one model, as it is now and as it is known."""
    kind = ContentType.objects.get_for_model(model)
    known = _known(kind, own)
    # Read again: a form may hold words that are not in the database, and wait there for a second person.
    now = model._base_manager.in_bulk(own)
    for row in own.values():
        for field in texts.followed(model) if row.pk in now else ():
            yield _Change(
                row=now[row.pk],
                field=field,
                kind=kind,
                known=known[row.pk, field],
                before=before.get(row),
                confirmed={column for its, column in confirmed if its == row},
            )


def _refuse_public(rows: Iterable[Row], machine: Collection[str]) -> None:
    """Raise MachineTextIsPublic unless every page is one that is published by language, and is not in these."""
    for row in rows if machine else ():
        model, number = texts.page_of(row)
        names = {field.name for field in model._meta.concrete_fields}
        for column in (languages.column("state", code) for code in machine):
            if column not in names or model._base_manager.filter(pk=number, **{column: "published"}).exists():
                raise MachineTextIsPublic


def forget_gone_parts(page: Row) -> None:
    """Drop what is known of the texts of parts that were deleted from a page."""
    here = TextState.objects.filter(page_type=ContentType.objects.get_for_model(page), page_id=page.pk)
    for part, key in texts.parts(type(page)):
        left = part._base_manager.filter(**{key: page}).values("pk")
        here.filter(content_type=ContentType.objects.get_for_model(part)).exclude(object_id__in=left).delete()


def catch_up(at: datetime.datetime) -> int:
    """Record what scripts and imports changed in texts that are followed, and forget rows that are gone.

    Returns how many translations became stale by it.
    """
    before = _stale_count()
    for kind in ContentType.objects.filter(pk__in=TextState.objects.values("content_type").distinct()):
        model, states = kind.model_class(), TextState.objects.filter(content_type=kind)
        if model not in texts.translated_models():
            states.delete()
            continue
        states.exclude(object_id__in=model._base_manager.values("pk")).delete()
        numbers = sorted(_changed(model, kind))
        for start in range(0, len(numbers), BATCH):
            rows = list(model._base_manager.filter(pk__in=numbers[start : start + BATCH]))
            record(rows, by=None, at=at, before={row: texts.words(row) for row in rows})
    return _stale_count() - before


# Line breaks and doubled spaces do not count, as in `digest`; what this finds beside is compared there once more.
_PLAIN = r"btrim(regexp_replace(coalesce({}, ''), '\s+', ' ', 'g'))"
_CHANGED = """
SELECT state.object_id FROM editorial_textstate AS state JOIN {table} AS said ON said.{key} = state.object_id
WHERE state.content_type_id = %(kind)s AND state.field = %(field)s AND state.language = %(language)s
 AND (encode(sha256(convert_to({own}, 'UTF8')), 'hex') <> state.digest OR {moved})"""


def _changed(model: type[models.Model], kind: ContentType) -> set[int]:
    """Return the rows of which a recorded text, or what one was made from, is not what is known; a query a column."""
    table, key = connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(str(model._meta.pk.column))
    found: set[int] = set()
    for field in texts.followed(model):
        said = {code: _PLAIN.format(f"said.{languages.column(field, code)}") for code in languages.codes()}
        moved = " OR ".join(
            f"(state.source_language = '{code}' AND ({words} <> {_PLAIN.format('state.source_text')})"
            " <> (state.stale_since IS NOT NULL))"
            for code, words in said.items()
        )
        for code, own in said.items():
            with connection.cursor() as cursor:
                statement = _CHANGED.format(table=table, key=key, own=own, moved=moved)
                cursor.execute(statement, {"kind": kind.pk, "field": field, "language": code})
                found.update(number for (number,) in cursor.fetchall())
    return found


def _stale_count() -> int:
    return TextState.objects.filter(stale_since__isnull=False).count()


def digest(text: str) -> str:
    """Return what tells two texts apart; line breaks and doubled spaces do not."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


@dataclass
class _Change:
    """One field of one row: what it says in each language, what it said, and what is known of it."""

    row: Row
    field: str
    kind: ContentType
    known: dict[str, TextState]
    before: Mapping[str, str] | None
    confirmed: Collection[str]

    def now(self, language: str) -> str:
        return getattr(self.row, languages.column(self.field, language)) or ""

    def said(self, language: str) -> str:
        """Return what an unrecorded text said before; where nobody noted it, nothing."""
        column = languages.column(self.field, language)
        return (self.before or {}).get(column) or ""

    def is_written(self, language: str) -> bool:
        state = self.known.get(language)
        return digest(self.now(language)) != (state.digest if state else digest(self.said(language)))

    def source(self) -> str:
        """Return the language this text was written in first."""
        first = [code for code, state in self.known.items() if not state.source_language]
        named = [state.source_language for state in self.known.values()]
        had = [code for code in languages.codes() if self.said(code)]
        has = [code for code in languages.codes() if self.now(code)]
        return next(iter([*first, *named, *had, *has]), languages.codes()[0])

    def gone(self) -> list[TextState]:
        """Return what is known of languages in which the text was taken away."""
        return [state for code, state in self.known.items() if not self.now(code)]

    def states(self, *, by, at, machine) -> Iterator[TextState]:
        """Yield what there is to write down."""
        source = self.source()
        for code in languages.codes():
            if not self.now(code):
                continue
            if self.is_written(code):
                yield self._fresh(code, source, by=None if code in machine else by, at=at, is_machine=code in machine)
            elif languages.column(self.field, code) in self.confirmed:
                state = self.known.get(code)
                yield self._fresh(code, source, by=by, at=at, is_machine=bool(state and state.is_machine))
            elif code != source and (state := self._followed(code, source, at)):
                yield state

    def _fresh(self, code: str, source: str, **made) -> TextState:
        """Return the state of a text that was written or confirmed just now."""
        is_translation = code != source and bool(self.now(source))
        return self._state(
            code,
            source_language=source if is_translation else "",
            source_text=self.now(source) if is_translation else "",
            made_at=made["at"],
            by=made["by"],
            is_machine=made["is_machine"],
        )

    def _followed(self, code: str, source: str, at) -> TextState | None:
        """Return the state of a translation that stayed while its source changed, or changed back."""
        state = self.known.get(code)
        if state is None:
            old = self.said(source)
            if not self.is_written(source) or not old:
                return None
            return self._state(code, source_language=source, source_text=old, stale_since=at)
        is_stale = bool(state.source_language) and digest(self.now(state.source_language)) != digest(state.source_text)
        if is_stale == bool(state.stale_since):
            return None
        state.stale_since = at if is_stale else None
        return state

    def _state(self, code: str, **values) -> TextState:
        model, number = texts.page_of(self.row)
        return TextState(
            content_type=self.kind,
            object_id=self.row.pk,
            page_type=ContentType.objects.get_for_model(model),
            page_id=number,
            field=self.field,
            language=code,
            digest=digest(self.now(code)),
            **values,
        )


def _by_model(rows: Iterable[Row]) -> dict[type[Row], dict[Any, Row]]:
    """Return the rows of models with translated texts, by model, then number."""
    found: dict[type[Row], dict[Any, Row]] = defaultdict(dict)
    for row in rows:
        if type(row) in texts.translated_models():
            found[type(row)][row.pk] = row
    return found


def _known(kind: ContentType, numbers: Collection) -> dict[tuple[Any, str], dict[str, TextState]]:
    """Return what is recorded of these rows, by row and field, then language."""
    known: dict[tuple[Any, str], dict[str, TextState]] = defaultdict(dict)
    for state in TextState.objects.filter(content_type=kind, object_id__in=numbers):
        known[state.object_id, state.field][state.language] = state
    return known


def _write(states: list[TextState]) -> None:
    for state in states:
        state.pk = None
    TextState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["content_type", "object_id", "field", "language"],
        update_fields=[*UPSERTED, "stale_since"],
        batch_size=BATCH,
    )
