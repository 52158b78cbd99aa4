"""Test that a list goes in over listings that staff merged or that share what they belong to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resources.actions import merge
from resources.imports import fields, staging
from resources.models import Location, Organization, Phone, Proposal, Service, ServiceAtLocation
from tests.resources.factories import UserFactory, VerificationFactory

from . import states
from .files import NORTH, SOUTH, with_cell

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("batch", [1, 500])
def test_both_rows_of_two_merged_listings_change_again_and_again(bring_rows, monkeypatch, is_kept, batch):
    monkeypatch.setattr("resources.imports.applying.BATCH", batch)
    bring_rows(NORTH, SOUTH)
    kept, gone = ServiceAtLocation.objects.order_by("slug")
    merge.merge(kept=kept, gone=gone, by=UserFactory())
    if is_kept:
        VerificationFactory(listing=kept, fields=["phone", "services", "name", "address"])
    else:
        Phone.objects.all().delete()
        states.Provenance.objects.update(row={"phones": [], "codes": kept.codes})

    for end, order in (("7", 1), ("8", -1)):  # the row whose value stands comes last, then first
        rows = with_cell(NORTH, "phone", f"860-555-017{end}"), with_cell(SOUTH, "phone", f"860-555-018{end}")
        run = bring_rows(*rows[::order])
        assert (run.state, run.error) == ("applied", "")

    phones = Proposal.objects.waiting().filter(field="phones")
    proposed = [row.after[0][0] for row in phones]
    listed = [row[0] for row in states.listings()[0]["phones"]]
    if is_kept:
        assert proposed == ["860-555-0178"]
        assert "860-555-0178" not in listed
    else:
        assert (proposed, listed[:1]) == ([], ["860-555-0188"])


def test_a_known_number_gets_the_type_that_the_file_has_now(bring_rows):
    bring_rows(NORTH)
    (known,) = staging.known_rows("samhsa", "", states.Provenance.objects.values_list("source_id", flat=True)).values()

    fields.write([(known.listing, {"phones": [["860-555-0100", "", "main", "fax"]]})], known.listing.updated_at)

    assert states.one("phones") == [[["860-555-0100", "", "main", "fax"]]]


def test_changed_numbers_take_the_same_queries_whatever_the_rows(bring_rows):
    counts = []
    for count in (1, 3):
        ServiceAtLocation.objects.all().delete()
        rows = [with_cell(NORTH, "street1", f"{count}{number} Main Street") for number in range(count)]
        source = {"source": f"list-{count}"}
        bring_rows(*rows, **source)
        with CaptureQueriesContext(connection) as counted:
            bring_rows(*(with_cell(row, "phone", "860-555-0177") for row in rows), **source)
        counts.append(len(counted))

    assert counts[0] == counts[1]


def test_a_shared_row_that_does_not_change_is_not_written(bring_rows):
    bring_rows(NORTH)
    moments = [model.objects.get().updated_at for model in (Organization, Service, Location)]

    with CaptureQueriesContext(connection) as counted:
        bring_rows(with_cell(NORTH, "service_code_info", "SA"))

    assert [model.objects.get().updated_at for model in (Organization, Service, Location)] == moments
    written = [query["sql"] for query in counted if query["sql"].startswith("UPDATE")]
    tables = ("resources_organization", 'resources_service"', "resources_location")
    assert [sql for sql in written if any(f'UPDATE "{table}' in sql for table in tables)] == []
    locked = [query["sql"] for query in counted if "FOR UPDATE OF" in query["sql"]]
    assert all(table in locked[0].split("FOR UPDATE OF")[1] for table in ("organization", "service", "location"))
