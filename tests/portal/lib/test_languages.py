import datetime

import pytest
from django.utils import translation

from portal.lib import languages


def test_columns_stand_side_by_side():
    assert languages.columns("title", "body") == ("title_en", "title_es", "body_en", "body_es")
    assert languages.rows("title") == [("title_en", "title_es")]


def test_a_third_language_is_a_setting_alone(settings):
    settings.LANGUAGES = [("en", "English"), ("es", "Spanish"), ("pt-br", "Portuguese")]

    assert languages.columns("title") == ("title_en", "title_es", "title_pt_br")
    assert languages.others("es") == ["en", "pt-br"]
    assert languages.name("pt-br").startswith("Português")


def test_a_language_that_is_not_ours_counts_as_the_source_language():
    with translation.override("fr"):
        assert languages.current() == "en"


@pytest.mark.parametrize(("language", "text"), [("en", "November 21, 2026"), ("es", "21 de noviembre de 2026")])
def test_a48_a_day_is_written_as_the_language_writes_it(language, text):
    assert languages.long_date(datetime.date(2026, 11, 21), language) == text


@pytest.mark.parametrize(("language", "text"), [("en", "6:00 AM"), ("es", "6:00 a.\u00a0m.")])
def test_a48_a_time_is_written_as_united_states_readers_of_the_language_write_it(language, text):
    assert languages.clock_time(datetime.time(6, 0), language) == text
