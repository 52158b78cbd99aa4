"""Search text in any of the site's languages, with or without its accents.

PostgreSQL's Spanish stemmer needs the accents ("vacunación" and "vacunas" share a stem only with them), while people
leave them out. So text is indexed twice, as written and without accents, and a query asks for either.
The configurations `<language>_unaccent` are made by the first migration of `portal`.
"""

import operator
from functools import reduce

from django.contrib.postgres.search import SearchQuery, SearchVector

CONFIGS = {"en": "english", "es": "spanish"}
MAX_CHARACTERS = 200
MAX_WORDS = 12


def configs(language: str) -> tuple[str, str]:
    """Return the two text search configurations of a language: as written, and without accents."""
    plain = CONFIGS.get(language, "simple")
    return plain, f"{plain}_unaccent"


def bounded(text: str) -> str:
    """Return the text without NUL, at most 200 characters and 12 words: what a search may cost is bounded."""
    return " ".join(text.replace("\x00", " ")[:MAX_CHARACTERS].split()[:MAX_WORDS])


def query(text: str, language: str) -> SearchQuery:
    """Return the query for words, "phrases" and -exclusions, as `websearch_to_tsquery` reads them."""
    plain, unaccented = configs(language)
    words = bounded(text)
    return SearchQuery(words, config=plain, search_type="websearch") | SearchQuery(
        words, config=unaccented, search_type="websearch"
    )


def vector(language: str, **weights: str) -> SearchVector:
    """Return the vector of these columns, each with its weight: `vector("es", title_es="A")`."""
    vectors = [
        SearchVector(column, weight=weight, config=config)
        for config in configs(language)
        for column, weight in weights.items()
    ]
    return reduce(operator.add, vectors)
