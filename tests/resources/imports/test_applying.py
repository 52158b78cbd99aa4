"""Test that an import ends the same however often it is killed, shows nothing before its end, and undoes no work."""

import subprocess
import sys

import pytest
from django.db import DataError, OperationalError, connection
from django.utils import timezone

from resources.actions import proposals
from resources.imports import adding, applying, runs, worker
from resources.models import (
    Change,
    Import,
    Location,
    Organization,
    Phone,
    Proposal,
    Provenance,
    SearchDocument,
    Service,
    ServiceAtLocation,
)
from tests.resources.factories import PlaceFactory, UserFactory, VerificationFactory

from . import states
from .files import HEADER, NORTH, POINT, SOUTH, WEST, with_cell, write_csv

pytestmark = pytest.mark.django_db


def waiting():
    rows = Proposal.objects.waiting().order_by("field")
    return [(row.field, row.before, row.after) for row in rows]


def test_a_changed_row_is_brought_in_and_search_finds_it(bring_rows):
    bring_rows(NORTH, SOUTH)

    run = bring_rows(with_cell(NORTH, "phone", "860-555-0177"), with_cell(SOUTH, "service_code_info", "SA * HH"))

    assert run.counts["update"] == 2
    assert states.one("phones")[0][0] == ["860-555-0177", "", "main", "voice"]
    assert states.one("codes")[1] == ["SA", "HH"]
    assert waiting() == []


@pytest.mark.parametrize("method", ["phone", "visit"])
def test_a_field_that_staff_read_back_stays_and_the_file_s_value_is_proposed(bring_rows, method):
    bring_rows(NORTH)
    VerificationFactory(listing=ServiceAtLocation.objects.get(), fields=["phone"], method=method)
    before = states.one("phones")

    run = bring_rows(with_cell(with_cell(NORTH, "phone", "860-555-0177"), "service_code_info", "SA"))

    old, new = [["860-555-0100", "", "main"]], [["860-555-0177", "", "main"]]
    rest = [["860-555-0100", "12", "intake"]]
    assert states.one("phones") == before
    assert states.one("codes") == [["SA"]]
    assert waiting() == [("phones", old + rest, new + rest)]
    assert run.counts["kept"] == 1


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("phones", lambda: Phone.objects.filter(use="main").update(number="860-555-0133")),
        ("phones", lambda: Phone.objects.filter(use="main").update(note_es="Marque 2")),
        ("phones", lambda: Phone.objects.filter(use="main").update(languages=["es"])),
        ("phones", lambda: Phone.objects.filter(use="main").update(type="fax")),
        ("phones", lambda: Phone.objects.all().delete()),
        ("codes", lambda: ServiceAtLocation.objects.update(codes=["SA", "naloxone"])),
        ("point", lambda: Location.objects.update(latitude=41.9, longitude=-72.9, point_source="address")),
    ],
)
def test_a_field_that_staff_changed_stays_and_the_file_s_value_is_proposed(bring_rows, field, change):
    bring_rows(NORTH)
    change()
    before = states.listings()

    row = with_cell(with_cell(NORTH, "phone", "860-555-0177"), "service_code_info", "SA")
    bring_rows([*row, "41.8", "-72.7", "samhsa_locator_2021"], header=HEADER + POINT, write=write_csv)

    assert states.one(field) == [before[0][field]]
    assert [name for name, _before, _after in waiting()] == [field]


def test_a_recorded_change_by_a_person_keeps_imports_off_a_field(bring_rows):
    bring_rows(NORTH)
    listing = ServiceAtLocation.objects.get()
    Change.objects.create(listing=listing, field="phone", at=timezone.now(), by=UserFactory())

    bring_rows(with_cell(NORTH, "phone", "860-555-0177"))

    assert [name for name, _before, _after in waiting()] == ["phones"]


def test_saving_the_codes_in_another_order_is_no_work_to_keep(bring_rows):
    bring_rows(NORTH)
    ServiceAtLocation.objects.update(codes=sorted(ServiceAtLocation.objects.get().codes))

    bring_rows(with_cell(NORTH, "service_code_info", "SA"))

    assert (states.one("codes"), waiting()) == ([["SA"]], [])


def test_the_same_value_is_proposed_once_and_a_newer_one_replaces_it(bring_rows):
    bring_rows(NORTH)
    VerificationFactory(listing=ServiceAtLocation.objects.get(), fields=["phone"])
    for number in ("860-555-0177", "860-555-0177", "860-555-0178"):
        bring_rows(with_cell(NORTH, "phone", number))

    found = Proposal.objects.order_by("pk").values_list("after", "state")
    assert [(after[0][0], state) for after, state in found] == [
        ("860-555-0177", "replaced"),
        ("860-555-0178", "waiting"),
    ]


