"""Test that an import stores what is good, twice the same, and never over a person's work."""

import pytest
from django.core.management import CommandError, call_command

from resources.models import (
    Location,
    Organization,
    Phone,
    Provenance,
    SearchDocument,
    ServiceAtLocation,
    TaxonomyTerm,
    Verification,
)
from resources.samhsa import load
from tests.resources.factories import PlaceFactory, VerificationFactory

from .files import HEADER, NORTH, POINT, SOUTH, WEST, with_cell, write_csv, write_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def zip_codes():
    PlaceFactory(zip="06112", latitude=41.79, longitude=-72.696)
    PlaceFactory(zip="06320", latitude=41.35, longitude=-72.1)


@pytest.fixture
def run(tmp_path):
    def import_rows(*rows, header=HEADER, write=write_xlsx, **options):
        return load.import_file(write(tmp_path / "file", rows, header), year=2022, **options)

    return import_rows


def counts(report):
    return report.added, report.updated, report.unchanged, report.left_out


def state():
    listings = ServiceAtLocation.objects.order_by("slug").select_related("service__organization", "location")
    return [
        (
            listing.title,
            listing.codes,
            listing.location.lines,
            (listing.location.latitude, listing.location.longitude, listing.location.point_source),
            [(phone.number, phone.extension, phone.use) for phone in listing.phones.order_by("position")],
        )
        for listing in listings
    ]


def test_the_published_workbook_becomes_listings(run):
    report = run(NORTH, SOUTH)

    assert counts(report) == (2, 0, 0, 0)
    assert state() == [
        (
            "Root North: Main Clinic",
            ["SA", "OP", "ORT", "MU", "OTP", "MM", "MD", "SP"],
            ["1 Main Street", "Hartford, CT 06112"],
            (41.79, -72.696, "zip-centroid"),
            [("860-555-0100", "", "main"), ("860-555-0100", "12", "intake")],
        ),
        (
            "Root South",
            ["SA", "RL"],
            ["2 South Road", "Suite 3", "New London, CT 06320"],
            (41.35, -72.1, "zip-centroid"),
            [("860-555-0102", "7", "main")],
        ),
    ]
    assert list(Provenance.objects.values_list("source", "year").distinct()) == [("samhsa", 2022)]
    assert SearchDocument.objects.filter(claims__contains=["methadone"]).count() == 2  # one a language


def test_an_import_is_never_a_check(run):
    run(NORTH)

    assert not Verification.objects.exists()
    assert ServiceAtLocation.objects.never_checked().count() == 1


def test_the_same_file_again_changes_nothing(run):
    run(NORTH, SOUTH, WEST)
    before = (
        state(),
        list(Provenance.objects.order_by("pk").values()),
        list(SearchDocument.objects.order_by("pk").values()),
    )

    report = run(WEST, NORTH, SOUTH)

    assert counts(report) == (0, 0, 3, 0)
    after = (
        state(),
        list(Provenance.objects.order_by("pk").values()),
        list(SearchDocument.objects.order_by("pk").values()),
    )
    assert after == before


def test_the_geocoded_file_gives_the_same_listings_better_points_and_the_workbook_does_not_take_them_back(run):
    run(NORTH, SOUTH)
    rows = [[*NORTH, "41.8", "-72.7", "samhsa_locator_2021"], [*SOUTH, "", "", ""]]

    better = run(*rows, header=HEADER + POINT, write=write_csv)
    again = run(NORTH, SOUTH)

    assert (counts(better), counts(again)) == ((0, 1, 1, 0), (0, 0, 2, 0))
    assert [row[3] for row in state()] == [(41.8, -72.7, "address"), (41.35, -72.1, "zip-centroid")]


def test_a_point_off_the_earth_is_named_and_the_zip_code_stands_in(run):
    report = run([*NORTH, "NaN", "inf", ""], header=HEADER + POINT, write=write_csv)

    assert [(problem.column, problem.is_left_out) for problem in report.problems] == [("latitude", False)]
    assert state()[0][3] == (41.79, -72.696, "zip-centroid")


def test_good_rows_go_in_beside_bad_ones(run):
    report = run(with_cell(NORTH, "zip", "abc"), SOUTH, with_cell(WEST, "phone", "none"))

    assert counts(report) == (1, 0, 0, 2)
    assert [(problem.row, problem.column) for problem in report.problems] == [(2, "zip"), (4, "phone")]
    assert [row[0] for row in state()] == ["Root South"]


def test_only_one_state_can_be_asked_for(run):
    assert counts(run(NORTH, SOUTH, WEST, state="NY")) == (1, 0, 0, 0)


