"""Cut the HTML of a document at its headings into a title and sections, and clean each."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from django.utils.html import strip_tags
from django.utils.text import slugify
from django.utils.translation import gettext as _

from .. import richtext

MOST_PARTS = 60
LONGEST_HEADING = 160
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SAME = {"b": "strong", "i": "em"}
_SILENT = {"html", "body", "div", "span", "thead", "tbody"}


@dataclass
class Part:
    """A section: its heading as plain words, an anchor made of it, its text as clean HTML."""

    heading: str
    anchor: str
    body: str


@dataclass
class Document:
    """What a document says; `dropped` names in sentences what is not in it."""

    title: str
    parts: list[Part]
    dropped: list[str] = field(default_factory=list)


@dataclass
class _Piece:
    """A heading with what follows it; level 0 is what stands before the first heading."""

    level: int
    heading: str = ""
    html: str = ""


class _Pieces(HTMLParser):
    """Split at headings, count what richtext will not take, and note the links it refuses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = [_Piece(0)]
        self.foreign: Counter[str] = Counter()
        self.links: list[str] = []
        self.in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = _SAME.get(tag, tag)
        if tag in _HEADINGS:
            self.found.append(_Piece(_HEADINGS[tag]))
            self.in_heading = True
        elif self.in_heading:
            return
        elif tag in richtext.TAGS:
            self.found[-1].html += self._opened(tag, dict(attrs))
        elif tag not in _SILENT:
            self.foreign[tag] += 1

    def _opened(self, tag: str, attrs: dict[str, str | None]) -> str:
        href = attrs.get("href")
        if tag != "a" or not href:
            return f"<{tag}>"
        if href.partition(":")[0].lower() in richtext.SCHEMES:
            return f'<a href="{escape(href)}">'
        self.links.append(href)
        return "<a>"

    def handle_endtag(self, tag: str) -> None:
        tag = _SAME.get(tag, tag)
        if tag in _HEADINGS:
            self.in_heading = False
        elif tag in richtext.TAGS and not self.in_heading and tag != "br":
            self.found[-1].html += f"</{tag}>"

    def handle_data(self, data: str) -> None:
        if self.in_heading:
            self.found[-1].heading += data
        else:
            self.found[-1].html += escape(data, quote=False)


def split(html: str, dropped: list[str]) -> Document:
    """Return the document: one heading at its beginning is the title, the highest of the rest begin the sections."""
    parser = _Pieces()
    parser.feed(html.replace("\x00", ""))
    parser.close()
    pieces = [piece for piece in parser.found if piece.heading.strip() or _words(piece.html)]
    title, pieces = _title(pieces)
    document = Document(title, _parts(pieces), [*dropped, *_foreign(parser)])
    _shorten(document)
    return document


def _title(pieces: list[_Piece]) -> tuple[str, list[_Piece]]:
    """Take the title off: the first heading, where no other has its level and nothing stands before it."""
    if not pieces or not pieces[0].heading:
        return "", pieces
    first = pieces[0]
    if sum(piece.level <= first.level and piece.level > 0 for piece in pieces) > 1:
        return "", pieces
    rest = [_Piece(0, "", first.html)] if _words(first.html) else []
    return _one_line(first.heading), [*rest, *pieces[1:]]


def _parts(pieces: list[_Piece]) -> list[Part]:
    """Return the sections; a heading below theirs stays in the text as the one kind that a text has."""
    top = min((piece.level for piece in pieces if piece.level), default=0)
    parts: list[Part] = []
    for piece in pieces:
        heading = _one_line(piece.heading)
        if parts and piece.level > top:
            parts[-1].body += f"<h3>{escape(heading)}</h3>{piece.html}"
        else:
            parts.append(Part(heading, _anchor(heading, parts), piece.html))
    for part in parts:
        part.body = richtext.clean(part.body).strip()
    return parts


def _anchor(heading: str, before: list[Part]) -> str:
    """Return an anchor that begins with a letter and that no section before has."""
    words = re.sub(r"^[^a-z]+", "", slugify(heading))[:50].strip("-") or "part"
    taken = {part.anchor for part in before}
    return next(name for name in (words, *(f"{words}-{n}" for n in range(2, 9999))) if name not in taken)


def _foreign(parser: _Pieces) -> list[str]:
    """Say which marks and links are not in the text; the words they held are."""
    said = []
    if parser.foreign:
        names = ", ".join(f"{tag} ({count})" for tag, count in sorted(parser.foreign.items()))
        said.append(
            _("Marks that an article does not have: %(names)s. Their words are in the text.") % {"names": names}
        )
    for address in dict.fromkeys(parser.links):
        message = _("The link to %(address)s: only full https:// addresses are kept. Its words are in the text.")
        said.append(message % {"address": address[:200]})
    return said


def _shorten(document: Document) -> None:
    """Hold the limits of an article, and say what they cut."""
    if len(document.parts) > MOST_PARTS:
        message = _("Everything from the heading “%(heading)s” on: an article has at most %(count)s sections.")
        heading = document.parts[MOST_PARTS].heading
        document.dropped.append(message % {"heading": heading[:LONGEST_HEADING], "count": MOST_PARTS})
        del document.parts[MOST_PARTS:]
    for long in [document.title, *(part.heading for part in document.parts)]:
        if len(long) > LONGEST_HEADING:
            message = _("The end of the long heading “%(heading)s…”")
            document.dropped.append(message % {"heading": long[:LONGEST_HEADING]})
    document.title = document.title[:LONGEST_HEADING]
    for part in document.parts:
        part.heading = part.heading[:LONGEST_HEADING]


def _words(html: str) -> str:
    return strip_tags(html).strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())