def test_a_refused_value_is_not_proposed_again(bring_rows):
    bring_rows(NORTH)
    VerificationFactory(listing=ServiceAtLocation.objects.get(), fields=["phone"])
    bring_rows(with_cell(NORTH, "phone", "860-555-0177"))
    proposals.refuse(proposal=Proposal.objects.get(), by=UserFactory())

    bring_rows(NORTH)
    bring_rows(with_cell(NORTH, "phone", "860-555-0177"))

    assert waiting() == []


def test_an_accepted_value_is_written_with_who_took_it_and_the_note_beside_a_number_stays(bring_rows):
    bring_rows(NORTH)
    Phone.objects.filter(use="intake").update(note_es="Marque 2")
    bring_rows(with_cell(NORTH, "phone", "860-555-0177"))
    caller = UserFactory()

    proposals.accept(proposal=Proposal.objects.get(), by=caller)

    assert [row[0] for row in states.one("phones")[0]] == ["860-555-0177", "860-555-0100"]
    assert Phone.objects.get(use="intake").note_es == "Marque 2"
    change = Change.objects.get()
    assert (change.field, change.by, change.after[0][0]) == ("phones", caller, "860-555-0177")
    with pytest.raises(proposals.DecidedError):
        proposals.refuse(proposal=Proposal.objects.get(), by=caller)


def test_what_staff_deleted_no_import_brings_back(bring_rows):
    bring_rows(NORTH, SOUTH)
    ServiceAtLocation.objects.get(slug__startswith="root-north").delete()

    run = bring_rows(NORTH, SOUTH)

    assert (run.counts["left out"], run.counts["same"]) == (1, 1)
    assert states.one("title") == ["Root South"]


def test_a_moved_place_gets_the_middle_of_its_new_zip_code(bring, tmp_path):
    PlaceFactory(zip="06106", latitude=41.75, longitude=-72.695)
    columns = {"id": "id", "organization": "name", "state": "state", "zip": "zip"}
    path = tmp_path / "table.csv"
    for zip_code in ("06112", "06106"):
        path.write_text(f"id,name,state,zip\n1,Casa,CT,{zip_code}\n", encoding="utf-8")
        bring(path, Import.Format.TABLE, columns=columns)

    assert states.one("point") == [[41.75, -72.695, "zip-centroid"]]


PUBLIC = (
    "/en/find/?q=root",
    "/es/buscar/?q=root",
    "/sitemap-listings-en.xml",
    "/api/hsds/services",
    "/api/hsds/organizations",
)


def test_nothing_of_an_import_is_seen_before_its_end(check, client, tmp_path, monkeypatch):
    monkeypatch.setattr(applying, "BATCH", 1)
    run = check(write_csv(tmp_path / "list.csv", [NORTH, SOUTH, WEST], HEADER))
    runs.accept(run)
    seen = []

    def pages():
        bodies = [client.get(path).content.decode().casefold() for path in PUBLIC]
        return [path for path, body in zip(PUBLIC, bodies, strict=True) if "root north" in body or "root-north" in body]

    def look(done, _of):
        listing = ServiceAtLocation.objects.latest("pk")
        own = (listing.url("en"), f"/h/{listing.short_code}-en", f"/en/print/?ids={listing.short_code}")
        statuses = [client.get(path).status_code for path in own[:2]]
        is_printed = listing.location.address_1 in client.get(own[2]).content.decode()
        seen.append((done, statuses, is_printed, pages(), SearchDocument.objects.count()))

    assert worker.work(run, show=look)

    assert seen == [(done, [404, 404], False, [], 0) for done in (1, 2, 3)]
    assert ServiceAtLocation.objects.public().count() == 3
    assert pages() == list(PUBLIC)


def test_the_last_transaction_is_whole_or_not_at_all(check, bring_rows, tmp_path, monkeypatch):
    bring_rows(NORTH)
    before = states.listings()
    rows = [with_cell(NORTH, "phone", "860-555-0177"), SOUTH]
    run = check(write_csv(tmp_path / "list.csv", rows, HEADER))
    runs.accept(run)

    def fail(_listings):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(applying, "rebuild_search", fail)
        worker.work(run)
    assert (run.state, run.error) == ("failed", "After row 1: RuntimeError")
    assert [row for row in states.listings() if not row["hidden"]] == before

    runs.again(run)
    worker.work(run)
    assert run.state == "applied"
    assert states.one("hidden") == [False, False]


