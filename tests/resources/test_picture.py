"""Test the drawing of where places are."""

import re

import pytest
from django.template.loader import render_to_string

from resources.picture import HEIGHTS, RADIUS, WIDTH, Dot, Mark, draw

HARTFORD = Mark("06112", 41.79, -72.696)
NORTH = Dot(1, "North Clinic", 41.7905, -72.699)
SOUTH = Dot(2, "South Clinic", 41.74, -72.68)
EAST = Dot(3, "East Clinic", 41.776, -72.524)
BOSTON = Dot(4, "Boston Clinic", 42.36, -71.06)


def test_the_words_say_how_far_and_in_which_direction_from_the_place_that_was_named():
    picture = draw([NORTH, SOUTH, EAST], HARTFORD)

    assert [(dot.number, dot.words) for dot in picture.dots] == [
        (1, "0.2 miles west of 06112"),
        (2, "3.6 miles south of 06112"),
        (3, "8.9 miles east of 06112"),
    ]


def test_without_a_place_the_words_name_the_nearest_town():
    picture = draw([SOUTH, EAST])

    assert [dot.words for dot in picture.dots] == ["1.8 miles south of Hartford", "1.0 miles north of Manchester"]


@pytest.mark.parametrize(
    "dots",
    [[], [NORTH], [NORTH, BOSTON], [BOSTON, BOSTON]],
    ids=["none", "one", "one in Connecticut", "none in Connecticut"],
)
def test_fewer_than_two_places_in_connecticut_are_not_drawn(dots):
    assert draw(dots, HARTFORD) is None


def test_a_place_in_another_state_is_left_out_of_the_drawing():
    picture = draw([NORTH, SOUTH, BOSTON])

    assert [dot.number for dot in picture.dots] == [1, 2]


def test_a_visitor_elsewhere_is_not_drawn_and_the_words_name_towns():
    picture = draw([SOUTH, EAST], Mark("Boston", BOSTON.latitude, BOSTON.longitude))

    assert (picture.origin, picture.point) == (None, None)
    assert picture.dots[0].words == "1.8 miles south of Hartford"


def test_north_is_up_and_east_is_right_and_everything_is_inside():
    picture = draw([NORTH, SOUTH, EAST], HARTFORD)

    north, south, east = picture.dots
    assert north.point[1] < south.point[1]
    assert south.point[0] < east.point[0]
    assert all(RADIUS <= dot.x <= WIDTH - RADIUS and RADIUS <= dot.y <= picture.height - RADIUS for dot in picture.dots)
    assert HEIGHTS[0] <= picture.height <= HEIGHTS[1]


def test_places_at_one_address_have_their_numbers_beside_each_other():
    picture = draw([NORTH._replace(number=number) for number in range(1, 6)])

    spots = [(dot.x, dot.y) for dot in picture.dots]
    gaps = [
        max(abs(x - other_x), abs(y - other_y))
        for number, (x, y) in enumerate(spots)
        for other_x, other_y in spots[number + 1 :]
    ]
    assert min(gaps) >= 2 * RADIUS
    assert len({dot.point for dot in picture.dots}) == 1


@pytest.mark.parametrize("latitude, longitude", [(41.31, -72.92), (41.02, -73.63), (42.03, -71.81), (41.35, -72.1)])
def test_the_corners_and_the_coast_of_the_state_are_in_connecticut(latitude, longitude):
    assert draw([Dot(1, "A", latitude, longitude), NORTH]) is not None


@pytest.mark.parametrize("latitude, longitude", [(42.1, -72.59), (41.82, -71.41), (40.76, -73.97), (0, 0), (90, 180)])
def test_neighbours_are_not_in_connecticut(latitude, longitude):
    assert draw([Dot(1, "A", latitude, longitude), NORTH]) is None


def test_the_same_places_give_the_same_drawing():
    assert draw([NORTH, SOUTH, EAST], HARTFORD) == draw([NORTH, SOUTH, EAST], HARTFORD)


def test_the_page_has_the_drawing_named_for_screen_readers_and_the_same_in_words():
    html = render_to_string("resources/_picture.html", {"picture": draw([NORTH, SOUTH, EAST], HARTFORD)})

    assert re.findall(r'role="img" aria-label="([^"]+)"', html) == [
        "A drawing of where the places are. The list below says the same."
    ]
    assert re.findall(r"<li><strong>(\d+)</strong> ([^:]+): ([^<]+)</li>", html) == [
        ("1", "North Clinic", "0.2 miles west of 06112"),
        ("2", "South Clinic", "3.6 miles south of 06112"),
        ("3", "East Clinic", "8.9 miles east of 06112"),
    ]
    assert re.findall(r"dy=\"4\">(\d+)</text>", html) == ["1", "2", "3"]


def test_a_name_from_a_list_is_no_markup():
    dots = [NORTH._replace(name="<b>&"), SOUTH]

    html = render_to_string("resources/_picture.html", {"picture": draw(dots, HARTFORD._replace(label="<i>"))})

    assert "&lt;b&gt;&amp;" in html
    assert re.findall("<[bi]>", html) == []


def test_nothing_to_draw_leaves_nothing_on_the_page():
    assert render_to_string("resources/_picture.html", {"picture": None}).strip() == ""
