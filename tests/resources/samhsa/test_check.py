"""Test what is said of the cells of the federal directory."""

import pytest

from portal.lib.spreadsheet import Row
from resources.samhsa.check import Problem, check_rows, tidy_name

from .files import HEADER, NORTH, SOUTH, WEST, with_cell


def check(*rows):
    problems = []
    facilities = check_rows([Row(n, dict(zip(HEADER, row, strict=True))) for n, row in enumerate(rows, 2)], problems)
    return facilities, problems


def test_a_good_row_is_read_whole():
    (facility,), problems = check(NORTH)

    assert problems == []
    assert facility.phones == [["860-555-0100", "", "main"], ["860-555-0100", "12", "intake"]]
    assert facility.codes == ["SA", "OP", "ORT", "MU", "OTP", "MM", "MD", "SP"]
    assert facility.point is None


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("name1", "", "The name is missing."),
        ("name1", "x" * 201, "Longer than 200 characters."),
        ("zip", "2540", "“2540” is not a ZIP code with 5 digits."),
        ("zip", "K1A 0B1", "“K1A 0B1” is not a ZIP code with 5 digits."),
        ("zip", "０６１１２", "“０６１１２” is not a ZIP code with 5 digits."),
        ("state", "Connecticut", "“Connecticut” is not a state."),
        ("phone", "call us", "“call us” is not a phone number."),
        ("phone", "860-555-010", "“860-555-010” is not a phone number."),
        ("intake1", "860-555-0100 or 860-555-0101", "“860-555-0100 or 860-555-0101” is not a phone number."),
    ],
)
def test_a_bad_cell_leaves_its_row_out_and_is_named(column, value, message):
    facilities, problems = check(with_cell(NORTH, column, value), SOUTH)

    assert problems == [Problem(2, column, message, True)]
    assert [facility.name1 for facility in facilities] == ["Root South"]


def test_an_unknown_code_is_named_and_the_row_goes_in_without_it():
    (facility,), problems = check(with_cell(NORTH, "service_code_info", "SA * QQQ * OP"))

    assert problems == [Problem(2, "service_code_info", "“QQQ” is not a service code of the key.", False)]
    assert facility.codes == ["SA", "OP"]


def test_a_missing_phone_is_no_fault():
    (facility,), problems = check(WEST)

    assert (facility.phones, problems) == ([], [])


@pytest.mark.parametrize(
    ("typed", "phones"),
    [
        ("860-555-0102 x7", [["860-555-0102", "7", "main"]]),
        ("(860) 555-0102 ext. 7", [["860-555-0102", "7", "main"]]),
        ("+1 860 555 0102", [["860-555-0102", "", "main"]]),
        ("8605550102", [["860-555-0102", "", "main"]]),
    ],
)
def test_phones_are_split_from_their_extension(typed, phones):
    (facility,), _problems = check(with_cell(SOUTH, "phone", typed))

    assert facility.phones == phones


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


def test_keys_do_not_depend_on_the_order_the_case_or_the_spaces_of_rows():
    (first, second), _ = check(NORTH, SOUTH)
    (other_second, other_first), _ = check(with_cell(SOUTH, "name1", "ROOT  south"), NORTH)

    assert (first.key, second.key) == (other_first.key, other_second.key)
    assert first.key != second.key


def test_two_programs_with_one_name_and_address_stay_two_and_a_repeated_row_goes_in_once():
    twin = with_cell(NORTH, "phone", "860-555-0199")

    facilities, problems = check(NORTH, twin, NORTH)
    reordered, _ = check(twin, NORTH)

    assert [facility.number for facility in facilities] == [2, 3]
    assert {facility.key for facility in facilities} == {facility.key for facility in reordered}
    assert problems == [Problem(4, "name1", "This row repeats an earlier one.", True)]
