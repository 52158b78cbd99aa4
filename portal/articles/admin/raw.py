"""Say what a browser sends back for a field that nobody touched: so two saves of one form can be compared."""

import hashlib
import json
import re
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.editorial.translations.difference import plain

Raw = dict[str, list[str]]  # the values by the end of the name: "" or, for a day with its time, "_0" and "_1"
_TAG = re.compile(r"<(/?[a-z0-9]+)[^>]*?(?:\shref=\"([^\"]*)\")?[^>]*>", re.IGNORECASE)
_SILENT = {"p", "/p", "br", "tbody", "/tbody", "thead", "/thead", "colgroup", "/colgroup", "col", "/li", "/td", "/th"}


def widget_of(bound: BoundField) -> forms.Widget:
    """Return the widget that draws the field, without the links that the admin puts around it."""
    return getattr(bound.field.widget, "widget", bound.field.widget)


def stored(bound: BoundField) -> Raw:
    """Return what the browser would send for the value that the form began with."""
    initial = bound.form.get_initial_for_field(bound.field, bound.name)  # `bound.initial` would hold it for good
    widget, value = widget_of(bound), bound.field.prepare_value(initial)
    if isinstance(widget, forms.MultiWidget):
        pieces = zip(widget.widgets_names, widget.widgets, widget.decompress(value), strict=True)
        return {end: _sent(part, piece) for end, part, piece in pieces}
    return {"": _sent(widget, value)}


def posted(bound: BoundField, name: str, data: QueryDict) -> Raw:
    """Return what the browser sent for this field under this name."""
    return {end: [text for text in data.getlist(f"{name}{end}") if text != ""] for end in stored(bound)}


def put(data: QueryDict, name: str, raw: Raw) -> None:
    """Write values into what the browser sent."""
    for end, values in raw.items():
        data.setlist(f"{name}{end}", values)


def digest(raw: Raw) -> str:
    """Return a short text that tells two values apart; the editor's own way of writing HTML does not."""
    told = {end: sorted(_told(text) for text in values) for end, values in raw.items()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def words(bound: BoundField, raw: Raw) -> str:
    """Return a value as a person reads it: the label of a choice, yes or no, plain words."""
    values = [text for values in raw.values() for text in values]
    if isinstance(bound.field, forms.BooleanField):
        return _("yes") if values else _("no")
    choices = getattr(bound.field, "choices", None)
    if choices is not None:
        labels = {str(value): str(label) for value, label in choices}
        return ", ".join(labels.get(text, text) for text in values)
    return " ".join(plain(text) if "<" in text else text for text in values)


def _sent(widget: forms.Widget, value: Any) -> list[str]:
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    formatted = widget.format_value(value)  # type: ignore[attr-defined]
    values = formatted if isinstance(formatted, list | tuple) else [formatted]
    return [str(text) for text in values if text not in (None, "")]


def _told(text: str) -> str:
    """Return the words of a text, and of HTML also its marks and links; spaces and paragraphs are all the same."""
    if "<" not in text:
        return " ".join(text.split())
    tags = [f"{tag.lower()}{href}" for tag, href in _TAG.findall(text) if tag.lower() not in _SILENT]
    return " ".join([plain(text), *tags])
