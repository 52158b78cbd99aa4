"""Test the 95 % interval against values reckoned by hand."""

import pytest

from resources.stats.interval import share


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    [
        (36, 40, (90.0, 76.9, 96.0)),
        (31, 40, (77.5, 62.5, 87.7)),
        (0, 10, (0.0, 0.0, 27.8)),
        (10, 10, (100.0, 72.2, 100.0)),
        (5, 10, (50.0, 23.7, 76.3)),
        (1, 1, (100.0, 20.7, 100.0)),
    ],
)
def test_a_share_has_wilsons_interval(count, total, expected):
    found = share(count, total)

    assert (found.part, found.total) == (count, total)
    assert tuple(round(value, 1) for value in found[2:]) == expected


def test_the_ends_of_the_interval_never_leave_what_is_possible():
    assert all(0 <= share(count, 7).low <= share(count, 7).high <= 100 for count in range(8))


def test_of_nothing_there_is_no_share():
    assert share(0, 0) is None
