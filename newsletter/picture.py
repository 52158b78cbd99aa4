"""Draw counts as bars: SVG made here from numbers alone, with the same numbers in a table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

WIDTH, HEIGHT = 640, 200  # in units of the drawing, about the pixels of a wide telephone
LEFT, RIGHT, BOTTOM, TOP = 56, 24, 28, 12  # room for the numbers at the side, the words below, and a little air
WIDEST, GAP = 48, 0.25  # of a bar; of its room


class Bar(NamedTuple):
    """One part of a bar: `tone` says which of the series it belongs to, from 1."""

    x: float
    y: float
    width: float
    height: float
    tone: int


class Word(NamedTuple):
    """A number or word in the drawing."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """All that the template draws."""

    width: int
    height: int
    bars: list[Bar]
    below: list[Word]
    aside: list[Word]
    left: int


def bars(rows: Sequence[tuple[str, Sequence[int]]], most_words: int = 7) -> Chart:
    """Return the drawing of rows of (word below, counts stacked from the bottom); so few words that all can be read."""
    top = _round_up(max((sum(counts) for _word, counts in rows), default=0))
    room = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    width = min(WIDEST, room * (1 - GAP))
    unit = (HEIGHT - BOTTOM - TOP) / top
    every = max(1, -(-len(rows) // most_words))
    drawn, below = [], []
    for index, (word, counts) in enumerate(rows):
        middle = LEFT + room * (index + 0.5)
        drawn += _stacked(middle - width / 2, width, counts, unit)
        if (len(rows) - 1 - index) % every == 0:
            below.append(Word(round(middle, 1), HEIGHT - 8, word))
    aside = [Word(LEFT - 8, round(HEIGHT - BOTTOM - value * unit, 1), f"{value:,}") for value in (0, top // 2, top)]
    return Chart(WIDTH, HEIGHT, drawn, below, aside, LEFT)


def _stacked(x: float, width: float, counts: Sequence[int], unit: float) -> list[Bar]:
    base, drawn = float(HEIGHT - BOTTOM), []
    for tone, count in enumerate(counts, start=1):
        height = count * unit
        base -= height
        if count:
            drawn.append(Bar(round(x, 1), round(base, 1), round(width, 1), round(height, 1), tone))
    return drawn


def _round_up(value: int) -> int:
    """Return the next number that reads well on an axis: even, so that its half is whole."""
    step = 10 ** max(len(str(value)) - 1, 0)
    return next(number for number in (2 * step, 4 * step, 6 * step, 8 * step, 10 * step) if number >= max(value, 2))
