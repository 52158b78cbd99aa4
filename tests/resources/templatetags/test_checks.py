"""Test the one wording of how far a listing can be trusted."""

import datetime

import pytest
from django.utils.translation import override

from resources.freshness import check
from resources.templatetags.checks import check_line, check_words

TODAY = datetime.date(2026, 12, 1)
FIELDS = ["phone", "hours"]


def ago(days):
    return TODAY - datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (check(None, TODAY), "From SAMHSA’s 2022 list. We have not called. Call first."),
        (
            check(None, TODAY, is_unanswered=True),
            "From SAMHSA’s 2022 list. We called and could not check it. Call first.",
        ),
        (
            check(ago(10), TODAY, "phone", FIELDS),
            "Checked by the department by phone on November 21, 2026: phone, hours.",
        ),
        (
            check(ago(70), TODAY, "visit", FIELDS),
            "Checked by the department in person on September 22, 2026: phone, hours.",
        ),
        (
            check(ago(10), TODAY, "phone", FIELDS, is_unanswered=True),
            "Checked by the department by phone on November 21, 2026: phone, hours. "
            "We called again and could not check it.",
        ),
        (check(ago(100), TODAY, "phone", FIELDS), "Not checked since August 23, 2026. Call first."),
        (
            check(ago(181), TODAY, "phone", FIELDS),
            "Not checked since June 3, 2026, so it is no longer in our list. Call first.",
        ),
        (check(ago(181), TODAY, "phone", FIELDS, stays_listed=True), "Not checked since June 3, 2026. Call first."),
        (
            check(ago(10), TODAY, "phone", FIELDS, withdrawn_on=ago(1)),
            "We took this place off our list on November 30, 2026, because our calls did not reach it. "
            "Call another place.",
        ),
    ],
)
def test_each_state_has_its_sentence_and_the_notice_says_the_same(said, words):
    assert check_words(said, "SAMHSA", 2022) == words
    assert check_line(said, "SAMHSA", 2022).removesuffix("</p>").endswith(f"</svg> {words}")


@pytest.mark.parametrize(
    ("is_unanswered", "words"),
    [
        (False, "Not checked by the department yet. Call first."),
        (True, "We called and could not check it. Call first."),
    ],
)
def test_a_listing_of_no_list_says_only_whether_we_called(is_unanswered, words):
    assert check_words(check(None, TODAY, is_unanswered=is_unanswered)) == words


def test_the_words_are_those_of_the_language_and_are_not_mixed_up_by_the_cache():
    said = check(ago(10), TODAY, "phone", FIELDS)
    english = check_words(said)

    with override("es"):
        spanish = check_words(said)

    assert "21 de noviembre de 2026" in spanish
    assert check_words(said) == english


def test_what_comes_from_a_record_is_escaped():
    assert "<b>" not in check_line(check(None, TODAY), "<b>A list</b>", 2022)
