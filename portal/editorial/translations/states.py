"""Answer where a text stands in a language: current, stale since, or missing."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import BooleanField, Exists, ExpressionWrapper, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from portal.lib import languages

from ..models import TextState
from . import texts
from .difference import changed_words, difference, word_count

CURRENT, STALE, MISSING, ORIGINAL, MACHINE = "current", "stale", "missing", "original", "machine"
Known = dict[tuple[int, int, str, str], TextState]


@dataclass(frozen=True)
class Standing:
    """One text in one language, with the words it is, or must be, translated from."""

    row: models.Model
    field: str
    language: str
    source_language: str
    known: TextState | None

    @property
    def column(self) -> str:
        return languages.column(self.field, self.language)

    @property
    def label(self) -> str:
        return texts.label(type(self.row), self.field)

    @property
    def anchor(self) -> str:
        """Return where the text stands in its form."""
        return f"text-{self.row._meta.model_name}-{self.row.pk}-{self.column}"

    @property
    def source(self) -> str:
        return self._text(self.source_language)

    @property
    def state(self) -> str:
        if not self._text(self.language):
            return MISSING if self.source else ""
        if self.known and self.known.is_machine and self.known.by_id is None:
            return MACHINE
        if self.known and self.known.stale_since:
            return STALE
        return ORIGINAL if self.language == self.source_language else CURRENT

    @property
    def changes(self) -> list[tuple[str, str]]:
        """Return what changed in the source since this text was made from it."""
        return difference(self.known.source_text, self.source) if self.known and self.state == STALE else []

    @property
    def words(self) -> int:
        """Return how many words there are to translate: all of a missing text, the changed ones of a stale text."""
        if self.known and self.state == STALE:
            return changed_words(self.known.source_text, self.source)
        return word_count(self.source)

    def _text(self, language: str) -> str:
        return getattr(self.row, languages.column(self.field, language)) or ""


def known_of(page: models.Model) -> Known:
    """Return all that is recorded of the texts on the page of a row, and of its own, in one query."""
    kind = ContentType.objects.get_for_model(page)
    here = Q(page_type=kind, page_id=page.pk) | Q(content_type=kind, object_id=page.pk)
    return by_text(TextState.objects.filter(here).select_related("by"))


def by_text(states: QuerySet[TextState]) -> Known:
    """Return recorded states by kind of record, its number, field and language."""
    return {(state.content_type_id, state.object_id, state.field, state.language): state for state in states}


def standing(row: models.Model, field: str, language: str, known: Known) -> Standing:
    """Return where one text stands."""
    kind = ContentType.objects.get_for_model(row).pk
    own = {code: known.get((kind, row.pk, field, code)) for code in languages.codes()}
    first = [code for code, state in own.items() if state and not state.source_language]
    named = [state.source_language for state in own.values() if state and state.source_language]
    written = [code for code in languages.codes() if getattr(row, languages.column(field, code))]
    source = next(iter([*first, *named, *written]), languages.codes()[0])
    if not getattr(row, languages.column(field, source)) and written:
        source = written[0]
    return Standing(row, field, language, source, own[language])


def _stale(model: type[models.Model], language: str) -> tuple[QuerySet[TextState], str]:
    """Return what is stale in this language on the pages of a model, and the column with the number of the row."""
    kind, number = ("content_type", "object_id") if texts.part_of(model) else ("page_type", "page_id")
    of_model = {f"{kind}__app_label": model._meta.app_label, f"{kind}__model": model._meta.model_name}
    return TextState.objects.filter(**of_model, language=language, stale_since__isnull=False), number


def is_stale(model: type[models.Model], language: str) -> Exists:
    """Return the condition that a row, or a part of its page, is older in this language than what it was made from."""
    stale, number = _stale(model, language)
    return Exists(stale.filter(**{number: OuterRef("pk")}))


def in_state(rows: QuerySet, state: str, language: str) -> QuerySet:
    """Keep the rows that are missing, stale or current in this language; quick however many rows there are."""
    missing, (stale, number) = texts.missing_on_page(rows.model, language), _stale(rows.model, language)
    if state == MISSING:
        return rows.filter(missing)
    if state == STALE:
        return rows.filter(pk__in=stale.values(number))
    # One list of what is stale, looked up for each row: asked row by row it took a minute for ten thousand.
    return rows.exclude(missing).exclude(pk__in=stale.values(number)) if state == CURRENT else rows


def with_states(rows: QuerySet) -> QuerySet:
    """Add to each row, for every language, whether a text on its page is missing and whether one is stale."""
    model = rows.model
    for code in languages.codes():
        gap = ExpressionWrapper(texts.missing_on_page(model, code), output_field=BooleanField())
        rows = rows.annotate(
            **{languages.column("has_missing", code): gap, languages.column("has_stale", code): is_stale(model, code)}
        )
    return rows


def with_staleness(rows: QuerySet, language: str) -> QuerySet:
    """Add to each row `staleness`: since when its page is older than its source in this language, and from when it is.

    One more column of the same query. None where nothing is stale; else {"changed", "made", "source"}, for `Staleness`.
    """
    meta = rows.model._meta
    stale = TextState.objects.filter(
        page_type__app_label=meta.app_label,
        page_type__model=meta.model_name,
        page_id=OuterRef("pk"),
        language=language,
        stale_since__isnull=False,
    )
    newest = (
        stale.order_by()
        .values("page_id")
        .annotate(told=JSONObject(changed=Max("stale_since"), made=Min("made_at"), source=Min("source_language")))
    )
    return rows.annotate(staleness=Subquery(newest.values("told")))


@dataclass(frozen=True)
class Staleness:
    """What a reader is told of a page that is older than the one it was translated from."""

    changed_on: datetime.date
    made_on: datetime.date | None
    source_language: str

    @property
    def source_name(self) -> str:
        """Return what the reader calls the language of the newer page."""
        return languages.name_in(self.source_language, languages.current())


def staleness(told: dict[str, Any] | None) -> Staleness | None:
    """Read what `with_staleness` added to a row."""
    if not told:
        return None
    changed, made = (told[name] and timezone.localdate(parse_datetime(told[name])) for name in ("changed", "made"))
    return Staleness(changed, made, told["source"])


def unconfirmed_machine(row: models.Model, language: str) -> list[str]:
    """Return which texts on the page of a row a machine wrote in this language and nobody has confirmed."""
    kind = ContentType.objects.get_for_model(row)
    here = Q(page_type=kind, page_id=row.pk) | Q(content_type=kind, object_id=row.pk)
    states = TextState.objects.filter(here, language=language, is_machine=True, by=None).select_related("content_type")
    found = [(state.content_type.model_class(), state.field) for state in states.order_by("pk")]
    return [texts.label(model, field) for model, field in found if model]
