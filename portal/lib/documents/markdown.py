"""Read a Markdown text, as CommonMark defines it, with tables."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markdown_it import MarkdownIt
from markdown_it.token import Token

_FRONT = re.compile(r"\A---\n.*?\n---\n", re.S)
_NOTE = re.compile(r"^\[\^([^\]\n]{1,40})\]:[ \t]*(.*(?:\n[ \t]+.*)*)\n?", re.M)
_NOTE_MARK = re.compile(r"\[\^[^\]\n]{1,40}\]")
_SHOWN = 120


def read(text: str) -> tuple[str, list[str]]:
    """Return the text as HTML and what was left out, a sentence each."""
    text, dropped = _without_notes(text.replace("\r\n", "\n"))
    reader = MarkdownIt("commonmark", {"html": True, "maxNesting": 20}).enable("table")
    tokens = reader.parse(text)
    pictures, codes = _take(tokens, "image"), _take(tokens, "html_block") + _take(tokens, "html_inline")
    if pictures:
        said = ngettext(
            "%(count)s picture. Put it among the pictures and choose it below a section.",
            "%(count)s pictures. Put them among the pictures and choose each below a section.",
            len(pictures),
        )
        dropped.append(said % {"count": len(pictures)})
    if codes:
        dropped.append(_("HTML code and hidden comments; words between two codes are in the text."))
    return reader.renderer.render(tokens, reader.options, {}), dropped


def _without_notes(text: str) -> tuple[str, list[str]]:
    """Take out what stands before the text, and footnotes: in an article a source is a record, cited by its code."""
    dropped = [_("The lines between --- at the beginning.")] if _FRONT.match(text) else []
    text = _FRONT.sub("", text, count=1)
    for name, note in _NOTE.findall(text):
        words = " ".join(note.split())
        shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
        dropped.append(_("Note %(number)s: “%(text)s”") % {"number": name, "text": shown})
    return _NOTE_MARK.sub("", _NOTE.sub("", text)), dropped


def _take(tokens: list[Token], kind: str) -> list[Token]:
    """Take the tokens of a kind out of the list and of what is inside each."""
    found = [token for token in tokens if token.type == kind]
    tokens[:] = [token for token in tokens if token.type != kind]
    for token in tokens:
        if token.children:
            found += _take(token.children, kind)
    return found