def test_a_row_that_the_database_refuses_is_named_and_the_import_goes_on_when_it_is_mended(
    check, tmp_path, monkeypatch
):
    run = check(write_csv(tmp_path / "list.csv", [NORTH, SOUTH, WEST], HEADER))
    runs.accept(run)
    real = adding._slug

    def refuse_south(said, known):
        if "South" in said["name"]["organization"]:
            raise DataError("value too long")
        return real(said, known)

    with monkeypatch.context() as broken:
        broken.setattr(adding, "_slug", refuse_south)
        worker.work(run)
    assert (run.state, run.error) == ("failed", "Row 3: value too long")

    runs.again(run)
    worker.work(run)
    assert (run.state, len(states.listings())) == ("applied", 3)


def test_a_refused_import_leaves_nothing(check, tmp_path, monkeypatch):
    run = check(write_csv(tmp_path / "list.csv", [NORTH, SOUTH], HEADER))
    runs.accept(run)
    with monkeypatch.context() as broken:
        broken.setattr(applying, "_switch", lambda *_: 1 / 0)
        worker.work(run)
    assert ServiceAtLocation.objects.count() == 2

    runs.refuse(run)

    assert run.state == "refused"
    models = (ServiceAtLocation, Organization, Service, Location, Provenance)
    assert [model.objects.count() for model in models] == [0] * 5
    with pytest.raises(runs.RefusedError):
        runs.accept(run)


def test_an_import_that_ends_every_process_is_given_up(check, tmp_path):
    run = check(write_csv(tmp_path / "list.csv", [NORTH], HEADER))
    runs.accept(run)
    run.counts |= {"starts": worker.MOST_STARTS, "from": ["applying", 0]}
    run.save()

    worker.work(run)

    assert (run.state, run.error) == ("failed", "The program ended 5 times after row 0.")


def test_an_import_takes_the_same_queries_whatever_the_rows(check, tmp_path, django_assert_max_num_queries):
    counts = []

    for count in (1, 3):
        rows = [with_cell(NORTH, "street1", f"{number} Main Street") for number in range(count)]
        with django_assert_max_num_queries(120) as counted:
            run = check(write_csv(tmp_path / "list.csv", rows, HEADER), source=f"list-{count}")
            runs.accept(run)
            worker.work(run)
        counts.append(len(counted.captured_queries))

    assert counts[0] == counts[1]


ROWS = [with_cell(NORTH, "street1", f"{number} Main Street") for number in range(7)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("killed imports")
def test_an_import_killed_again_and_again_ends_as_a_clean_run_does(bring_rows, tmp_path):
    path = write_csv(tmp_path / "next.csv", [with_cell(row, "phone", "860-555-0177") for row in ROWS], HEADER)

    def begin():
        bring_rows(*ROWS[:3])
        VerificationFactory(listing=ServiceAtLocation.objects.order_by("slug")[0], fields=["phone"])
        return states.everything()

    def run(point):
        command = [sys.executable, "-m", "tests.resources.imports.killed", connection.settings_dict["NAME"]]
        ended = subprocess.run([*command, str(path), point], capture_output=True, text=True)
        public = ServiceAtLocation.objects.public().count()
        found = SearchDocument.objects.values("listing").distinct().count()
        return ended.returncode, public, found, ended.stderr[-2000:]

    before = begin()
    for point in ("copy:1", "settle:0", "add:0", "added:0", "add:0", "update:0", "rebuild:0"):
        assert run(point) == (-9, 3, 3, ""), point
    assert run("none") == (0, 7, 7, "")
    after = states.everything()

    for model in (ServiceAtLocation, Service, Organization, Location, Import):
        model.objects.all().delete()
    assert begin() == before
    assert run("none") == (0, 7, 7, "")
    assert states.everything() == after


def test_a_database_that_is_away_is_no_fault_of_the_import(check, tmp_path, monkeypatch):
    run = check(write_csv(tmp_path / "list.csv", [NORTH], HEADER))
    runs.accept(run)

    def break_off(*_rows, **_options):
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(adding, "add", break_off)
        with pytest.raises(OperationalError):
            worker.work(run)
    assert Import.objects.get().state == "applying"

    assert worker.run_waiting() == 1
    assert Import.objects.get().state == "applied"
