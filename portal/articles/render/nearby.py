"""Choose what to read after an article: never itself, nothing twice, the reader's own language first."""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import override

LEAST_SHOWN = 5  # what staff picked is filled up to so many


@dataclass(frozen=True)
class Link:
    """Another article, in the language in which it can be read."""

    pk: int
    kind: str
    language: str
    title: str
    topic: str
    slug: str

    @property
    def url(self) -> str:
        """Its address."""
        return _address(self.topic, self.slug, self.language)


@dataclass(frozen=True)
class Nearby:
    """The other versions of an article, and what to read also."""

    versions: list[Link]
    related: list[Link]


def nearby(record: dict, language: str) -> Nearby:
    """Return the links of a page from the record of its statement.

    The version in plain words, or that for professionals, is linked apart. What staff picked comes before what is
    about the same thing, and that before what stands on the same shelf.
    """
    versions = [Link(*values) for values in record["versions"] or ()]
    shown = {record["id"], *(version.pk for version in versions)}
    chosen: list[Link] = []
    for group in ("picked", "same", "shelf"):
        for link in (Link(*values) for values in record[group] or ()):
            if link.pk not in shown and (group == "picked" or len(chosen) < LEAST_SHOWN):
                shown.add(link.pk)
                chosen.append(link)
    return Nearby(versions, sorted(chosen, key=lambda link: link.language != language))


@lru_cache(maxsize=4096)
def _address(topic: str, slug: str, language: str) -> str:
    with override(language):
        return reverse("articles:article", args=[topic, slug])
