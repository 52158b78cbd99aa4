"""Say how to cite an article: as a line in the style of the AMA, and as RIS, BibTeX and CSL-JSON to download."""

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import nh3
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from django.utils.html import escape
from django.utils.safestring import SafeString

STYLE = Path(__file__).parent / "styles" / "american-medical-association.csl"
# The style's own locales; another language is cited with the months of the style's default.
LOCALES = {"en": "en-US", "es": "es-ES"}
BIBTEX_SPECIAL = re.compile(r"[\\{}&%$#_^~]")
BIBTEX_WORDS = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


@dataclass(frozen=True)
class Cited:
    """What a citation says: authors as (given, family) with ("", name) for a group, and the day as (y, m, d)."""

    key: str
    title: str
    authors: tuple[tuple[str, str], ...]
    publisher: str
    day: tuple[int, int, int]
    url: str
    doi: str
    language: str

    def as_csl(self) -> dict:
        """Return the record in CSL-JSON."""
        people = [
            {"given": given, "family": family} if given else {"literal": family} for given, family in self.authors
        ]
        record = {
            "id": self.key,
            "type": "webpage",  # the department is no journal, also where an update has a DOI
            "title": self.title,
            "author": people or [{"literal": self.publisher}],
            "container-title": self.publisher if people else "",
            "publisher": self.publisher,
            "issued": {"date-parts": [list(self.day)]},
            "URL": self.url,
            "DOI": self.doi,
            "language": self.language,
        }
        return {name: value for name, value in record.items() if value}


@lru_cache(maxsize=1024)
def line(cited: Cited) -> SafeString:
    """Return the citation as a line of HTML, in the style of the American Medical Association."""
    record = {name: _escaped(value) for name, value in cited.as_csl().items()}
    bibliography = CitationStylesBibliography(_style(cited.language), CiteProcJSON([record]), formatter.html)
    bibliography.register(Citation([CitationItem(cited.key)]))
    written = "".join(map(str, bibliography.bibliography()[0]))
    # citeproc-py escapes nothing: what goes in is escaped, and what comes out is cleaned.
    cleaned = nh3.clean(written.removeprefix("1."), tags={"i"}, attributes={})
    return SafeString(cleaned.replace("?.", "?"))


@cache
def _style(language: str) -> CitationStylesStyle:
    """Return the style, read once for each language."""
    return CitationStylesStyle(str(STYLE), locale=LOCALES.get(language), validate=False)


def ris(cited: Cited) -> str:
    """Return the citation in RIS, a line a field, an author a line."""
    year, month, day = cited.day
    fields = [
        ("TY", "JOUR" if cited.doi else "ELEC"),
        ("ID", cited.key),
        ("TI", cited.title),
        *(("AU", f"{family}, {given}" if given else family) for given, family in cited.authors),
        ("T2", cited.publisher),
        ("PB", cited.publisher),
        ("PY", str(year)),
        ("DA", f"{year}/{month:02}/{day:02}"),
        ("DO", cited.doi),
        ("UR", cited.url),
        ("LA", cited.language),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def bibtex(cited: Cited) -> str:
    """Return the citation in BibTeX; a group stands in braces, so that it is not taken for a name."""
    year, month, _day = cited.day
    authors = [f"{_tex(family)}, {_tex(given)}" if given else f"{{{_tex(family)}}}" for given, family in cited.authors]
    fields = {
        "title": f"{{{_tex(cited.title)}}}",
        "author": " and ".join(authors),
        "journal" if cited.doi else "howpublished": _tex(cited.publisher),
        "year": str(year),
        "month": str(month),
        "doi": cited.doi,
        "url": cited.url,
        "language": cited.language,
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@{'article' if cited.doi else 'misc'}{{{cited.key},\n" + ",\n".join(lines) + "\n}\n"


def csl_json(cited: Cited) -> str:
    """Return the citation in CSL-JSON, a list of one."""
    return json.dumps([cited.as_csl()], ensure_ascii=False, indent=1)


# What can be downloaded: how it is written, its content type, the ending of its file.
FORMS = {
    "ris": (ris, "application/x-research-info-systems; charset=utf-8", "ris"),
    "bibtex": (bibtex, "application/x-bibtex; charset=utf-8", "bib"),
    "csl": (csl_json, "application/vnd.citationstyles.csl+json", "json"),
}


def _escaped(value):
    """Return a CSL value with every text in it escaped."""
    if isinstance(value, str):
        return str(escape(value))
    if isinstance(value, dict):
        return {name: _escaped(part) for name, part in value.items()}
    return [_escaped(part) for part in value] if isinstance(value, list) else value


def _tex(text: str) -> str:
    """Return text with the characters escaped that mean something to TeX."""
    return BIBTEX_SPECIAL.sub(lambda match: BIBTEX_WORDS.get(match[0], f"\\{match[0]}"), " ".join(text.split()))
