import logging
import sys

from portal.lib.logs import WithoutPerson


def test_an_error_keeps_its_type_and_place_and_loses_what_was_typed():
    try:
        raise ValueError("zzsecretterm")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "Error at %s", ("/en/find/",), sys.exc_info())

    assert WithoutPerson().filter(record)

    line = logging.Formatter().format(record)
    assert "ValueError" in line
    assert "test_logs.py" in line
    assert "zzsecretterm" not in line.replace('raise ValueError("zzsecretterm")', "")