def test_a_dry_run_stores_nothing(run):
    report = run(NORTH, SOUTH, is_dry_run=True)

    assert counts(report) == (2, 0, 0, 0)
    assert not Organization.objects.exists()
    assert not TaxonomyTerm.objects.exists()


def test_a_changed_row_is_brought_in(run):
    run(NORTH, SOUTH)

    report = run(with_cell(NORTH, "phone", "860-555-0177"), with_cell(SOUTH, "service_code_info", "SA * HH"))

    assert counts(report) == (0, 2, 0, 0)
    assert state()[0][4][0] == ("860-555-0177", "", "main")
    assert state()[1][1] == ["SA", "HH"]
    assert SearchDocument.objects.filter(claims__contains=["recovery-housing"]).count() == 2


def test_a_field_that_staff_verified_is_kept_and_reported(run):
    run(NORTH)
    VerificationFactory(listing=ServiceAtLocation.objects.get(), fields=["phone"])
    before = state()

    report = run(with_cell(NORTH, "phone", "860-555-0177"))

    assert state() == before
    assert [(problem.row, problem.column, problem.is_left_out) for problem in report.problems] == [(2, "phones", False)]


def test_a_field_that_staff_changed_is_kept_and_reported(run):
    run(NORTH)
    Location.objects.update(latitude=41.9, longitude=-72.9, point_source="address")
    Phone.objects.filter(use="main").update(number="860-555-0133")

    changed = [*with_cell(NORTH, "phone", "860-555-0177"), "41.8", "-72.7", "samhsa_locator_2021"]
    report = run(changed, header=HEADER + POINT, write=write_csv)

    assert state()[0][3:] == (
        (41.9, -72.9, "address"),
        [("860-555-0133", "", "main"), ("860-555-0100", "12", "intake")],
    )
    assert {problem.column for problem in report.problems} == {"phones", "point"}


@pytest.mark.parametrize("own", [{"note_es": "Marque 2"}, {"languages": ["es"]}, {"type": "fax"}])
def test_what_staff_added_to_a_phone_is_kept_and_reported(run, own):
    run(NORTH)
    Phone.objects.filter(use="main").update(**own)
    before = list(Phone.objects.order_by("pk").values())

    report = run(with_cell(NORTH, "phone", "860-555-0177"))

    assert list(Phone.objects.order_by("pk").values()) == before
    assert [(problem.row, problem.column, problem.is_left_out) for problem in report.problems] == [(2, "phones", False)]


def test_a_batch_goes_in_whole_or_not_at_all(run, monkeypatch):
    monkeypatch.setattr(load, "BATCH", 1)
    stored = load.documents.write
    calls = []

    def fail_on_the_second(listings):
        calls.append(listings)
        if len(calls) == 2:
            raise RuntimeError
        stored(listings)

    monkeypatch.setattr(load.documents, "write", fail_on_the_second)
    with pytest.raises(RuntimeError):
        run(NORTH, SOUTH)

    assert [row[0] for row in state()] == ["Root North: Main Clinic"]
    assert Organization.objects.count() == Location.objects.count() == 1


def test_slugs_are_unique_and_stay(run):
    twin = with_cell(NORTH, "phone", "860-555-0199")

    run(NORTH, twin)

    slugs = ServiceAtLocation.objects.order_by("slug").values_list("slug", flat=True)
    assert list(slugs) == ["root-north-main-clinic-hartford", "root-north-main-clinic-hartford-2"]


def test_the_command_prints_progress_problems_and_one_line_of_result(tmp_path, capsys):
    call_command("import_samhsa", str(write_xlsx(tmp_path / "file.xlsx", [NORTH, with_cell(SOUTH, "zip", "x")])))

    assert capsys.readouterr().out.splitlines() == [
        "1 of 1 rows",
        "Row 3, column zip: “x” is not a ZIP code with 5 digits. The row was left out.",
        "1 added, 0 updated, 0 unchanged, 1 left out.",
    ]


def test_the_command_says_in_a_sentence_what_is_wrong_with_the_file(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"name1,name2\nPe\xf1a,\n")

    with pytest.raises(CommandError, match="The file is not in UTF-8: line 2"):
        call_command("import_samhsa", str(path))

    assert not Organization.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_an_import_takes_the_same_queries_whatever_the_rows(run, django_assert_num_queries, count):
    rows = [with_cell(NORTH, "street1", f"{number} Main Street") for number in range(count)]

    with django_assert_num_queries(23):
        run(*rows)
