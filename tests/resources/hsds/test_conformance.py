"""What we give conforms to HSDS 3.0; `make conformance HSDS=<folder of its schemas>` runs this."""

import os
from pathlib import Path

import pytest
from django.core.management import call_command

from resources.api import answers
from resources.models import Closure, ListingType, ServiceAtLocation
from tests.resources.factories import PhoneFactory, ProvenanceFactory, ScheduleFactory
from tests.resources.hsds.conformance import Schemas, faults

FOLDER = os.environ.get("HSDS", "")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER, reason="HSDS names no folder with the schemas of HSDS 3.0"),
]


@pytest.fixture(autouse=True)
def no_limit(monkeypatch):
    """Let the check ask as often as it needs."""
    monkeypatch.setattr(answers, "MOST_A_MINUTE", 1_000_000)


@pytest.fixture
def schemas():
    """Return the folder of the schemas, which is also found inside a copy of the specification."""
    inside = Path(FOLDER) / "schema"
    return inside if inside.is_dir() else Path(FOLDER)


def test_the_places_of_the_acceptance_cases_conform(client, listings, schemas):
    for listing in listings.values():
        PhoneFactory(listing=listing, number="860-555-0101", extension="0123", languages=["es"], note_en="Press 2")
        ScheduleFactory(listing=listing, purpose="dosing", interval=2, valid_from="2026-01-05")
        ProvenanceFactory(listing=listing)
        Closure.objects.create(listing=listing, starts_on="2026-12-25", ends_on="2026-12-25")
    kind = ListingType.objects.first()
    answered = {"walk_in": "yes", "spanish": "interpreter", "least_age": 18, "greatest_age": 64, "gender": "women"}
    ServiceAtLocation.objects.update(type=kind, they_ask_en="Name", to_bring_en="Card", up_front_en="$0", **answered)

    found, seen = faults(client, schemas)

    assert found == []
    assert seen > 3 * len(listings)


def test_the_starter_content_conforms(client, schemas):
    call_command("load_starter", verbosity=0)

    found, seen = faults(client, schemas)

    assert found == []
    assert seen > 26


def test_an_empty_directory_conforms(client, schemas):
    assert faults(client, schemas)[0] == []


def test_the_check_finds_a_fault(schemas):
    row = {"id": "7", "name": "A", "status": "open"}

    assert len(Schemas(schemas).faults("compiled/service.json", [row])) == 2
