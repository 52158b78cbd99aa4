"""Know the words that a search can find, and the one that a mistyped word was meant to be."""

from collections import Counter
from collections.abc import Collection, Iterable

from django.db import connection

from portal.lib import languages
from portal.reference.models import Concept

from ..geo import fold
from ..models import Location, PlaceName, SearchDocument, SearchTerm
from ..samhsa import codes
from .vocabulary import keys

OF_THE_VOCABULARY = 1000  # its words and the places' come before words of listings that are as near
SHORTEST, LONGEST = 4, 40
_MEANT = """
SELECT typed, meant.word FROM unnest(%(words)s::text[]) AS typed
CROSS JOIN LATERAL (
  SELECT word, levenshtein(word, typed) AS distance, weight FROM resources_searchterm WHERE word %% typed
  ORDER BY distance, weight DESC, word LIMIT 1
) AS meant
WHERE distance > 0 AND typed <> word || 's' AND typed <> word || 'es'
  AND distance <= CASE WHEN length(typed) >= 7 AND weight >= %(vocabulary)s THEN 2
    WHEN length(typed) >= 6 OR weight >= %(vocabulary)s THEN 1 ELSE 0 END"""


def meant(words: Collection[str]) -> dict[str, str]:
    """Return for each mistyped word (folded) the known word it is nearest to; known and far-off words have none."""
    typed = [word for word in words if SHORTEST <= len(word) <= LONGEST and not any(map(str.isdecimal, word))]
    if not typed:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_MEANT, {"words": typed, "vocabulary": OF_THE_VOCABULARY})
        return dict(cursor.fetchall())


def write_terms(listings: Collection[int] | None = None) -> None:
    """Write the words of all listings, the vocabulary and the places, or add those of these listings."""
    own = {} if listings is None else {"listing__in": listings}
    documents = SearchDocument.objects.filter(**own)
    texts = (f"{names} {words}" for names, words in documents.values_list("names", "words").iterator())
    found = Counter(word for text in texts for word in set(_spelled(keys(text))))
    if listings is None:
        vocabulary = Counter(_spelled(_vocabulary()))  # a word of many phrases comes before one of few
        found.update({word: OF_THE_VOCABULARY + times for word, times in vocabulary.items()})
        SearchTerm.objects.exclude(word__in=found.keys()).delete()
    SearchTerm.objects.bulk_create(
        [SearchTerm(word=word, weight=weight) for word, weight in sorted(found.items())],
        batch_size=5000,
        update_conflicts=listings is None,
        ignore_conflicts=listings is not None,
        unique_fields=["word"] if listings is None else None,
        update_fields=["weight"] if listings is None else None,
    )


def write_missing_terms() -> None:
    """Write the known words where none of the vocabulary's is there yet."""
    if not SearchTerm.objects.filter(weight__gte=OF_THE_VOCABULARY).exists():
        write_terms()


def _vocabulary() -> Iterable[str]:
    for row in Concept.objects.values_list(*languages.columns("words", "label")):
        yield from keys(" ".join(filter(None, row)))
    for code in codes.load().values():
        yield from keys(" ".join(code.names.values()))
    yield from keys(" ".join(PlaceName.objects.values_list("key", flat=True)))
    yield from keys(" ".join(set(Location.objects.values_list("city", flat=True))))


def _spelled(words: Iterable[str]) -> list[str]:
    """Return the words that can be mistyped: neither numbers nor a few letters."""
    return [fold(word) for word in words if SHORTEST <= len(word) <= LONGEST and not any(map(str.isdecimal, word))]
