"""Name the forms in which lists come, each with its reader and what its listings are said to come from."""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..models import Import, Provenance, TaxonomyTerm
from ..samhsa import codes
from . import hsds_csv, hsds_json, meeting_guide, samhsa_api, samhsa_directory, samhsa_locator, table
from .record import Record

Format, Source = Import.Format, Provenance.Source


class Form(NamedTuple):
    """A form: its reader, the source of its listings, and what an import is called that nobody gave a name."""

    read: Callable[[Path, Mapping[str, Any], Collection[str]], Iterator[Record]]
    source: str
    usual_name: str


FORMS: dict[str, Form] = {
    Format.SAMHSA_DIRECTORY: Form(samhsa_directory.read, Source.SAMHSA, "samhsa"),
    Format.SAMHSA_LOCATOR: Form(samhsa_locator.read, Source.SAMHSA, "samhsa-locator"),
    Format.SAMHSA_API: Form(samhsa_api.read, Source.SAMHSA, "samhsa-api"),
    Format.HSDS_JSON: Form(hsds_json.read, Source.HSDS, "hsds"),
    Format.HSDS_CSV: Form(hsds_csv.read, Source.HSDS, "hsds"),
    Format.MEETING_GUIDE: Form(meeting_guide.read, Source.MEETINGS, "meetings"),
    Format.TABLE: Form(table.read, Source.DEPARTMENT, "department"),
}


def origin(run: Import) -> tuple[str, str]:
    """Return the source and the feed by which the listings of an import are known again.

    The feed of a list with the usual name is blank, so that a second list of the same kind takes nothing from it.
    """
    source = str(FORMS[run.format].source)
    return source, "" if run.source == source else run.source


def known_codes() -> set[str]:
    """Return the codes that a listing may have: SAMHSA's, the claims, and those that staff added."""
    return {*codes.load(), *codes.load_claims(), *TaxonomyTerm.objects.values_list("code", flat=True)}
