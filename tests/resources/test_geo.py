"""Test distances, boxes and the reading of place names."""

import pytest

from resources import geo
from resources.models import Place

from .factories import PlaceFactory

HARTFORD = (41.79, -72.696)


@pytest.mark.parametrize(
    ("end", "miles"),
    [((41.7905, -72.6990), 0.16), ((41.74, -72.68), 3.55), ((41.776, -72.524), 8.91), (HARTFORD, 0.0)],
)
def test_distance_is_the_haversine_in_miles(end, miles):
    assert round(geo.miles_between(HARTFORD, end), 2) == miles


def test_distance_across_the_date_line_is_the_short_way():
    assert round(geo.miles_between((0, 179.5), (0, -179.5))) == 69


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Metadona", "metadona"),
        ("DESINTOXICACIÓN", "desintoxicacion"),
        ("informacio\u0301n", "informacion"),
        ("\u202eniño\u200b", "nino"),
        ("０６１１２", "06112"),
        ("٠٦١١٢", "06112"),
        ("Straße", "strasse"),
        ("  New \t London ", "new london"),
    ],
)
def test_text_is_folded_for_comparison(text, folded):
    assert geo.fold(text) == folded


@pytest.mark.django_db
def test_nearness_sorts_rows_as_the_distance_does():
    points = [(41.8, -72.7), (41.5, -72.0), (34.0, -118.2), (21.3, -157.9), (13.4, 144.8)]
    for number, (latitude, longitude) in enumerate(points):
        PlaceFactory(zip=f"{number:05d}", latitude=latitude, longitude=longitude)

    ordered = Place.objects.annotate(far=geo.nearness(*HARTFORD)).order_by("far").values_list("zip", flat=True)

    by_distance = sorted(range(len(points)), key=lambda number: geo.miles_between(HARTFORD, points[number]))
    assert list(ordered) == [f"{number:05d}" for number in by_distance]


@pytest.mark.django_db
@pytest.mark.parametrize("centre", [HARTFORD, (89.9, 0.0), (10.0, 179.9), (-89.0, 45.0)])
def test_the_box_holds_every_point_of_the_circle(centre):
    inside = []
    for number, (north, east) in enumerate([(0.5, 0), (-0.5, 0), (0, 0.3), (0, -0.3), (0.3, 0.3)]):
        latitude = max(-90, min(90, centre[0] + north))
        longitude = (centre[1] + east + 180) % 360 - 180
        if geo.miles_between(centre, (latitude, longitude)) <= 50:
            inside.append(PlaceFactory(zip=f"{number:05d}", latitude=latitude, longitude=longitude).zip)

    found = Place.objects.filter(geo.box(*centre, 50)).order_by("zip")

    assert set(inside) <= set(found.values_list("zip", flat=True))


@pytest.mark.django_db
def test_a_town_is_the_middle_of_its_zip_codes_in_each_state(django_assert_num_queries):
    PlaceFactory(zip="06101", city="Hartford", latitude=41.0, longitude=-72.0)
    PlaceFactory(zip="06102", city="Hartford", latitude=42.0, longitude=-73.0)
    PlaceFactory(zip="40320", city="Hartford", state="KY", latitude=37.0, longitude=-86.0)
    PlaceFactory(zip="00601", city="", state="")

    with django_assert_num_queries(1):
        by_zip, by_town = geo.spots({"06101", "99999"}, {"hartford", ""})

    assert by_zip == {"06101": geo.Spot("06101", "CT", 41.0, -72.0)}
    assert by_town == {
        "hartford": {
            "CT": geo.Spot("Hartford, CT", "CT", 41.5, -72.5),
            "KY": geo.Spot("Hartford, KY", "KY", 37.0, -86.0),
        }
    }
