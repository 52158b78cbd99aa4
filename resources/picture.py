"""Draw where places are: numbered dots on the outlines of Connecticut's planning regions, with the same in words.

No map of anybody else's is asked for. The outlines are the Census Bureau's, simplified: not a map to walk by.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from .geo import MILES_A_DEGREE, miles_between

SHAPES = Path(__file__).parent / "data" / "ct_regions.json"
LEAST_DOTS = 2
WIDTH = 340  # in units of the drawing: about the pixels of a telephone
HEIGHTS = (200, 320)
LEAST_MILES = 8  # what the drawing shows at the least, from side to side
MARGIN = 34  # units around the outermost dots
RADIUS = 10  # of a dot, whose number must be readable on a telephone
LETTER = (6.4, 14)  # width and height of a letter in a label
MOST_TOWNS = 12
ROUGH = 2  # miles by which the simplified borders can be off
AT = 0.1  # miles under which a direction says nothing
SCALES = (20, 10, 5, 2, 1)  # miles
DIRECTIONS = [
    pgettext_lazy("miles … of a place", "north"),
    pgettext_lazy("miles … of a place", "northeast"),
    pgettext_lazy("miles … of a place", "east"),
    pgettext_lazy("miles … of a place", "southeast"),
    pgettext_lazy("miles … of a place", "south"),
    pgettext_lazy("miles … of a place", "southwest"),
    pgettext_lazy("miles … of a place", "west"),
    pgettext_lazy("miles … of a place", "northwest"),
]


class Dot(NamedTuple):
    """A place to draw, with the number that it has in the list."""

    number: int
    name: str
    latitude: float
    longitude: float


class Mark(NamedTuple):
    """A place that people know by its name: a town, or what the visitor typed."""

    label: str
    latitude: float
    longitude: float


class Box(NamedTuple):
    """A part of the drawing that something stands on."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Say whether the two lie over each other."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class Drawn(NamedTuple):
    """A dot: its number at `x`, `y`, beside its `point` where another number stands there, and where it is in words."""

    number: int
    name: str
    x: int
    y: int
    point: tuple[int, int]
    words: str

    @property
    def is_beside(self) -> bool:
        """Whether the number stands beside its point."""
        return (self.x, self.y) != self.point


class Label(NamedTuple):
    """A name, written around `x` above the line `y`."""

    text: str
    x: int
    y: int


@dataclass(frozen=True)
class Picture:
    """All that the template draws; the origin's `point` is where the visitor asked from.

    What is many times the same is one SVG path: a template that draws each line apart takes three times as long.
    """

    width: int
    height: int
    borders: list[str]
    towns: list[Label]
    dots: list[Drawn]
    origin: Label | None
    point: tuple[int, int] | None
    scale_miles: int
    scale_width: int

    @property
    def discs(self) -> str:
        """The discs under the numbers: lines without length, whose round ends are drawn."""
        return "".join(f"M{dot.x} {dot.y}h0" for dot in self.dots)

    @property
    def points(self) -> str:
        """The points of the dots whose numbers stand beside them."""
        return "".join("M{} {}h0".format(*dot.point) for dot in self.dots if dot.is_beside)

    @property
    def lines(self) -> str:
        """The lines from those points to their numbers."""
        return "".join("M{} {}L{} {}".format(*dot.point, dot.x, dot.y) for dot in self.dots if dot.is_beside)


@dataclass(frozen=True)
class View:
    """The part of the country in the drawing: its north-west corner and how many units a degree of latitude has."""

    north: float
    west: float
    unit: float
    squeeze: float
    height: int

    def place(self, latitude: float, longitude: float) -> tuple[int, int]:
        """Return where a point stands in the drawing."""
        return (
            round((longitude - self.west) * self.squeeze * self.unit),
            round((self.north - latitude) * self.unit),
        )

    @property
    def frame(self) -> Box:
        """The drawing's own edges."""
        return Box(0, 0, WIDTH, self.height)


