"""Read a page of HTML: what can be focused, where it links, and what it says in which language."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"script", "style", "svg"}
SPOKEN_ATTRIBUTES = ("alt", "title", "aria-label", "placeholder")


@dataclass
class Said:
    """Some words and the language they are marked as."""

    language: str
    words: str


@dataclass
class Reading:
    """What a page of HTML holds, in its order."""

    focusable: list[str] = field(default_factory=list)  # the address of a link, the tag of anything else
    links: list[dict] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    said: list[Said] = field(default_factory=list)
    robots: str = ""


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.page = Reading()
        self.open = [("", "", False)]  # tag, language, whether nobody sees or hears it

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        _tag, language, is_hidden = self.open[-1]
        language = values.get("lang") or language
        is_hidden = is_hidden or tag in SILENT or "hidden" in values or values.get("type") == "hidden"
        if tag not in VOID:
            self.open.append((tag, language, is_hidden))
        self._note(tag, values, language, is_hidden)

    def _note(self, tag, values, language, is_hidden):
        self.page.ids.add(values.get("id", ""))
        if tag == "link":
            self.page.links.append(values)
        if tag == "meta" and values.get("name") == "description":
            self._say(language, values["content"])
        if tag == "meta" and values.get("name") == "robots":
            self.page.robots = values["content"]
        if is_hidden:
            return
        for name in SPOKEN_ATTRIBUTES:
            self._say(language, values.get(name) or "")
        if tag == "a" and "href" in values:
            self.page.anchors.append(values["href"])
            self.page.focusable.append(values["href"])
        elif tag in {"button", "input", "select", "textarea", "summary"} or values.get("tabindex") == "0":
            self.page.focusable.append(tag)

    def handle_endtag(self, tag):
        while len(self.open) > 1 and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        _tag, language, is_hidden = self.open[-1]
        if not is_hidden:
            self._say(language, text)

    def _say(self, language, text):
        words = " ".join(text.split())
        if words:
            self.page.said.append(Said(language, words))


def read(html: str) -> Reading:
    """Return what a page holds."""
    reader = _Reader()
    reader.feed(html)
    return reader.page
