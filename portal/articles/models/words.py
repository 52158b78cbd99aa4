"""Have the database keep the words of a model's texts, by which search finds them."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from portal.lib import fulltext, languages


def word_indexes(model: str) -> list[models.Index]:
    """Return the index of each language's words."""
    return [GinIndex(fields=[words], name=f"{model}_{words}") for words in languages.columns("words")]


def keep_words(model: type[models.Model], **weights: str) -> None:
    """Add to a model, for each language, the search vector of its texts, each with its weight."""
    for code in languages.codes():
        columns = {languages.column(name, code): weight for name, weight in weights.items()}
        vector = models.GeneratedField(
            expression=fulltext.vector(code, **columns), output_field=SearchVectorField(), db_persist=True
        )
        model.add_to_class(languages.column("words", code), vector)
