"""Turn the staff's search concepts into a table of phrases that typed words are looked up in."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.lib import languages

from ..geo import fold

Phrase = tuple[str, ...]

# Words that say how near, and words that say nothing: people mix languages in one box, so the lists do too.
NEAR = ["near", "close to", "around", "nearby", "cerca de", "cerca del", "cerca", "serca de", "serca", "junto a"]
WITHIN = ["in", "at", "en", "zip", "zip code", "zipcode", "código postal", "código", "postal code"]
NEAR_ME = ["near me", "around me", "nearby me", "close to me", "cerca de mí", "cerca de mi casa", "cerca de aquí"]
FILLER = (
    "a an the of for and or to with from by on at i my me mine is are was have has had where can could get find need "
    "needs want wants looking look help helps helping please start starting stop stopping quit quitting off using use "
    "used take takes taking that this who which what how do does doing go going someone somebody people person place "
    "places clinic clinics center centers centre doctor doctors dr provider providers program programs service "
    "services open now today offer offers accept accepts accepting wont dont without no not while when near best "
    "un una unos unas el la los las lo de del al para por con y o u e yo mi mis me es son soy estoy esta hay "
    "dónde donde cómo como puedo conseguir encontrar busco buscar necesito quiero quisiera ayuda ayudar favor empezar "
    "dejar uso usa usar tomar lugar lugares clínica clínicas centro centros médico médica médicos doctora doctores "
    "programa programas servicio servicios abierto abierta abiertos ahora hoy que quien cual ofrece ofrecen acepta "
    "aceptan atiende atienden saliendo salir sin alguien persona personas gente "
    "it its thats im hes shes they them his her him you your we us our be been am if but so too very much many "
    "just really know tell give gives got there here daughter wife husband mom dad mother father brother sister "
    "tengo tiene tienen tener cuando cuánto cuanto cuesta vale muy más mas este esto ese eso esa ser era fue "
    "hacer hago hace puede pueden quieren ir voy vamos dan dame digo decir sabe saber si ya pero todo toda algo "
    "su sus te se le les nos porque hijo hija esposo esposa mamá papá madre padre hermano hermana botaron "
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
    words: frozenset[str] = frozenset()  # all that stand in a phrase


_KINDS = {"need": 0, "qualifier": 1, "topic": 2}


def read_vocabulary(concepts) -> Vocabulary:
    """Return the vocabulary of a queryset of concepts, in one query."""
    columns = ("code", "kind", "claims", "samhsa_codes", *languages.columns("label", "words"))
    rows, codes = concepts.order_by("code").values_list(*columns), languages.codes()
    meanings: dict[Phrase, Meaning] = {}
    # The most concrete kind is read last and so keeps a phrase that two concepts share.
    for row in sorted(rows, key=lambda row: -_KINDS.get(row[1], 2)):
        code, kind, claims, samhsa, *texts = row
        labels, words = texts[: len(codes)], texts[len(codes) :]
        meaning = Meaning(code, kind, tuple(claims), tuple(samhsa), tuple(zip(codes, labels, strict=True)))
        lines = [line for text in words for line in (text or "").splitlines()]
        meanings |= dict.fromkeys(phrases(lines), meaning)
    words = frozenset(word for phrase in meanings for word in phrase)
    return Vocabulary(meanings, max(map(len, meanings), default=0), words)


def phrases(lines: Iterable[str]) -> set[Phrase]:
    """Return each line folded and cut into words, blank ones left out."""
    return {phrase for line in lines if (phrase := tuple(keys(line)))}


def keys(text: str) -> list[str]:
    """Return the words of a text as they are compared; whatever is neither letter nor digit parts two words."""
    return "".join(character if character.isalnum() else " " for character in fold(text)).split()
