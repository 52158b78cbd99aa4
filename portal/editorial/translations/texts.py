"""Know which columns hold words that are translated, and on whose page they stand."""

from functools import cache
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from modeltranslation.translator import translator

from portal.lib import languages

# Of these kinds of column the words count; states and moments are translated too, but are no texts.
_KINDS = {"CharField", "TextField", "SlugField"}


def translated_models() -> list[type[models.Model]]:
    """Return every model with columns in each language."""
    return translator.get_registered_models(abstract=False)


@cache
def fields(model: type[models.Model]) -> tuple[str, ...]:
    """Return the translated fields that hold words: states and moments are not texts.

    `translation.py` names as `each_its_own` what no language takes from another, such as words to search by.
    """
    own = getattr(translator.get_options_for_model(model), "each_its_own", ()) if model in translated_models() else ()
    names = {field.name for field in model._meta.get_fields()}
    return tuple(
        field.name
        for field in model._meta.concrete_fields
        if field.get_internal_type() in _KINDS
        and not field.choices
        and field.name not in own
        and languages.column(field.name, languages.codes()[0]) in names
    )


@cache
def followed(model: type[models.Model]) -> tuple[str, ...]:
    """Return the texts that go stale when another language changes: all but addresses, which never follow."""
    return tuple(name for name in fields(model) if not isinstance(model._meta.get_field(name), models.SlugField))


@cache
def places(model: type[models.Model]) -> dict[str, tuple[str, str]]:
    """Return the field and the language of each column that holds a text."""
    return {languages.column(name, code): (name, code) for name in fields(model) for code in languages.codes()}


def label(model: type[models.Model], field: str) -> str:
    """Return what staff call a field."""
    return str(model._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def words(row: models.Model) -> dict[str, str]:
    """Return what a row says, by column; an action notes it before it changes the row."""
    return {column: getattr(row, column) or "" for column in places(type(row))}


@cache
def part_of(model: type[models.Model]) -> models.ForeignKey | None:
    """Return the key to the row on whose page this model's texts stand; `translation.py` names it as `part_of`."""
    options = translator.get_options_for_model(model) if model in translated_models() else None
    name = getattr(options, "part_of", None)
    return model._meta.get_field(name) if name else None  # type: ignore[return-value]


@cache
def parts(model: type[models.Model]) -> tuple[tuple[type[models.Model], str], ...]:
    """Return the models whose texts stand on this model's page, each with the name of its key."""
    keys = [(other, part_of(other)) for other in translated_models()]
    return tuple((other, key.name) for other, key in keys if key is not None and key.related_model is model)


def page_of(row: models.Model) -> tuple[type[models.Model], Any]:
    """Return the model and the number of the row on whose page this row's texts stand."""
    key = part_of(type(row))
    return (type(row), row.pk) if key is None else (key.related_model, getattr(row, key.attname))


def missing(model: type[models.Model], language: str) -> Q:
    """Return the condition that a row has text somewhere but lacks a field of it in this language."""
    found = Q(pk__in=[])
    for field in fields(model):
        here = languages.column(field, language)
        blank = Q(**{f"{here}__isnull": True}) | Q(**{here: ""})
        for other in languages.others(language):
            there = languages.column(field, other)
            found |= blank & Q(**{f"{there}__isnull": False}) & ~Q(**{there: ""})
    return found


def missing_on_page(model: type[models.Model], language: str) -> Q:
    """Return the condition that a row, or a part of its page, lacks a text that another language has."""
    found = missing(model, language)
    for part, key in parts(model):
        found |= Q(Exists(part._default_manager.filter(missing(part, language), **{key: OuterRef("pk")})))
    return found
