"""List what there is to translate into a language, what a life may depend on first."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from portal.lib import languages

from ..models import TextState
from . import states, texts

# By the harm an old or missing text does. What is not named here comes last, in the order of its name.
ORDER = [
    "overdose.guide",
    "reference.line",
    "reference.alert",
    "reference.alertsentence",
    "reference.alertword",
    "reference.fact",
    "resources.serviceatlocation",
    "resources.service",
    "resources.location",
    "resources.organization",
    "articles.article",
    "articles.video",
    "articles.topic",
    "reference.glossaryterm",
    "reference.department",
    "newsletter.consenttext",
    "newsletter.campaign",
]
# Words that may still change are not translated: a text comes here once it was reviewed in some language.
SETTLED = ["translation", "ready", "published"]
WAITING = {states.MISSING, states.STALE, states.MACHINE}


@dataclass(frozen=True)
class Task:
    """A page with texts to translate."""

    page: models.Model
    texts: list[tuple[states.Standing, str]]  # with the address of the text in its form

    @property
    def words(self) -> int:
        return sum(text.words for text, _address in self.texts)


@dataclass(frozen=True)
class Work:
    """Rows of many models as one list, read a slice at a time."""

    rows: list[QuerySet]
    counts: list[int]
    language: str

    def __len__(self) -> int:
        return sum(self.counts)

    def __getitem__(self, wanted: slice) -> list[Task]:
        start, stop, _step = wanted.indices(len(self))
        tasks: list[Task] = []
        for rows, count in zip(self.rows, self.counts, strict=True):
            if start < count and stop > 0:
                tasks += _tasks(rows.model, list(rows[max(start, 0) : stop]), self.language)
            start, stop = start - count, stop - count
        return tasks


def page_models(user: Any) -> list[type[models.Model]]:
    """Return the models with pages of their own that this person may change, the most important first."""
    own = [
        model
        for model in texts.translated_models()
        if texts.part_of(model) is None and user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}")
    ]
    return sorted(own, key=lambda model: (_rank(model), model._meta.label_lower))


def to_translate(model: type[models.Model], language: str) -> QuerySet:
    """Return the rows with texts that are missing or stale in this language, or that a machine wrote."""
    waits = texts.missing_on_page(model, language) | Q(_has_waiting(model, language))
    rows = model._default_manager.filter(waits)
    if _has_states(model):
        settled = Q()
        for other in languages.others(language):
            settled |= Q(**{f"{languages.column('state', other)}__in": SETTLED})
        rows = rows.filter(settled)
    names = {field.name for field in model._meta.concrete_fields}
    return rows.order_by(*(["-is_emergency"] if "is_emergency" in names else []), "pk")


def work(chosen: list[type[models.Model]], language: str) -> Work:
    """Return all there is to translate of these models: one query a model."""
    rows = [to_translate(model, language) for model in chosen]
    return Work(rows, [its.count() for its in rows], language)


def _rank(model: type[models.Model]) -> int:
    label = model._meta.label_lower
    return ORDER.index(label) if label in ORDER else len(ORDER)


def _has_states(model: type[models.Model]) -> bool:
    """Say whether rows of this model are published language by language."""
    names = {field.name for field in model._meta.concrete_fields}
    return set(languages.columns("state")) <= names


def _has_waiting(model: type[models.Model], language: str) -> Exists:
    kind = {"page_type__app_label": model._meta.app_label, "page_type__model": model._meta.model_name}
    here = TextState.objects.filter(**kind, page_id=OuterRef("pk"), language=language)
    return Exists(here.filter(Q(stale_since__isnull=False) | Q(is_machine=True, by=None)))


def _tasks(model: type[models.Model], pages: list[models.Model], language: str) -> list[Task]:
    """Return the texts that wait on these pages: a query for what is known, and one for each kind of part."""
    kind = ContentType.objects.get_for_model(model)
    known = states.by_text(TextState.objects.filter(page_type=kind, page_id__in=[page.pk for page in pages]))
    rows: dict[Any, list[models.Model]] = defaultdict(list)
    for part, key in texts.parts(model):
        for row in part._default_manager.filter(**{f"{key}__in": pages}).order_by("pk"):
            rows[texts.page_of(row)[1]].append(row)
    return [Task(page, _waiting([page, *rows[page.pk]], page, known, language)) for page in pages]


def _waiting(
    rows: list[models.Model], page: models.Model, known: states.Known, language: str
) -> list[tuple[states.Standing, str]]:
    standings = [states.standing(row, field, language, known) for row in rows for field in texts.fields(type(row))]
    return [(text, _address(text, page)) for text in standings if text.state in WAITING]


def _address(text: states.Standing, page: models.Model) -> str:
    """Return where the text is written: the form of its row, or of the page that it is part of."""
    row = text.row if admin.site.is_registered(type(text.row)) else page
    if not admin.site.is_registered(type(row)):
        return ""
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk]) + f"#{text.anchor}"
