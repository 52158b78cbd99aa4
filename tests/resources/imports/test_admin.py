"""Test the pages on which staff bring a list in, and decide what it may not change by itself."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.accounts import roles
from portal.accounts.models import User
from resources.imports import runs, worker
from resources.models import Change, Import, ListingType, Phone, Proposal, ServiceAtLocation
from tests.resources.factories import ListingFactory, UserFactory, VerificationFactory

from . import states
from .files import HEADER, NORTH, SOUTH, WEST, with_cell, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    user = User.objects.create_superuser("root", password="x")
    client.force_login(user)
    return client


def page(name, *args):
    return reverse(f"admin:resources_{name}", args=args)


def upload(staff, content, name="list.csv", **given):
    form = {"format": "samhsa-directory", "as_of": "2022-05-01", "source": "", "state": "", **given}
    return staff.post(page("import_add"), {**form, "file": SimpleUploadedFile(name, content)})


def directory(tmp_path, *rows):
    return write_csv(tmp_path / "upload.csv", rows, HEADER).read_bytes()


def decide(staff, run, decision):
    return staff.post(page("import_decide", run.pk), {"decision": decision}, follow=True)


def kept():
    return sorted(path.name for path in runs.folder().iterdir())


def test_a_list_is_handed_in_checked_looked_at_accepted_and_applied(staff, tmp_path):
    response = upload(staff, directory(tmp_path, NORTH, with_cell(SOUTH, "zip", "x")))
    run = Import.objects.get()
    assert (response.url, run.state, kept()) == (page("import_state", run.pk), "reading", [run.sha256])
    assert '<meta http-equiv="refresh" content="3">' in staff.get(response.url).content.decode()

    worker.run_waiting()
    state = staff.get(response.url).content.decode()
    assert "Checked: waits for a person" in state
    assert "refresh" not in state
    rows = staff.get(page("import_rows", run.pk)).content.decode()
    assert "“x” is not a ZIP code with 5 digits." in rows
    assert "Root North" in staff.get(page("import_rows", run.pk), {"which": "add"}).content.decode()
    assert states.listings() == []

    decide(staff, run, "accept")
    worker.run_waiting()
    run.refresh_from_db()
    assert (run.state, run.created_by.username, kept()) == ("applied", "root", [])
    assert states.one("title") == ["Root North: Main Clinic"]


def test_a_refused_list_leaves_no_file(staff, tmp_path):
    upload(staff, directory(tmp_path, NORTH))
    worker.run_waiting()

    decide(staff, Import.objects.get(), "refuse")

    assert (Import.objects.get().state, kept()) == ("refused", [])


def test_an_older_list_is_refused_on_the_form_and_not_kept(staff, tmp_path, bring_rows):
    bring_rows(NORTH, as_of="2023-05-01")

    response = upload(staff, directory(tmp_path, NORTH))

    assert response.status_code == 422
    assert "a newer one of 2023-05-01 is applied already" in response.content.decode()
    assert kept() == []


@pytest.mark.parametrize("given", [{"as_of": "2999-01-01"}, {"format": "nonsense"}, {"source": "…"}])
def test_a_form_that_is_wrong_is_shown_again(staff, tmp_path, given):
    response = upload(staff, directory(tmp_path, NORTH), **given)

    assert (response.status_code, Import.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    ("typed", "known_as"), [("Own list 2026", "own-list-2026"), ("own-list-2026", "own-list-2026")]
)
def test_a_list_may_be_named_in_words(staff, tmp_path, typed, known_as):
    upload(staff, directory(tmp_path, NORTH), source=typed)

    assert Import.objects.get().source == known_as


def test_a_file_that_is_too_large_is_refused(staff, monkeypatch):
    monkeypatch.setattr("resources.forms.imports.MAX_FILE_BYTES", 10)

    response = upload(staff, b"x" * 11)

    assert response.status_code == 422
    assert "The file is larger than 100 MB" in response.content.decode()


def test_what_a_list_drops_must_be_agreed_to(staff, tmp_path, bring_rows):
    bring_rows(NORTH, SOUTH, WEST)
    upload(staff, directory(tmp_path, NORTH))
    worker.run_waiting()
    run = Import.objects.latest("pk")

    assert "2 of the 3 rows that this list had are not in the file." in decide(staff, run, "accept").content.decode()
    decide(staff, run, "accept-drop")
    worker.run_waiting()

    run.refresh_from_db()
    assert (run.state, run.drop_accepted) == ("applied", True)


TABLE = "Agency;Estado;Zip;Tel\nCasa <b>Peña</b>;CT;06112;860-555-0120\n".encode()


def test_the_columns_of_a_table_are_named_and_remembered(staff):
    ListingType.objects.create(code="naloxone-point", name_en="Naloxone point", name_es="Punto de naloxona")
    response = upload(staff, TABLE, format="table")
    run = Import.objects.get()
    assert (run.state, response.url) == ("mapping", page("import_columns", run.pk))
    first = staff.get(response.url).content.decode()
    assert "Casa &lt;b&gt;Peña&lt;/b&gt;" in first
    assert re.search(r'<option value="zip" selected>', first)

    named = {"organization": "agency", "state": "estado", "zip": "zip", "phone": "tel", "type": "naloxone-point"}
    assert staff.post(response.url, {**named, "phone": "zip"}).status_code == 422
    staff.post(response.url, named)
    worker.run_waiting()
    decide(staff, run, "accept")
    worker.run_waiting()
    assert [(row["title"], row["type"]) for row in states.listings()] == [("Casa <b>Peña</b>", "naloxone-point")]

    second = upload(staff, TABLE + b"Otra;CT;06320;\n", format="table")
    again = staff.get(second.url).content.decode()
    assert re.search(r'<option value="estado" selected>', again)


@pytest.mark.parametrize("role", ["directory caller", None])
def test_only_who_may_change_imports_sees_buttons_and_decides(client, check, tmp_path, role):
    run = check(write_csv(tmp_path / "list.csv", [NORTH], HEADER))
    user = UserFactory()
    if role:
        give_role(user, role)
    client.force_login(user)

    shown = client.get(page("import_state", run.pk))

    assert client.post(page("import_decide", run.pk), {"decision": "accept"}).status_code == 403
    assert client.get(page("import_add")).status_code == 403
    assert shown.status_code == (200 if role else 403)
    assert b"Accept and apply" not in shown.content


def give_role(user, role):
    roles.sync()
    user.groups.add(Group.objects.get(name=role))


@pytest.fixture
def proposal(bring_rows):
    bring_rows(NORTH)
    VerificationFactory(listing=ServiceAtLocation.objects.get(), fields=["phone"])
    bring_rows(with_cell(NORTH, "phone", "860-555-0177"))
    return Proposal.objects.get()


def test_a_proposal_is_accepted_on_its_page(staff, proposal):
    shown = staff.get(page("proposal_decide", proposal.pk)).content.decode()
    assert "860-555-0100" in shown and "860-555-0177" in shown

    staff.post(page("proposal_decide", proposal.pk), {"decision": "accept"})

    assert states.one("phones")[0][0][0] == "860-555-0177"
    assert Change.objects.get().by.username == "root"


@pytest.mark.parametrize(("action", "number"), [("accept_chosen", "860-555-0177"), ("refuse_chosen", "860-555-0100")])
def test_proposals_are_decided_from_their_list(staff, proposal, action, number):
    staff.post(page("proposal_changelist"), {"action": action, "_selected_action": [proposal.pk]})

    assert states.one("phones")[0][0][0] == number
    assert not Proposal.objects.waiting().exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_proposals_takes_the_same_queries(staff, count, django_assert_num_queries):
    for listing in ListingFactory.create_batch(count):
        Proposal.objects.create(listing=listing, origin="import", field="codes", made_at=listing.created_at)

    with django_assert_num_queries(7):
        staff.get(page("proposal_changelist"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_rows_of_an_import_take_the_same_queries(staff, check, tmp_path, count, django_assert_num_queries):
    rows = [with_cell(NORTH, "street1", f"{number} Main Street") for number in range(count)]
    run = check(write_csv(tmp_path / "list.csv", rows, HEADER))

    with django_assert_num_queries(6):
        staff.get(page("import_rows", run.pk), {"which": "add"})


def test_two_listings_are_shown_side_by_side_merged_and_taken_apart(staff):
    first, second = ListingFactory(name="Casa"), ListingFactory(name="Casa")
    Phone.objects.create(listing=first, number="860-555-0150")
    assert "the same name near each other" in staff.get(page("duplicates")).content.decode()
    assert "860-555-0150" in staff.get(page("duplicate", first.pk, second.pk)).content.decode()

    staff.post(page("duplicate_decide", first.pk, second.pk), {"decision": "keep-second"})
    first.refresh_from_db()
    assert first.merged_into == second
    assert "Side by side" not in staff.get(page("duplicates")).content.decode()

    staff.post(page("duplicate_decide", first.pk, second.pk), {"decision": "undo"})
    first.refresh_from_db()
    assert first.merged_into is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_pairs_takes_the_same_queries(staff, count, django_assert_num_queries):
    for number in range(count):
        ListingFactory.create_batch(2, name=f"Casa {number}")

    with django_assert_num_queries(5):
        staff.get(page("duplicates"))


@pytest.mark.parametrize("asked", ["0", "-1", "x", "9999999999", "１"])
def test_any_page_of_pairs_can_be_asked_for(staff, asked):
    assert staff.get(page("duplicates"), {"page": asked}).status_code == 200
