"""Give the taxonomies and their terms: the codes that listings carry, and our own words for facts without a column."""

import uuid
from collections.abc import Mapping

from django.utils.translation import gettext as _

from portal.lib import languages

from ..models import Provenance, ServiceAtLocation, TaxonomyTerm
from .fields import FACTS, LISTING_TAXONOMY, NAMESPACE


def taxonomy_id(taxonomy: str) -> uuid.UUID:
    """Return the id of a taxonomy, which has no row of its own."""
    return uuid.uuid5(NAMESPACE, f"taxonomy:{taxonomy}")


def in_words(taxonomy: str) -> tuple[str, str, str]:
    """Return name, description and version of a taxonomy in the active language; of an unknown one its name only."""
    known = {
        "samhsa-2022": (
            _("SAMHSA service codes"),
            _("The codes of the National Directory of Drug and Alcohol Use Treatment Facilities. The words are ours."),
            "2022",
        ),
        "claim": (
            _("What a place offers"),
            _("Recorded by the department’s staff where no SAMHSA code says it."),
            "",
        ),
        LISTING_TAXONOMY: (
            _("Facts about a listing"),
            _("What the specification has no column for. The value of the attribute is the fact."),
            "",
        ),
    }
    return known.get(taxonomy, (taxonomy, "", ""))


def code_terms() -> list[TaxonomyTerm]:
    """Return the terms of every code that a listing may carry, in the order of the taxonomies, in one query."""
    return list(TaxonomyTerm.objects.order_by("pk"))


def fact_terms() -> list[TaxonomyTerm]:
    """Return the terms of the facts, named as the forms of staff name them; they are not rows of the database."""
    return [_fact_term(code, name) for code, name in _names_of_facts().items()]


def _name_of(column: str) -> str:
    return str(next(field for field in ServiceAtLocation._meta.fields if field.name == column).verbose_name)


def _names_of_facts() -> Mapping[str, str]:
    return {
        "status": _name_of("status"),
        "checked_on": _("last checked by the department on"),
        "source": str(Provenance._meta.verbose_name),
        **{name: _name_of(name) for name in FACTS},
        "gender": _("for whom"),
        "use": _("what a phone number is for"),
        "purpose": _("what the hours are for"),
    }


def _fact_term(code: str, name: str) -> TaxonomyTerm:
    return TaxonomyTerm(
        taxonomy=LISTING_TAXONOMY,
        code=code,
        uuid=uuid.uuid5(NAMESPACE, f"{LISTING_TAXONOMY}:{code}"),
        **{languages.column("name", languages.current()): name},
        **{languages.column("category", languages.current()): ""},
    )