class Shapes(NamedTuple):
    """The corners (latitude, longitude) of each region's border, and the towns, those that most people know first."""

    borders: list[list[tuple[float, float]]]
    towns: list[Mark]


@cache
def _shapes() -> Shapes:
    read = json.loads(SHAPES.read_text(encoding="utf-8"))
    return Shapes([region["border"] for region in read["regions"]], [Mark(*town) for town in read["towns"]])


def draw(dots: Sequence[Dot], origin: Mark | None = None) -> Picture | None:
    """Return the drawing of the dots that lie in Connecticut, or None where fewer than two do.

    `origin` is the place that the visitor named. Directions are from there, else from the nearest town.
    """
    shown = [dot for dot in dots if _is_inside(dot.latitude, dot.longitude)]
    if len(shown) < LEAST_DOTS:
        return None
    start = origin if origin and _is_inside(origin.latitude, origin.longitude) else None
    view = _view([(dot.latitude, dot.longitude) for dot in shown], start)
    miles, width = _scale(view)
    # What has its room first: the scale, the place asked from, the numbers; the towns take what is left.
    taken = [Box(0, view.height - 2 * LETTER[1], width + 10 * LETTER[0], view.height)]
    point, label = _asked_from(start, view, taken) if start else (None, None)
    return Picture(
        width=WIDTH,
        height=view.height,
        borders=list(_borders(view)),
        dots=list(_dots(shown, start, view, taken)),
        towns=list(islice(_towns(view, taken), MOST_TOWNS)),
        origin=label,
        point=point,
        scale_miles=miles,
        scale_width=round(width),
    )


def _scale(view: View) -> tuple[int, float]:
    """Return the longest scale that takes at most a quarter of the drawing: its miles and its width."""
    miles = next((scale for scale in SCALES if _units(scale, view) <= WIDTH / 4), SCALES[-1])
    return miles, _units(miles, view)


def _is_inside(latitude: float, longitude: float) -> bool:
    """Say whether a point lies in Connecticut, or so near that the rough borders cannot tell."""
    step = ROUGH / MILES_A_DEGREE
    around = [(0, 0), (step, 0), (-step, 0), (0, step), (0, -step)]
    return any(
        _encloses(border, latitude + up, longitude + right) for up, right in around for border in _shapes().borders
    )


def _encloses(border: list[tuple[float, float]], latitude: float, longitude: float) -> bool:
    """Say whether a line from the point to the east crosses the border an odd number of times."""
    crossed = False
    for (north, east), (other_north, other_east) in zip(border, [*border[1:], border[0]], strict=True):
        if (north > latitude) != (other_north > latitude):
            crossed ^= longitude < (other_east - east) * (latitude - north) / (other_north - north) + east
    return crossed


def _view(points: list[tuple[float, float]], start: Mark | None) -> View:
    """Return the smallest view that has all the points, and the place asked from, inside its margin."""
    points = [*points, (start.latitude, start.longitude)] if start else points
    north, south = max(point[0] for point in points), min(point[0] for point in points)
    east, west = max(point[1] for point in points), min(point[1] for point in points)
    squeeze = math.cos(math.radians((north + south) / 2))
    least = LEAST_MILES / MILES_A_DEGREE
    unit = min(
        (WIDTH - 2 * MARGIN) / max((east - west) * squeeze, least),
        (HEIGHTS[1] - 2 * MARGIN) / max(north - south, least / 2),
    )
    height = max(HEIGHTS[0], round((north - south) * unit) + 2 * MARGIN)
    middle = (east + west) / 2
    return View((north + south) / 2 + height / 2 / unit, middle - WIDTH / 2 / unit / squeeze, unit, squeeze, height)


def _units(miles: float, view: View) -> float:
    return miles / MILES_A_DEGREE * view.unit


