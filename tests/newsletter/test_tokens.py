from datetime import timedelta

import pytest

from newsletter import tokens


@pytest.mark.parametrize(
    ("make", "read"),
    [
        (tokens.confirm_token, tokens.read_confirm),
        (tokens.leave_token, tokens.read_leave),
        (tokens.preferences_token, tokens.read_preferences),
    ],
)
def test_a_token_is_read_back_and_no_bit_of_it_may_differ(make, read):
    token = make(42)

    assert read(token) == 42
    for place in range(len(token)):
        for bit in range(7):
            spoilt = token[:place] + chr(ord(token[place]) ^ (1 << bit)) + token[place + 1 :]
            with pytest.raises(tokens.InvalidLinkError):
                read(spoilt)


def test_a_confirm_token_works_for_seven_days(fixed_day):
    token = tokens.confirm_token(42)

    fixed_day.shift(timedelta(days=7))
    assert tokens.read_confirm(token) == 42
    fixed_day.shift(timedelta(seconds=2))
    with pytest.raises(tokens.ExpiredLinkError):
        tokens.read_confirm(token)


def test_a_leave_token_works_for_ever_and_through_a_change_of_secret_key(fixed_day, settings):
    leave, confirm = tokens.leave_token(42), tokens.confirm_token(42)

    settings.SECRET_KEY = "another key of at least fifty characters, and then some"
    fixed_day.shift(timedelta(days=4000))

    assert tokens.read_leave(leave) == 42
    with pytest.raises(tokens.InvalidLinkError):
        tokens.read_confirm(confirm)


def test_a_confirm_token_of_the_key_before_works_while_that_is_listed(settings):
    confirm = tokens.confirm_token(42)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of at least fifty characters, and then some"

    assert tokens.read_confirm(confirm) == 42


def test_a_token_holds_at_least_128_bits_that_nobody_can_guess():
    assert len(tokens.leave_token(42).rpartition(".")[2]) >= 22


def test_a_test_mail_s_tokens_stand_for_nobody():
    assert tokens.read_leave(tokens.leave_token(tokens.TEST)) is None
    assert tokens.read_preferences(tokens.preferences_token(tokens.TEST)) is None


def test_the_hash_of_an_address_depends_on_the_key(settings):
    before = tokens.address_hash("ana@example.org")

    settings.HASH_KEY = "x" * 50

    assert before != tokens.address_hash("ana@example.org")
