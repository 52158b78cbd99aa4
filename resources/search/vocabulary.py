"""Turn the staff's search concepts into a table of phrases that typed words are looked up in."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from portal.lib import languages

from ..geo import fold

Phrase = tuple[str, ...]

# Words that say how near, and words that say nothing: people mix languages in one box, so the lists do too.
NEAR = ["near", "close to", "around", "nearby", "cerca de", "cerca del", "cerca", "junto a"]
WITHIN = ["in", "at", "en", "zip", "zip code", "zipcode", "código postal", "código", "postal code"]
NEAR_ME = ["near me", "around me", "nearby me", "close to me", "cerca de mí", "cerca de mi casa", "cerca de aquí"]
FILLER = (
    "a an the of for and or to with i my me is are where can get find need want looking help helps please start "
    "place places clinic clinics center centers centre doctor doctors dr provider providers program programs "
    "treatment treatments service services open now today who offers offer that takes take accepts accept un una "
    "el la los las lo de del al para por con y o u e yo mi me es son dónde donde puedo conseguir encontrar busco "
    "buscar necesito quiero ayuda favor empezar lugar lugares clínica clínicas centro centros médico médica "
    "médicos doctora doctores programa programas tratamiento tratamientos servicio servicios abierto abierta "
    "abiertos ahora hoy que quien ofrece ofrecen acepta aceptan "
)


@dataclass(frozen=True)
class Meaning:
    """What a phrase stands for: a concept of the vocabulary."""

    code: str
    kind: str
    claims: tuple[str, ...]
    codes: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]

    def label(self, language: str) -> str:
        """Return the name shown for it in this language."""
        return dict(self.labels).get(language) or self.code


@dataclass(frozen=True)
class Vocabulary:
    """Every phrase people type, folded and cut into words, with its meaning."""

    meanings: dict[Phrase, Meaning]
    longest: int


_KINDS = {"need": 0, "qualifier": 1, "topic": 2}


def read_vocabulary(concepts) -> Vocabulary:
    """Return the vocabulary of a queryset of concepts, in one query; built anew only when a row has changed."""
    columns = ("code", "kind", "claims", "samhsa_codes", *languages.columns("label", "words"))
    rows = concepts.order_by("code").values_list(*columns)
    return _build(tuple(tuple(tuple(v) if isinstance(v, list) else v for v in row) for row in rows))


@lru_cache(maxsize=4)
def _build(rows: tuple[tuple, ...]) -> Vocabulary:
    codes = languages.codes()
    meanings: dict[Phrase, Meaning] = {}
    # The most concrete kind is read last and so keeps a phrase that two concepts share.
    for row in sorted(rows, key=lambda row: -_KINDS.get(row[1], 2)):
        code, kind, claims, samhsa, *texts = row
        labels, words = texts[: len(codes)], texts[len(codes) :]
        meaning = Meaning(code, kind, claims, samhsa, tuple(zip(codes, labels, strict=True)))
        lines = [line for text in words for line in (text or "").splitlines()]
        meanings |= dict.fromkeys(phrases(lines), meaning)
    return Vocabulary(meanings, max(map(len, meanings), default=0))


def phrases(lines: Iterable[str]) -> set[Phrase]:
    """Return each line folded and cut into words, blank ones left out."""
    return {phrase for line in lines if (phrase := tuple(keys(line)))}


def keys(text: str) -> list[str]:
    """Return the words of a text as they are compared; whatever is neither letter nor digit parts two words."""
    return "".join(character if character.isalnum() else " " for character in fold(text)).split()
