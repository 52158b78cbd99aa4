"""Turn the codes of sources inside a text into numbered links, and list what was cited with links back.

Writers put `[SORDO2017]` or `[SORDO2017, SANTO2021]` after a statement. Readers see numbers between brackets, divided
by commas, never glued together.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .models import Source

OUTSIDE = "noopener noreferrer external"
TOKEN = re.compile(r"\s*\[([A-Z0-9][A-Z0-9-]+(?:\s*,\s*[A-Z0-9][A-Z0-9-]+)*)\]")


def codes_in(text: str) -> list[str]:
    """Return the codes a text cites, each once, in order of first appearance."""
    found = [code.strip() for match in TOKEN.finditer(text or "") for code in match[1].split(",")]
    return list(dict.fromkeys(found))


@dataclass
class Entry:
    """One line of the reference list: its number, its source and where the text cites it."""

    number: int
    source: Source
    places: list[str] = field(default_factory=list)

    @property
    def item(self) -> SafeString:
        """The line as a list item; made here and not in a template, since a page holds dozens."""
        source = self.source
        title = format_html('<a href="{}" rel="{}">{}</a>', source.link, OUTSIDE, source.title)
        published = ", ".join(str(part) for part in (source.publisher, source.year) if part)
        return format_html(
            '<li id="ref-{}"><span lang="{}">{}{}.{}</span> {} <span class="meta">{}</span></li>',
            self.number,
            source.language,
            source.byline,
            title if source.link else source.title,
            f" {published}." if published else "",
            _("(Seen on another page that names this source.)") if source.mark == Source.Mark.SECOND_HAND else "",
            self.links_back,
        )

    @property
    def links_back(self) -> SafeString:
        """Links to each place that cites it: "↑1 ↑2", named for screen readers."""
        label = _("Back to citation %(turn)s of reference %(number)s")
        return format_html_join(
            " ",
            '<a href="#{}" aria-label="{}">↑{}</a>',
            (
                (place, label % {"turn": turn, "number": self.number}, turn)
                for turn, place in enumerate(self.places, start=1)
            ),
        )


class Citations:
    """The numbered sources of one page; `link` each text in reading order, then list `entries`."""

    def __init__(self, sources: Iterable[Source]):
        self._entries = {source.code: Entry(number, source) for number, source in enumerate(sources, start=1)}

    @property
    def entries(self) -> list[Entry]:
        """The reference list in its order."""
        return list(self._entries.values())

    def link(self, html: str) -> SafeString:
        """Return cleaned HTML with each code as a numbered link; a code that is not on the list disappears."""
        return SafeString(TOKEN.sub(self._numbers, html or ""))

    def _numbers(self, match: re.Match) -> str:
        cited = [self._entries[code.strip()] for code in match[1].split(",") if code.strip() in self._entries]
        if not cited:
            return ""
        links = format_html_join(", ", '<a href="#ref-{}" id="{}">{}</a>', (self._place(entry) for entry in cited))
        return format_html('<sup class="cite">[{}]</sup>', links)

    def _place(self, entry: Entry) -> tuple[int, str, int]:
        place = f"cite-{entry.number}-{len(entry.places) + 1}"
        entry.places.append(place)
        return entry.number, place, entry.number
