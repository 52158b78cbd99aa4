"""Measure distances and read places out of our own table of ZIP codes; nothing here asks another service."""

import math
import unicodedata
from collections.abc import Collection
from typing import NamedTuple

from django.db import connection
from django.db.models import ExpressionWrapper, F, FloatField, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Abs, Least

EARTH_MILES = 3958.76
MILES_A_DEGREE = EARTH_MILES * math.pi / 180

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "PR": "Puerto Rico", "VI": "U.S. Virgin Islands", "GU": "Guam", "AS": "American Samoa",
    "MP": "Northern Mariana Islands", "FM": "Federated States of Micronesia", "PW": "Palau", "MH": "Marshall Islands",
}  # fmt: skip


class Spot(NamedTuple):
    """A place that a visitor named: its label, its state and its point (None for a whole state)."""

    label: str
    state: str
    latitude: float | None
    longitude: float | None

    @property
    def point(self) -> tuple[float, float] | None:
        """The point, or None for a whole state."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)


def fold(text: str) -> str:
    """Return the text as it is compared: small letters without accents, marks or invisible characters."""
    if text.isascii():
        return " ".join(text.lower().split())
    kept = (
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in unicodedata.normalize("NFKD", text)
        if unicodedata.category(character) not in {"Mn", "Me", "Cf"}
    )
    return " ".join("".join(kept).casefold().split())


def miles_between(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the great-circle distance of two points (latitude, longitude) in miles, by the haversine formula."""
    latitude, other = math.radians(start[0]), math.radians(end[0])
    half_north, half_east = (other - latitude) / 2, math.radians(end[1] - start[1]) / 2
    square = math.sin(half_north) ** 2 + math.cos(latitude) * math.cos(other) * math.sin(half_east) ** 2
    return 2 * EARTH_MILES * math.asin(min(1.0, math.sqrt(square)))


def nearness(latitude: float, longitude: float) -> Combinable:
    """Return an expression that sorts rows by distance: cheap, and near enough to choose the nearest thousand.

    Squared degrees on a flat map at this latitude; `miles_between` gives the distance of what was chosen.
    """
    east = Abs(F("longitude") - Value(longitude))
    around = Least(east, Value(360.0) - east) * Value(math.cos(math.radians(latitude)))
    north = F("latitude") - Value(latitude)
    return ExpressionWrapper(north * north + around * around, FloatField())


def box(latitude: float, longitude: float, miles: float) -> Q:
    """Return the condition that a point lies in the smallest box around a circle: what an index can answer.

    Near a pole, or where the circle crosses longitude 180, the box spans every longitude.
    """
    north = miles / MILES_A_DEGREE
    condition = Q(latitude__range=(latitude - north, latitude + north))
    if abs(latitude) + north >= 90:
        return condition
    ratio = math.sin(math.radians(north)) / math.cos(math.radians(latitude))
    east = math.degrees(math.asin(min(1.0, ratio)))
    if abs(longitude) + east > 180:
        return condition
    return condition & Q(longitude__range=(longitude - east, longitude + east))


_SPOTS = """
SELECT zip, city, city_key, state, latitude, longitude, false AS is_name FROM resources_place
WHERE zip = ANY(%(zips)s) OR city_key = ANY(%(towns)s) AND city_key <> ''
UNION ALL SELECT zip, name, key, state, latitude, longitude, true FROM resources_placename
JOIN resources_place ON zip = place_id WHERE key = ANY(%(towns)s) ORDER BY is_name, zip"""


def spots(zips: Collection[str], towns: Collection[str]) -> tuple[dict[str, Spot], dict[str, dict[str, Spot]]]:
    """Return the points of these ZIP codes, and of these towns (folded names) by state, in one query.

    A town's point is the mean of its ZIP codes' points; a name that staff gave to a place here comes before a town.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SPOTS, {"zips": list(zips), "towns": list(towns)})
        rows = cursor.fetchall()
    by_zip: dict[str, Spot] = {}
    by_town: dict[str, dict[str, Spot]] = {}
    gathered: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for code, city, key, state, latitude, longitude, is_name in rows:
        if is_name:
            by_town.setdefault(key, {})[state] = Spot(city, state, latitude, longitude)
            continue
        if code in zips:
            by_zip[code] = Spot(code, state, latitude, longitude)
        if key in towns:
            gathered.setdefault((key, city, state), []).append((latitude, longitude))
    for (key, city, state), points in gathered.items():
        middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
        by_town.setdefault(key, {}).setdefault(state, Spot(f"{city}, {state}", state, *middle))
    return by_zip, by_town
