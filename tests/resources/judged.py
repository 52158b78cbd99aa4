"""Load the judged places and run the judged searches; tests/data/judged/README.md says what counts."""

import csv
import datetime
import json
import re
from pathlib import Path
from typing import NamedTuple

from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from portal.reference import actions as reference
from resources.actions import load_places, rebuild_search
from resources.geo import fold
from resources.models import ListingType, PlaceName, Schedule
from resources.samhsa.load import sync_terms

from .factories import (
    ListingFactory,
    LocationFactory,
    PhoneFactory,
    ServiceFactory,
    UserFactory,
    VerificationFactory,
    VirtualLocationFactory,
)

FOLDER = Path(__file__).parents[1] / "data" / "judged"
FIRST = 3
BLOCKS = {"emergency-department": ListingType.Block.EMERGENCY, "peer-meeting": ListingType.Block.PEERS}
PLACE_NAMES = {"Frog Hollow": "06106", "Parkville": "06106", "Asylum Hill": "06105", "North End": "06120"}
OF_THE_LISTING = ("gender", "least_age", "greatest_age", "takes_pregnant", "with_children", "has_beds")


class Judged(NamedTuple):
    """One search: what was typed, on the page of which language, and the keys that are accepted."""

    query: str
    language: str
    relevant: frozenset[str]


def listings() -> list[dict]:
    """Return the judged places as they are written down."""
    return json.loads((FOLDER / "listings.json").read_text(encoding="utf-8"))


def searches(name: str) -> list[Judged]:
    """Return the searches of `tuning` or `held`."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            Judged(row["query"], row["language"], frozenset(row["relevant"].split())) for row in csv.DictReader(file)
        ]


def kind(row: dict) -> str:
    """Return in which block of the results a judged place belongs."""
    return BLOCKS.get(row["type"]) or ("telehealth" if row["zip"] == "" else ListingType.Block.PLACES)


def failing(name: str) -> list[str]:
    """Return the searches of a file that do not succeed, each with what came first."""
    kinds, client = {row["key"]: kind(row) for row in listings()}, Client()
    failed = []
    for number, judged in enumerate(searches(name)):
        wanted = {kinds[key] for key in judged.relevant}
        shown = _shown(client, judged, kinds, visitor=f"192.0.2.{number % 250 + 1}")
        if wanted != {ListingType.Block.PLACES}:
            shown = [key for key in shown if kinds[key] in wanted]
        if not judged.relevant.intersection(shown[:FIRST]):
            failed.append(f"{judged.language} {judged.query!r}: {' '.join(shown[:FIRST]) or 'nothing'}")
    return failed


def success(name: str, failed: list[str]) -> float:
    """Return success@3 of a file, from 0 to 1."""
    return 1 - len(failed) / len(searches(name))


def _shown(client: Client, judged: Judged, kinds: dict[str, str], visitor: str) -> list[str]:
    """Return the keys of the listings that the results page links to, from the top; a visitor asks once."""
    with override(judged.language):
        path, stem = reverse("find"), reverse("resources:listing", args=["x"]).removesuffix("x/")
    page = client.get(path, {"q": judged.query}, secure=True, REMOTE_ADDR=visitor).content.decode()
    linked = re.findall(rf'href="{re.escape(stem)}([\w-]+)/"', page)
    return [key for key in dict.fromkeys(linked) if key in kinds]


def load() -> None:
    """Fill an empty database with the ZIP codes, the vocabulary and the judged places, ready to be searched."""
    reference.load_starter()
    load_places()
    sync_terms()
    for name, code in PLACE_NAMES.items():
        PlaceName.objects.get_or_create(key=fold(name), defaults={"name": name, "place_id": code})
    caller = UserFactory()
    for row in listings():
        _listing(row, caller)
    rebuild_search()


def _listing(row: dict, caller) -> None:
    listing = ListingFactory(
        slug=row["key"],
        type=_type(row["type"]),
        service=ServiceFactory(
            organization__name=row["organization"], name_en=row["name"]["en"], name_es=row["name"]["es"]
        ),
        location=_location(row),
        codes=row["codes"],
        spanish=row["spanish"],
        status=row["status"],
        status_since=None if row["status"] == "open" else datetime.date(2026, 11, 2),
        **row["intake"],
        **{name: row[name] for name in OF_THE_LISTING if name in row},
    )
    PhoneFactory(listing=listing, number=row["phone"])
    Schedule.objects.bulk_create(Schedule(listing=listing, **hours) for hours in row["hours"])
    if row["checked_on"]:
        at = datetime.datetime.fromisoformat(f"{row['checked_on']}T15:00:00+00:00")
        VerificationFactory(listing=listing, by=caller, at=at)


def _type(code: str) -> ListingType | None:
    """Return the kind of place; none means treatment."""
    if code == "treatment":
        return None
    name = code.replace("-", " ").capitalize()
    words = {"name_en": name, "name_es": name, "plural_en": name, "plural_es": name}
    block = BLOCKS.get(code, ListingType.Block.PLACES)
    return ListingType.objects.get_or_create(code=code, defaults={"block": block, **words})[0]


def _location(row: dict):
    if row["zip"] == "":
        return VirtualLocationFactory(state_province="CT")
    return LocationFactory(
        city=row["city"], postal_code=row["zip"], latitude=row["latitude"], longitude=row["longitude"]
    )