def _borders(view: View) -> Iterator[str]:
    """Yield the outline of each region that can be seen, as an SVG path."""
    for border in _shapes().borders:
        corners = [view.place(*corner) for corner in border]
        across, down = [x for x, _y in corners], [y for _x, y in corners]
        if Box(min(across), min(down), max(across), max(down)).meets(view.frame):
            yield "M" + "L".join(f"{x} {y}" for x, y in corners) + "Z"


def _dots(shown: Sequence[Dot], start: Mark | None, view: View, taken: list[Box]) -> Iterator[Drawn]:
    """Yield the dots, no number over another or over what is taken, and take their places."""
    for dot in shown:
        point = view.place(dot.latitude, dot.longitude)
        free = (spot for spot in _spiral(point) if _is_free(_square(spot, RADIUS), view.frame, taken))
        x, y = next(free, point)
        taken.append(_square((x, y), RADIUS))
        yield Drawn(dot.number, dot.name, x, y, point, _words(dot, start))


def _spiral(point: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the point, then places ever further around it."""
    yield point
    for ring in range(1, 7):
        for turn in range(12):
            angle = math.radians(30 * turn)
            away = RADIUS * (1 + ring * 0.7)
            yield round(point[0] + away * math.cos(angle)), round(point[1] + away * math.sin(angle))


def _square(point: tuple[float, float], half: float) -> Box:
    return Box(point[0] - half, point[1] - half, point[0] + half, point[1] + half)


def _is_free(box: Box, frame: Box, taken: Sequence[Box]) -> bool:
    inside = box.left >= 0 and box.top >= 0 and box.right <= frame.right and box.bottom <= frame.bottom
    return inside and not any(box.meets(other) for other in taken)


def _asked_from(start: Mark, view: View, taken: list[Box]) -> tuple[tuple[int, int], Label | None]:
    """Take the room of the place asked from, and of its name where there is room."""
    point = view.place(start.latitude, start.longitude)
    taken.append(_square(point, RADIUS / 2))
    label = _label(start.label, point, view.frame, taken)
    taken += [_around(label)] if label else []
    return point, label


def _label(text: str, point: tuple[int, int], frame: Box, taken: Sequence[Box]) -> Label | None:
    """Return the name written over, below or above its point, or None where something else stands."""
    x, y = point
    tries = [Label(text, x, y + shift) for shift in (5, 22, -9, 34, -22)]
    return next((label for label in tries if _is_free(_around(label), frame, taken)), None)


def _around(label: Label) -> Box:
    half, height = len(label.text) * LETTER[0] / 2, LETTER[1]
    return Box(label.x - half, label.y - height + 3, label.x + half, label.y + 3)


def _towns(view: View, taken: list[Box]) -> Iterator[Label]:
    """Yield the names of the towns that have room, the best known first."""
    points = ((town.label, view.place(town.latitude, town.longitude)) for town in _shapes().towns)
    for name, point in points:
        label = _label(name, point, view.frame, taken) if _square(point, 0).meets(view.frame) else None
        if label:
            taken.append(_around(label))
            yield label


def _words(dot: Dot, start: Mark | None) -> str:
    """Say how many miles and in which direction a dot is from where the visitor asked, else from the nearest town."""
    here = (dot.latitude, dot.longitude)
    place = start or min(_shapes().towns, key=lambda town: miles_between(town[1:], here))
    miles = miles_between(place[1:], here)
    if miles < AT:
        return _("at %(place)s") % {"place": place.label}
    east = (dot.longitude - place.longitude) * math.cos(math.radians(dot.latitude))
    turn = math.degrees(math.atan2(east, dot.latitude - place.latitude)) % 360
    said = {
        "miles": number_format(round(miles, 1), 1),
        "direction": DIRECTIONS[round(turn / 45) % len(DIRECTIONS)],
        "place": place.label,
    }
    return _("%(miles)s miles %(direction)s of %(place)s") % said
