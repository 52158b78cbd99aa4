"""Say which languages of a row still miss text."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import languages


def missing(model, language: str) -> Q:
    """Return the condition that a row has text somewhere but lacks a field of it in this language."""
    found = Q()
    for field in _texts(model):
        here = languages.column(field, language)
        blank = Q(**{f"{here}__isnull": True}) | Q(**{here: ""})
        for other in languages.others(language):
            there = languages.column(field, other)
            found |= blank & Q(**{f"{there}__isnull": False}) & ~Q(**{there: ""})
    return found


def missing_in(row) -> list[str]:
    """Return the languages in which a row lacks a text that it has in another."""
    fields = _texts(type(row))
    filled = {code: {f for f in fields if getattr(row, languages.column(f, code))} for code in languages.codes()}
    everything = set().union(*filled.values())
    return [code for code in languages.codes() if filled[code] != everything]


def _texts(model) -> list[str]:
    """Return the translated fields that hold words: states and moments are not texts."""
    names = {field.name for field in model._meta.get_fields()}
    texts = []
    for field in model._meta.concrete_fields:
        is_text = field.get_internal_type() in {"CharField", "TextField", "SlugField"} and not field.choices
        if is_text and languages.column(field.name, languages.codes()[0]) in names:
            texts.append(field.name)
    return texts


class MissingTranslation(admin.SimpleListFilter):
    """Filter a list of the admin by the language that still misses text."""

    title = _("translation missing")
    parameter_name = "missing"

    def lookups(self, request, model_admin):
        return [(code, languages.name(code)) for code in languages.codes()]

    def queryset(self, request, queryset):
        if self.value() in languages.codes():
            return queryset.filter(missing(queryset.model, self.value()))
        return queryset
