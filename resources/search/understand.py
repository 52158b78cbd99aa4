"""Read one box: what somebody needs, where, and with which wishes, in any mix of the site's languages."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from portal.lib import fulltext

from ..geo import STATES, Spot, fold, miles_between
from .vocabulary import FILLER, NEAR, NEAR_ME, WITHIN, Meaning, Phrase, Vocabulary, phrases

LookUp = Callable[[set[str], set[str]], tuple[dict[str, Spot], dict[str, dict[str, Spot]]]]
LONGEST_TOWN = 4  # words, as in "North Grosvenor Dale" or "Village of the Branch"

_WORD = re.compile(r"\d{5}-\d{4}(?!\w)|[^\W_]+")
_ZIP = re.compile(r"(\d{5})(-?\d{4})?")
_NEAR, _NEAR_ME, _WITHIN = phrases(NEAR), phrases(NEAR_ME), phrases(WITHIN)
_SILENT = {fold(word) for word in FILLER.split()} | {word for phrase in _NEAR | _NEAR_ME | _WITHIN for word in phrase}
_STATES = {tuple(fold(name).replace(".", "").split()): code for code, name in STATES.items()}
_STATE_WORDS = {word for phrase in _STATES for word in phrase} | {code.lower() for code in STATES}


@dataclass(frozen=True)
class Part:
    """A stretch of the typed words that was understood: words `start` up to `stop`."""

    label: str
    start: int
    stop: int
    meaning: Meaning | None = None


@dataclass
class Understood:
    """What a typed text came to: its parts, the place, and the words left over for full text."""

    words: list[str]
    parts: list[Part] = field(default_factory=list)
    spot: Spot | None = None
    unknown_place: str = ""
    rest: str = ""
    is_corrected: bool = False  # some words are not those that were typed

    @property
    def meanings(self) -> list[Meaning]:
        """The concepts among the parts, in the order typed."""
        return [part.meaning for part in self.parts if part.meaning]

    @property
    def need(self) -> str:
        """The typed words without the place, folded."""
        place = next((part for part in self.parts if part.meaning is None), None)
        return fold(self.text_without(place) if place else " ".join(self.words))

    def text_without(self, part: Part) -> str:
        """Return the typed words without those of one part."""
        return " ".join(self.words[: part.start] + self.words[part.stop :])


def understand(
    text: str,
    vocabulary: Vocabulary,
    language: str,
    home: Spot,
    look_up: LookUp,
    is_name: Callable[[str], bool],
    correct: Callable[[list[str]], dict[str, str]] = lambda words: {},
) -> Understood:
    """Return what the text means.

    `look_up` gives the spots of ZIP codes and towns; `is_name` tells whether words stand together in a listing's name;
    `correct` gives the words meant in place of those that nothing here knows.
    """
    reading = _Reading(split(text), home)
    if not reading.words:
        return Understood([])
    zips, towns = look_up(reading.zips(), reading.stretches())
    if meant := correct(reading.strange(vocabulary, towns)):
        reading = reading.corrected(meant)
        zips, towns = look_up(reading.zips(), reading.stretches())
    is_bare = reading.read(zips, towns, vocabulary, language)
    if is_bare and len(reading.words) > 1 and is_name(" ".join(reading.keys)):
        return Understood(reading.words, rest=" ".join(reading.words), is_corrected=bool(meant))
    return reading.understood(is_corrected=bool(meant))


def split(text: str) -> list[str]:
    """Return the words of a text, bounded in number and length; operators and invisible characters are gone."""
    composed = unicodedata.normalize("NFKC", fulltext.bounded(text))
    visible = "".join(character for character in composed if unicodedata.category(character) != "Cf")
    return [word for word in _WORD.findall(visible) if fold(word)][: fulltext.MAX_WORDS]


class _Reading:
    """The words under way: which are taken, and by what."""

    def __init__(self, words: list[str], home: Spot):
        self.words, self.keys, self.home = words, [fold(word) for word in words], home
        self.free = [True] * len(words)
        self.parts: list[Part] = []
        self.spot: Spot | None = None
        self.unknown_place = ""

    def strange(self, vocabulary: Vocabulary, towns: Iterable[str]) -> list[str]:
        """Return the words that neither the vocabulary nor the lists of this file know, nor the names of towns."""
        known = {word for town in towns for word in town.split()} | _SILENT | _STATE_WORDS
        return [key for key in self.keys if key not in vocabulary.words and key not in known]

    def corrected(self, meant: dict[str, str]) -> "_Reading":
        """Return a reading of the words that were meant."""
        return _Reading([meant.get(key, word) for word, key in zip(self.words, self.keys, strict=True)], self.home)

    def understood(self, is_corrected: bool = False) -> Understood:
        """Return the outcome; words that nobody took and that say something are left for full text."""
        rest = [
            word
            for word, key, free in zip(self.words, self.keys, self.free, strict=True)
            if free and key not in _SILENT
        ]
        parts = sorted(self.parts, key=lambda part: part.start)
        return Understood(self.words, parts, self.spot, self.unknown_place, " ".join(rest), is_corrected)

    def zips(self) -> set[str]:
        return {match[1] for key in self.keys if (match := _ZIP.fullmatch(key))}

    def stretches(self) -> set[str]:
        """Return every run of words that could be the name of a town."""
        count = len(self.keys)
        ends = ((start, stop) for start in range(count) for stop in range(start + 1, count + 1))
        return {" ".join(self.keys[start:stop]) for start, stop in ends if stop - start <= LONGEST_TOWN}

    def find(self, wanted: Iterable[Phrase], start: int) -> int:
        """Return where the longest wanted phrase that begins at this word ends, or 0."""
        lengths = sorted({len(phrase) for phrase in wanted}, reverse=True)
        for length in lengths:
            stop = start + length
            if stop <= len(self.keys) and all(self.free[start:stop]) and tuple(self.keys[start:stop]) in wanted:
                return stop
        return 0

    def take(self, start: int, stop: int) -> None:
        self.free[start:stop] = [False] * (stop - start)

    def skip(self, wanted: set[Phrase]) -> None:
        for start in range(len(self.keys)):
            if stop := self.find(wanted, start):
                self.take(start, stop)

    def read(
        self, zips: dict[str, Spot], towns: dict[str, dict[str, Spot]], vocabulary: Vocabulary, language: str
    ) -> bool:
        """Take the place and what is needed; return whether the place is a bare name, which may be meant otherwise."""
        self.skip(_NEAR_ME)
        self.read_explicit_place(zips, towns)
        self.read_concepts(vocabulary, language)
        has_place = self.spot is not None or bool(self.unknown_place)
        return not has_place and self.read_bare_place(towns)

    def read_explicit_place(self, zips: dict[str, Spot], towns: dict[str, dict[str, Spot]]) -> None:
        """Take a ZIP code wherever it stands, else what follows a word such as "near"; say which is unknown."""
        for start, key in enumerate(self.keys):
            if match := _ZIP.fullmatch(key):
                self.unknown_place = "" if match[1] in zips else self.words[start]
                self._place(zips.get(match[1]), start, start + 1)
                return
        for start in range(len(self.keys)):
            if stop := self.find(_NEAR, start):
                stop = self.find(_WITHIN, stop) or stop
                self._read_after_near(start, stop, towns)
                return

    def _read_after_near(self, start: int, stop: int, towns: dict[str, dict[str, Spot]]) -> None:
        found = self._town(stop, towns, anywhere=True) or self._state(stop)
        if found:
            self._place(found[0], start, found[1])
            return
        named = next((at for at in range(stop, len(self.keys)) if self.keys[at] not in _SILENT), None)
        if named is not None:
            self.unknown_place = self.words[named]
            self._place(None, start, named + 1)

    def read_bare_place(self, towns: dict[str, dict[str, Spot]]) -> bool:
        """Take a town of the home state, or a town that its state follows, or a state; return whether one was found."""
        for read in (lambda start: self._town(start, towns, anywhere=False), self._state):
            for start in range(len(self.keys)):
                if self.free[start] and (found := read(start)):
                    self._place(found[0], start, found[1])
                    return True
        return False

    def read_concepts(self, vocabulary: Vocabulary, language: str) -> None:
        """Take the longest known phrases, from left to right."""
        for start in range(len(self.keys)):
            for stop in range(min(len(self.keys), start + vocabulary.longest), start, -1):
                meaning = vocabulary.meanings.get(tuple(self.keys[start:stop]))
                if meaning and all(self.free[start:stop]):
                    self.take(start, stop)
                    self.parts.append(Part(meaning.label(language), start, stop, meaning))
                    break

    def _place(self, spot: Spot | None, start: int, stop: int) -> None:
        """Take the words of a place, and the words before it that only lead to it."""
        for length in (3, 2, 1):
            before = start - length
            if before >= 0 and self.find(_NEAR | _WITHIN, before) == start:
                start = before
        self.take(start, stop)
        self.spot = spot
        label = spot.label if spot else " ".join(self.words[start:stop])
        self.parts.append(Part(label, start, stop))

    def _town(self, start: int, towns: dict[str, dict[str, Spot]], anywhere: bool) -> tuple[Spot, int] | None:
        for stop in range(min(len(self.keys), start + LONGEST_TOWN), start, -1):
            by_state = towns.get(" ".join(self.keys[start:stop]))
            if not by_state or not all(self.free[start:stop]):
                continue
            state, after = self._state_after(stop)
            if state in by_state:
                return by_state[state], after
            if self.home.state in by_state:
                return by_state[self.home.state], stop
            if anywhere:
                return min(by_state.values(), key=self._distance), stop
        return None

    def _state_after(self, start: int) -> tuple[str, int]:
        if start < len(self.keys) and self.free[start] and self.keys[start].upper() in STATES:
            return self.keys[start].upper(), start + 1
        stop = self.find(_STATES, start)
        return (_STATES[tuple(self.keys[start:stop])], stop) if stop else ("", start)

    def _state(self, start: int) -> tuple[Spot, int] | None:
        """Read a state's name, or the home state's two letters; other pairs of letters are often words."""
        stop = self.find(_STATES, start)
        if stop:
            code = _STATES[tuple(self.keys[start:stop])]
            return Spot(STATES[code], code, None, None), stop
        if start < len(self.keys) and self.free[start] and self.keys[start].upper() == self.home.state:
            return Spot(STATES.get(self.home.state, self.home.state), self.home.state, None, None), start + 1
        return None

    def _distance(self, spot: Spot) -> float:
        return miles_between(self.home.point, spot.point) if self.home.point and spot.point else 0.0
