"""Parse, check and write North American telephone numbers, short codes included."""

from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

REGION = "US"
COUNTRY_CODE = 1  # the North American Numbering Plan
MAX_SHORT_CODE_DIGITS = 3


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())


def is_short(number: str) -> bool:
    """Say whether the number is a short code such as 911, 988 or 211; 888-CALL-NOW is none, though it has 3 digits."""
    if len(_digits(number)) > MAX_SHORT_CODE_DIGITS:
        return False
    return not any(map(str.isalpha, number)) or not _is_whole(number)


def _is_whole(number: str) -> bool:
    try:
        parse(number)
    except ValidationError:
        return False
    return True


def parse(number: str) -> phonenumbers.PhoneNumber:
    """Return the parsed number with its extension.

    Raises `ValidationError` for anything but a possible North American number.
    """
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(_("Enter a phone number with 10 digits, like 860-555-0100."), code="phone") from error
    possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
    if parsed.country_code != COUNTRY_CODE or not possible:
        raise ValidationError(_("Enter a phone number with 10 digits, like 860-555-0100."), code="phone")
    return parsed


def validate(number: str) -> None:
    """Raise `ValidationError` unless the number is a short code or a possible number."""
    if not (is_short(number) and _digits(number)):
        parse(number)


@lru_cache(maxsize=4096)
def tel(number: str, extension: str = "") -> str:
    """Return the `tel:` address of RFC 3966: `tel:+18605550100;ext=12`, or `tel:911` for a short code."""
    if is_short(number):
        return f"tel:{_digits(number)}"
    parsed = parse(number)
    if extension:
        parsed.extension = extension
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.RFC3966)


@lru_cache(maxsize=4096)
def display(number: str) -> str:
    """Return the number as people in the United States read it: (860) 555-0100."""
    if is_short(number):
        return number
    return phonenumbers.format_number(parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)
