"""Say in one wording how far a listing can be trusted: on pages, in results, on paper and in plain text."""

import datetime
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.lib import languages
from portal.templatetags.portal import icon

from ..freshness import Check, Freshness

register = template.Library()
# State -> what it looks like: the notice and its icon.
LOOKS = {
    Freshness.UNCHECKED: ("warn", "info"),
    Freshness.STALE: ("warn", "warning"),
    Freshness.WITHDRAWN: ("alert", "warning"),
}


@register.simple_tag
def check_line(check, source_name="", year=""):
    """Write the notice of a check; of a page of results, twenty would take a template 4 ms."""
    return _line(languages.current(), source_name, year, *_parts(check))


@register.simple_tag
def check_words(check, source_name="", year=""):
    """Write the words of a check alone."""
    return _words(languages.current(), source_name, year, *_parts(check))


def _parts(check: Check) -> tuple:
    return check.state, check.on, check.method, tuple(check.fields), check.is_unanswered, check.withdrawn_on


@lru_cache(maxsize=4096)
def _line(language: str, source_name: str, year: int, state: Freshness, on, method, fields, *rest) -> str:
    look, drawing = LOOKS.get(state, ("ok", "check") if fields else ("warn", "warning"))
    words = _words(language, source_name, year, state, on, method, fields, *rest)
    return format_html('<p class="notice notice--{} notice--small">{} {}</p>', look, icon(drawing), words)


@lru_cache(maxsize=4096)
def _words(
    language: str,
    source_name: str,
    year: int,
    state: Freshness,
    on: datetime.date | None,
    method: str,
    fields: tuple[str, ...],
    is_unanswered: bool,
    withdrawn_on: datetime.date | None,
) -> str:
    """Return the sentence in the active language, which `language` names for the cache."""
    known = withdrawn_on or on
    if state == Freshness.UNCHECKED or known is None:
        return _never(source_name, year, is_unanswered)
    day = languages.long_date(known, language)
    if withdrawn_on:
        return _taken_off(day)
    if state == Freshness.WITHDRAWN:
        return _("Not checked since %(day)s, so it is no longer in our list. Call first.") % {"day": day}
    if state == Freshness.STALE:
        return _("Not checked since %(day)s. Call first.") % {"day": day}
    return _checked(day, method, fields, is_unanswered)


def _taken_off(day: str) -> str:
    sentence = _("We took this place off our list on %(day)s, because our calls did not reach it. Call another place.")
    return sentence % {"day": day}


def _checked(day: str, method: str, fields: tuple[str, ...], is_unanswered: bool) -> str:
    """Return what is said of a check that holds: how it was made, what it covered, and whether a call failed since."""
    if not fields:
        return _("Checked by the department on %(day)s, but changed since. Call first.") % {"day": day}
    sentence = _("Checked by the department by phone on %(day)s: %(fields)s.")
    if method == "visit":
        sentence = _("Checked by the department in person on %(day)s: %(fields)s.")
    since = " " + _("We called again and could not check it.") if is_unanswered else ""
    return sentence % {"day": day, "fields": ", ".join(fields)} + since


def _never(source_name: str, year: int, is_unanswered: bool) -> str:
    """Return what is said of a listing that nobody was reached at: whose list it is from, and whether we called."""
    if source_name:
        sentence = _("From %(name)s’s %(year)s list. We have not called. Call first.")
        if is_unanswered:
            sentence = _("From %(name)s’s %(year)s list. We called and could not check it. Call first.")
        return sentence % {"name": source_name, "year": year}
    if is_unanswered:
        return _("We called and could not check it. Call first.")
    return _("Not checked by the department yet. Call first.")
