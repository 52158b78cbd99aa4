"""Collect the translatable strings of the project into its catalogues; needs Babel, not GNU gettext.

Django's own `makemessages` runs GNU xgettext. This takes the same road with other feet: Django turns a template into
gettext calls (`templatize`), and Babel reads gettext calls out of Python.
"""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import TRANSLATOR_COMMENT_MARK, templatize

PYTHON_FOLDERS = ("portal", "resources", "newsletter")
TEMPLATE_FOLDER = "templates"
TEMPLATE_ENDINGS = (".html", ".txt", ".xml")
HEADER = "# What the site says in this language. `make messages` adds and removes the strings."
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def collect(root: Path) -> Catalog:
    """Return every string of the project's Python and templates, by file and line."""
    found = Catalog()
    for path, method in _sources(root):
        place = path.relative_to(root).as_posix()
        with path.open("rb") as file:
            for line, message, comments, context in extract(method, file, KEYWORDS, [TRANSLATOR_COMMENT_MARK]):
                found.add(message, None, [(place, line)], auto_comments=comments, context=context)
    return found


def update(po: Path, found: Catalog, locale: str) -> int:
    """Bring a catalogue up to date with the strings found; return how many wait for their translation.

    A string that is gone leaves the file. Nothing is guessed from a similar string, and line numbers are left out, so
    that a change shows the strings that changed and nothing else.
    """
    catalogue = read(po, locale) if po.exists() else Catalog(locale, project="Faro", header_comment=HEADER, fuzzy=False)
    found.creation_date = catalogue.creation_date
    catalogue.update(found, no_fuzzy_matching=True)
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, catalogue, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return sum(not is_translated(message.string) for message in catalogue if message.id)


def read(po: Path, locale: str) -> Catalog:
    """Return a catalogue as its file has it."""
    with po.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def is_translated(string: str | Iterable[str] | None) -> bool:
    """Tell whether every plural form is there."""
    return bool(string) and all([string] if isinstance(string, str) else string or [])


def _sources(root: Path) -> Iterator[tuple[Path, Any]]:
    for folder in PYTHON_FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, "python"
    for path in sorted((root / TEMPLATE_FOLDER).rglob("*")):
        if path.suffix in TEMPLATE_ENDINGS:
            yield path, _extract_template


def _extract_template(file, keywords, comment_tags, options):
    calls = templatize(file.read().decode())
    # Between the calls is filler, whose indentation Python's tokenizer would refuse.
    flat = "\n".join(line.strip() for line in calls.split("\n"))
    return extract_python(io.BytesIO(flat.encode()), keywords, comment_tags, options)
