"""Say rich text in plain text: the two parts of a message are equal."""

import re
from html.parser import HTMLParser

from django.utils.html import strip_tags


def plain(html: str) -> str:
    """Return rich text as plain text that says the same, each link's address after its words."""
    reader = _PlainText()
    reader.feed(html)
    reader.close()
    return reader.text()


def is_empty(html: str | None) -> bool:
    """Say whether rich text shows nothing."""
    return not strip_tags(html or "").replace("\xa0", " ").strip()


class _PlainText(HTMLParser):
    """Read the few tags that `portal.lib.richtext` lets through."""

    BLOCKS = {"p", "h3", "ul", "ol", "blockquote", "table", "tr"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines = [""]
        self.lists: list[int | None] = []  # the next number of each open list, None for bullets
        self.href = ""

    def handle_starttag(self, tag, attrs):
        if tag in self.BLOCKS:
            self._break(blank=tag != "tr" and not self.lists)
        if tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "br":
            self.lines.append("")
        elif tag in ("td", "th") and self.lines[-1]:
            self.lines[-1] += " | "
        elif tag == "a":
            self.href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag):
        if tag == "a" and self.href:
            address = self.href.removeprefix("mailto:").removeprefix("tel:")
            if address not in self.lines[-1]:
                self.lines[-1] += f" ({address})"
            self.href = ""
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in self.BLOCKS:
            self._break(blank=tag != "tr" and not self.lists)

    def handle_data(self, data):
        words = " ".join(data.split())
        if not words:
            self.lines[-1] += " " if self.lines[-1] and not self.lines[-1].endswith(" ") else ""
            return
        before = " " if data[0].isspace() and self.lines[-1] and not self.lines[-1].endswith(" ") else ""
        self.lines[-1] += before + words + (" " if data[-1].isspace() else "")

    def text(self) -> str:
        """Return the lines, never more than one blank between two."""
        kept: list[str] = []
        for line in (line.rstrip() for line in self.lines):
            if line or (kept and kept[-1]):
                kept.append(line)
        return "\n".join(kept).strip()

    def _item(self):
        self._break(blank=False)
        number = self.lists[-1] if self.lists else None
        self.lines[-1] += "  " * (len(self.lists) - 1) + ("- " if number is None else f"{number}. ")
        if number is not None:
            self.lists[-1] = number + 1

    def _break(self, *, blank: bool):
        if re.fullmatch(r" *(-|\d+\.) ", self.lines[-1]):
            return  # nothing on the line yet but an item's own mark
        if self.lines[-1]:
            self.lines.append("")
        if blank:
            self.lines.append("")
