"""Answer every question about the site's languages from `settings.LANGUAGES` alone.

A third language must be a setting, a migration and a catalogue, so nothing else in the project names one.
"""

import datetime
from collections.abc import Iterator

from babel import Locale
from babel.dates import format_date, format_time
from django.conf import settings
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import get_language, to_locale


def codes() -> list[str]:
    """Return the language codes of the site, the source language first."""
    return [code for code, _name in settings.LANGUAGES]


def complete() -> list[str]:
    """Return the languages in which nothing may be missing; a new one comes later, when it is translated."""
    return [code for code in codes() if code in settings.COMPLETE_LANGUAGES]


def current() -> str:
    """Return the active language, or the source language where none of ours is active."""
    active = get_language()
    return active if active in codes() else settings.LANGUAGE_CODE


def others(language: str) -> list[str]:
    """Return every language of the site but this one."""
    return [code for code in codes() if code != language]


def column(field: str, language: str) -> str:
    """Return the name of the column that holds this field in this language."""
    return f"{field}_{language.replace('-', '_')}"


def columns(*fields: str) -> tuple[str, ...]:
    """Return the column of each field in each language, a field's languages side by side."""
    return tuple(column(field, code) for field in fields for code in codes())


def complete_columns(*fields: str) -> tuple[str, ...]:
    """Return the column of each field in each language in which nothing may be missing."""
    return tuple(column(field, code) for field in fields for code in complete())


def rows(*fields: str) -> list[tuple[str, ...]]:
    """Return one tuple of columns a field: an admin fieldset then shows the languages beside each other."""
    return [columns(field) for field in fields]


def name(language: str) -> str:
    """Return the language's own name for itself, with a capital letter."""
    locale = Locale.parse(to_locale(language))
    return (locale.get_display_name(locale) or language).capitalize()


def name_in(language: str, reader: str) -> str:
    """Return what a language is called in the reader's language: "inglés", "English"."""
    return Locale.parse(to_locale(language)).get_display_name(to_locale(reader)) or language


def long_date(day: datetime.date, language: str) -> str:
    """Return a day as that language writes it: "November 21, 2026", "21 de noviembre de 2026"."""
    return format_date(day, format="long", locale=to_locale(language))


def clock_time(moment: datetime.time | datetime.datetime, language: str) -> str:
    """Return a time of day as United States readers of that language write it: "6:00 AM", "6:00 a. m."."""
    return format_time(moment, "h:mm a", locale=to_locale(language)).replace("\u202f", "\u00a0")


def slug_constraints(model: str) -> Iterator[CheckConstraint | UniqueConstraint]:
    """Yield, for each language, that a slug is unique and never blank: a missing one is NULL."""
    for code in codes():
        slug = column("slug", code)
        yield UniqueConstraint(fields=[slug], name=f"{model}_{slug}_unique")
        yield CheckConstraint(condition=~Q(**{slug: ""}), name=f"{model}_{slug}_null_when_blank")
