"""Read a Word document by its styles, with mammoth, after looking into its archive."""

import re
import zipfile
from pathlib import Path

import mammoth
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..archives import UnreadableFileError, checked_names

MAX_XML_BYTES = 20 * 1024 * 1024  # unpacked; a book of 300 pages has 5 MB
_BODY = "word/document.xml"
# Notes and comments get marks of their own, by which they are found and taken out again.
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote:fresh
p[style-name='Intense Quote'] => blockquote:fresh
comment-reference => sup
""" + "".join(  # the title alone is an h1
    f"p[style-name='{name} {level}'] => h{min(level + 1, 6)}:fresh\n"
    for name in ("heading", "Heading")
    for level in range(1, 7)
)
_NOTES = re.compile(r'<ol><li id="(?:footnote|endnote)-.*?</ol>', re.S)
_NOTE = re.compile(r'<li id="(?:footnote|endnote)-[^"]*">(.*?)</li>', re.S)
_NOTE_MARK = re.compile(r'<sup><a href="#(?:footnote|endnote)-[^"]*"[^>]*>\[\d+\]</a></sup>')
_COMMENT = re.compile(rb"<w:comment[ >]")
_CHANGE = re.compile(rb"<w:(?:ins|del) ")
_SHOWN = 120


def read(path: Path) -> tuple[str, list[str]]:
    """Return the document as HTML and what was left out, a sentence each; raises `UnreadableFileError`."""
    if _BODY not in checked_names(path):
        raise UnreadableFileError(_("This is a ZIP archive, but no Word document (.docx)."))
    parts = _texts(path)
    dropped: list[str] = []
    pictures = []

    def leave_out(image):
        pictures.append(image.alt_text or "")
        return {}

    try:
        with path.open("rb") as file:
            result = mammoth.convert_to_html(
                file, style_map=_STYLES, convert_image=mammoth.images.img_element(leave_out)
            )
    except Exception as error:  # whatever a foreign file does to the reader, its sender gets a sentence
        raise UnreadableFileError(
            _("This Word document is damaged. Open it in Word, save it anew and try again.")
        ) from error
    html, notes = _without_notes(result.value)
    dropped += _of_pictures(pictures) + notes + _of_parts(parts)
    dropped += sorted({_message(message.message) for message in result.messages} - {""})
    return re.sub(r"<img[^>]*>", "", html), dropped


def _texts(path: Path) -> dict[str, bytes]:
    """Return the parts of the document that a reader takes whole into memory, all together within the limit."""
    found, left = {}, MAX_XML_BYTES
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    found[name] = part.read(left + 1)
                left -= len(found[name])
                if left < 0:
                    raise UnreadableFileError(_("This document unpacks to more than 20 MB of text. Split it."))
    return found


def _without_notes(html: str) -> tuple[str, list[str]]:
    """Take out footnotes and endnotes: in an article a source is a record, cited by its code."""
    notes = [_plain(note) for block in _NOTES.findall(html) for note in _NOTE.findall(block)]
    said = [_("Note %(number)s: “%(text)s”") % {"number": n, "text": note} for n, note in enumerate(notes, start=1)]
    return _NOTE_MARK.sub("", _NOTES.sub("", html)), said


def _plain(html: str) -> str:
    text = " ".join(re.sub(r"<[^>]*>", " ", html).replace("↑", "").split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _of_pictures(pictures: list[str]) -> list[str]:
    if not pictures:
        return []
    text = ngettext(
        "%(count)s picture. Put it among the pictures and choose it below a section.",
        "%(count)s pictures. Put them among the pictures and choose each below a section.",
        len(pictures),
    )
    return [text % {"count": len(pictures)}]


def _of_parts(parts: dict[str, bytes]) -> list[str]:
    """Say what stands beside the text: comments, headers and footers, changes that somebody tracked."""
    dropped = []
    comments = len(_COMMENT.findall(parts.get("word/comments.xml", b"")))
    if comments:
        text = ngettext("%(count)s comment.", "%(count)s comments.", comments)
        dropped.append(text % {"count": comments})
    if any(re.fullmatch(r"word/(header|footer)\d*\.xml", name) for name in parts):
        dropped.append(_("What stands at the top or foot of every page."))
    if _CHANGE.search(parts[_BODY]):
        dropped.append(_("Tracked changes: what was inserted is in the text, what was deleted is not."))
    return dropped


def _message(said: str) -> str:
    """Return what mammoth noticed as a sentence for staff; what it only explains to developers is left out."""
    style = re.search(r"style: '?(.*?)'? \(Style ID", said)
    if style:
        return _("The looks of the style “%(style)s”; its words are in the text.") % {"style": style[1]}
    return ""
