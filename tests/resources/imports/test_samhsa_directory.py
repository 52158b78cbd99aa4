"""Test what the federal directory becomes, row by row."""

import pytest

from portal.lib.spreadsheet import Row
from resources.imports.formats import known_codes
from resources.imports.samhsa_directory import facility, tidy_name
from resources.models import Provenance, SearchDocument, ServiceAtLocation, Verification

from . import states
from .conftest import DATA
from .files import HEADER, NORTH, POINT, SOUTH, WEST, with_cell, write_csv

pytestmark = pytest.mark.django_db


def read(row):
    cells = dict(zip(HEADER, row, strict=True))
    return facility(Row(2, cells), cells["service_code_info"].replace("*", " ").split(), known_codes())


def problems(run):
    rows = run.staged.exclude(problems=[]).order_by("number")
    return [(row.number, *problem) for row in rows for problem in row.problems]


def test_the_published_workbook_becomes_listings(bring_rows):
    run = bring_rows(NORTH, SOUTH)

    assert (run.state, run.counts["add"]) == ("applied", 2)
    assert [
        (row["title"], row["codes"], row["lines"], row["point"], row["phones"], row["hidden"])
        for row in states.listings()
    ] == [
        (
            "Root North: Main Clinic",
            ["SA", "OP", "ORT", "MU", "OTP", "MM", "MD", "SP"],
            ["1 Main Street", "Hartford, CT 06112"],
            [41.79, -72.696, "zip-centroid"],
            [["860-555-0100", "", "main", "voice"], ["860-555-0100", "12", "intake", "voice"]],
            False,
        ),
        (
            "Root South",
            ["SA", "RL"],
            ["2 South Road", "Suite 3", "New London, CT 06320"],
            [41.35, -72.1, "zip-centroid"],
            [["860-555-0102", "7", "main", "voice"]],
            False,
        ),
    ]
    assert list(Provenance.objects.values_list("source", "feed", "year").distinct()) == [("samhsa", "", 2022)]
    assert SearchDocument.objects.exclude(listing__slug="").values("listing").distinct().count() == 2


def test_rows_as_published_go_in_from_the_workbook_and_from_the_geocoded_file(bring):
    first = bring(DATA / "samhsa_directory.xlsx")
    second = bring(DATA / "samhsa_directory_geocoded.csv")

    assert (first.counts["add"], second.counts.get("add", 0)) == (4, 0)
    assert {row["point"][2] for row in states.listings()} <= {"address", "zip-centroid"}


def test_an_import_is_never_a_check(bring_rows):
    bring_rows(NORTH)

    assert not Verification.objects.exists()
    assert ServiceAtLocation.objects.never_checked().count() == 1


def test_a_better_point_comes_in_and_the_workbook_does_not_take_it_back(bring_rows):
    bring_rows(NORTH, SOUTH)
    rows = [[*NORTH, "41.8", "-72.7", "samhsa_locator_2021"], [*SOUTH, "", "", ""]]

    better = bring_rows(*rows, header=HEADER + POINT, write=write_csv)
    again = bring_rows(NORTH, SOUTH)

    assert (better.counts["update"], better.counts["same"], again.counts["same"]) == (1, 1, 2)
    assert states.one("point") == [[41.8, -72.7, "address"], [41.35, -72.1, "zip-centroid"]]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("name1", "", "The name is missing."),
        ("name1", "x" * 201, "Longer than 200 characters."),
        ("zip", "K1A 0B1", "“K1A 0B1” is not a ZIP code with 5 digits."),
        ("zip", "０６１１２", "“０６１１２” is not a ZIP code with 5 digits."),
        ("zip", "6112", "“6112” is not a ZIP code with 5 digits: a spreadsheet drops the first zero of a number."),
        ("state", "Ontario", "“Ontario” is not a state."),
    ],
)
def test_a_bad_cell_leaves_its_row_out_and_is_named(column, value, message):
    record = read(with_cell(NORTH, column, value))

    assert record.is_left_out
    assert record.problems == [(column, message, True)]


