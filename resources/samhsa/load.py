"""Put SAMHSA's codes and our claims into the taxonomy."""

from portal.lib import languages

from ..models import TaxonomyTerm
from . import codes

TAXONOMY, CLAIMS_TAXONOMY = "samhsa-2022", "claim"


def sync_terms() -> None:
    """Add the codes and claims that the taxonomy lacks; words that staff have changed stay."""
    rows = [(TAXONOMY, code.code, code.names, code.category_names) for code in codes.load().values()]
    rows += [(CLAIMS_TAXONOMY, claim.slug, claim.names, {}) for claim in codes.load_claims().values()]
    terms = []
    for taxonomy, code, names, categories in rows:
        words = {languages.column("name", language): names.get(language, "") for language in languages.codes()}
        words |= {
            languages.column("category", language): categories.get(language, "") for language in languages.codes()
        }
        terms.append(TaxonomyTerm(taxonomy=taxonomy, code=code, **words))
    TaxonomyTerm.objects.bulk_create(terms, ignore_conflicts=True)
