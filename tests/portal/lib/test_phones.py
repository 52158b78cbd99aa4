import pytest
from django.core.exceptions import ValidationError

from portal.lib import phones


@pytest.mark.parametrize(
    ("number", "extension", "tel", "display"),
    [
        ("860-555-0100", "", "tel:+1-860-555-0100", "(860) 555-0100"),
        ("(860) 555 0100", "123", "tel:+1-860-555-0100;ext=123", "(860) 555-0100"),
        ("1-800-662-4357", "", "tel:+1-800-662-4357", "(800) 662-4357"),
        ("911", "", "tel:911", "911"),
        ("988", "", "tel:988", "988"),
    ],
)
def test_a_number_becomes_a_link_and_reads_as_people_write_it(number, extension, tel, display):
    assert phones.tel(number, extension) == tel
    assert phones.display(number) == display


@pytest.mark.parametrize(
    ("number", "expected"), [("988", True), ("call 988", True), ("888-CALL-NOW", False), ("(888) CALL NOW", False)]
)
def test_a_number_spelt_in_letters_is_not_taken_for_the_short_code_it_begins_with(number, expected):
    assert phones.is_short(number) is expected
    assert (len(phones.tel(number)) == len("tel:988")) is expected


@pytest.mark.parametrize("number", ["", "abc", "12345", "555-0100", "860-555-01000", "+44 20 7946 0000 0000", "\x00"])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(ValidationError):
        phones.validate(number)
