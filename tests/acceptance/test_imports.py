"""A34 and A35: an import is no check, and undoes no check."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from resources.actions import proposals
from resources.models import Import, Proposal, Provenance, ServiceAtLocation
from tests.resources.factories import PhoneFactory, UserFactory, VerificationFactory

pytestmark = pytest.mark.django_db
CHECKED = "Checked by the department"
HEADER = "id,organization,state,zip,address_1,city,phone,codes"


@pytest.fixture
def bring(tmp_path, capsys):
    """Import rows of a table of the department's own; return the lines that the command prints."""

    def brought(*rows, **options):
        path = tmp_path / "list.csv"
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        columns = [f"--column={name}={name}" for name in HEADER.split(",")]
        day = "--as-of=2026-12-01"
        call_command("import_listings", str(path), "--format=table", day, *columns, **options)
        return capsys.readouterr().out.splitlines()

    return brought


def test_a34_an_import_shows_no_check_until_a_call_or_visit_is_recorded(client, town, fixed_day, bring):
    bring("11,R11 Clinic,CT,06112,11 North Street,Hartford,860-555-0111,OTP METH")
    listing = ServiceAtLocation.objects.get()
    pages = [
        *(reverse("resources:listing", args=[listing.slug]), "/en/find/?q=methadone near 06112"),
        *(f"/h/{listing.short_code}-en.txt", f"/en/print/?ids={listing.short_code}"),
    ]

    before = [client.get(page).content.decode() for page in pages]
    assert ["R11 Clinic" in page and CHECKED not in page for page in before] == [True] * 4

    VerificationFactory(listing=listing, method="provider link", by=None, fields=["phone"])
    assert CHECKED not in client.get(pages[0]).content.decode()
    VerificationFactory(listing=listing, fields=["phone"])
    assert CHECKED in client.get(pages[0]).content.decode()


def test_a35_another_phone_in_a_file_waits_for_a_person(client, listings, bring):
    r1 = listings["R1"]
    PhoneFactory._meta.model.objects.filter(listing=r1).update(number="860-555-0100")
    Provenance.objects.filter(listing=r1).update(
        source="department", source_id="R1", row={"phones": [["860-555-0100", "", "main"]]}
    )
    row = "R1,OTP North,CT,06112,1 Main Street,Hartford,860-555-0199,OTP METH MD SP"
    page = reverse("resources:listing", args=[r1.slug])

    lines = bring(row, dry_run=True)
    difference = "Row 2, phones: 860-555-0100 · main → 860-555-0199 · main. Kept: checked by staff."
    assert difference in lines
    assert (Import.objects.count(), Proposal.objects.count()) == (0, 0)

    bring(row)
    assert [phone.number for phone in r1.phones.all()] == ["860-555-0100"]
    assert "555-0199" not in client.get(page).content.decode()

    caller = UserFactory()
    proposal = Proposal.objects.get(field="phones")
    proposals.accept(proposal=proposal, by=caller)
    assert "555-0199" in client.get(page).content.decode()
    change = r1.changes.get()
    assert (change.by, json.dumps(change.after)) == (caller, '[["860-555-0199", "", "main"]]')
    assert r1.verifications.get().at.date() == datetime.date(2026, 11, 21)