@pytest.mark.parametrize("value", ["call us", "860-555-010", "860-555-0100 y más tarde"])
def test_a_bad_phone_is_named_and_the_row_goes_in_without_it(value):
    record = read(with_cell(with_cell(NORTH, "intake1", ""), "phone", value))

    assert record.problems == [("phone", f"“{value}” is not a phone number. It is not taken.", False)]
    assert (record.phones, record.doubtful) == ([], {"phones"})


def test_an_unknown_code_is_named_and_the_row_goes_in_without_it():
    record = read(with_cell(NORTH, "service_code_info", "SA * QQQ * OP"))

    message = "“QQQ” is not a code that this directory knows."
    assert record.problems == [("service_code_info", message, False)]
    assert record.codes == ["SA", "OP"]


def test_a_missing_phone_is_no_fault():
    record = read(WEST)

    assert (record.phones, record.problems) == ([], [])


@pytest.mark.parametrize(
    ("typed", "phones"),
    [
        ("860-555-0102 x7", [["860-555-0102", "7", "main"]]),
        ("(860) 555-0102 ext. 7", [["860-555-0102", "7", "main"]]),
        ("+1 860 555 0102", [["860-555-0102", "", "main"]]),
        ("8605550102", [["860-555-0102", "", "main"]]),
        ("1-860-555-CALL (2255)", [["-".join(["860", "555", "2255"]), "", "main"]]),
        ("860-555-0102 or 860-555-0103", [["860-555-0102", "", "main"], ["860-555-0103", "", "main"]]),
        ("860-555-0102 / 860-555-0102", [["860-555-0102", "", "main"]]),
    ],
)
def test_phones_are_split_from_their_extension_and_from_each_other(typed, phones):
    assert read(with_cell(SOUTH, "phone", typed)).phones == phones


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("WEST MEADOW CENTER", "West Meadow Center"),
        ("SEARHC", "SEARHC"),
        ("SOAP MAT LLC", "SOAP MAT LLC"),
        ("McCall Center", "McCall Center"),
        ("ASOCIACIÓN DE SALUD", "Asociación DE Salud"),
    ],
)
def test_only_a_name_all_in_capitals_is_rewritten(typed, shown):
    assert tidy_name(typed) == shown


def test_ids_do_not_depend_on_the_case_or_the_spaces_of_rows():
    record, other, south = read(SOUTH), read(with_cell(SOUTH, "name1", "ROOT  south")), read(NORTH)

    assert record.source_id == other.source_id != south.source_id


def test_two_programs_with_one_name_and_address_stay_two_whatever_their_order(bring_rows):
    twin = with_cell(NORTH, "phone", "860-555-0199")
    bring_rows(NORTH, twin, NORTH)
    before = states.everything()

    again = bring_rows(twin, NORTH)

    assert (again.counts.get("add", 0), again.counts["same"]) == (0, 2)
    assert states.everything() == before
    assert states.one("slug") == ["root-north-main-clinic-hartford", "root-north-main-clinic-hartford-2"]


def test_a_repeated_row_goes_in_once_and_is_named(bring_rows):
    run = bring_rows(NORTH, NORTH)

    assert problems(run) == [(3, "", "The row repeats an earlier one, or its id does: only the first counts.", True)]
    assert len(states.listings()) == 1


def test_a_known_place_that_gets_a_twin_stays_the_same_listing_and_so_when_the_twin_leaves(bring_rows):
    bring_rows(NORTH)
    twin = with_cell(NORTH, "phone", "860-555-0199")

    both = bring_rows(twin, NORTH)
    alone = bring_rows(twin, drop_accepted=True)

    assert (both.counts["same"], both.counts["add"]) == (1, 1)
    assert (alone.counts["same"], alone.counts["missing"]) == (1, 1)
    assert states.one("slug") == ["root-north-main-clinic-hartford", "root-north-main-clinic-hartford-2"]


def test_good_rows_go_in_beside_bad_ones(bring_rows):
    run = bring_rows(with_cell(NORTH, "zip", "abc"), SOUTH)

    assert (run.counts["add"], run.counts["left out"]) == (1, 1)
    assert states.one("title") == ["Root South"]


def test_only_one_state_can_be_asked_for_and_the_others_are_not_missing(bring_rows):
    bring_rows(NORTH, WEST)

    run = bring_rows(NORTH, WEST, state="NY")

    assert (run.counts["same"], run.counts.get("missing", 0)) == (1, 0)
