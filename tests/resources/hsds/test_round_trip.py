"""What an export writes, our own readers of HSDS take back."""

import pytest
from django.core.management import call_command

from resources.imports import hsds_csv, hsds_json
from resources.models import TaxonomyTerm
from resources.samhsa.load import sync_terms
from tests.resources.factories import (
    ListingFactory,
    LocationFactory,
    PhoneFactory,
    ScheduleFactory,
    ServiceFactory,
    VirtualLocationFactory,
)

pytestmark = pytest.mark.django_db

READERS = {"json": hsds_json.read, "zip": hsds_csv.read}


@pytest.fixture
def directory():
    """A service at two places, and one by phone or video."""
    sync_terms()
    service = ServiceFactory(name_en="Methadone", description_en="Open to all")
    first = ListingFactory(service=service, codes=["OTP", "MD", "naloxone"])
    second = ListingFactory(service=service, codes=["OTP"], location=LocationFactory(address_2="Floor 2"))
    remote = ListingFactory(location=VirtualLocationFactory(), codes=["UB"])
    PhoneFactory(listing=first, extension="12")
    PhoneFactory(listing=first, number="860-555-0101", extension="0123", type="fax", position=1)
    ScheduleFactory(
        listing=first, byday="MO,TU", opens_at="05:30", closes_at="11:00", interval=2, valid_from="2026-01-05"
    )
    return [first, second, remote]


@pytest.mark.parametrize("form", READERS)
def test_a_file_read_back_says_the_same(directory, tmp_path, form):
    file = tmp_path / f"hsds.{form}"
    call_command("export_hsds", file, format=form, verbosity=0)
    known = set(TaxonomyTerm.objects.values_list("code", flat=True))

    records = {record.source_id: record for record in READERS[form](file, {}, known)}

    assert [records[str(listing.uuid)].is_left_out for listing in directory] == [False, False, False]
    first, second, remote = (records[str(listing.uuid)] for listing in directory)
    assert first.name == {"organization": directory[0].service.organization.name, "en": "Methadone"}
    assert first.description == {"en": "Open to all"}
    assert [sorted(first.codes), second.codes, remote.codes] == [["MD", "OTP", "naloxone"], ["OTP"], ["UB"]]
    assert [phone[:2] for phone in first.phones] == [["860-555-0100", "12"], ["860-555-0101", "0123"]]
    assert [first.point[:2], second.address["address_2"], remote.address["virtual"]] == [
        [41.79, -72.696],
        "Floor 2",
        True,
    ]
    (hours,) = first.schedules
    assert [hours["byday"], hours["opens_at"][:5], hours["closes_at"][:5], hours["interval"]] == [
        "MO,TU",
        "05:30",
        "11:00",
        2,
    ]
