"""Test the acceptance cases of what leaves the screen, by their ids, with their fixtures and their day."""

import re
from html import unescape

import pytest
from django.conf import settings

from portal.overdose import actions as overdose

pytestmark = pytest.mark.django_db
LISTED = ["R1", "R2", "R3", "R8", "R9"]


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.mark.parametrize("path", ["/en/compare/", "/es/comparar/"])
def test_a24_four_places_stand_side_by_side_and_a_fifth_is_refused_with_a_message(client, listings, path):
    codes = [listings[name].short_code for name in LISTED]

    four = client.get(path, {"ids": codes[:4]})
    five = client.get(path, {"ids": codes})

    columns = [re.findall(r'<th scope="col">\s*<a [^>]+>([^<]+)<', page.content.decode()) for page in (four, five)]
    assert columns == [["OTP North", "OTP South", "Office Bup", "OTP East"]] * 2
    said = {"/en/compare/": "There is room for 4 places.", "/es/comparar/": "Hay espacio para 4 lugares."}[path]
    assert [said in text_of(page) for page in (four, five)] == [False, True]


def test_a24_the_comparison_is_printable_without_what_only_a_screen_needs(client, listings):
    response = client.get("/en/compare/", {"ids": [listings[name].short_code for name in ("R1", "R2")]})

    links = re.findall(r'class="compare__away( no-print)?"', response.content.decode())
    assert links == [" no-print", " no-print"]


def test_a25_the_spanish_sheet_has_all_that_a_visitor_takes_along_and_nothing_to_fill_in(client, listings):
    overdose.load_starter()
    codes = [listings[name].short_code for name in ("R1", "R2")]

    response = client.get("/es/imprimir/", {"ids": ",".join(map(str, codes))})

    html = response.content.decode()
    sheet = re.search(r'<article class="sheet" lang="es".*</article>', html, re.S).group()
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", sheet)).split())
    assert re.findall(r'<h3 id="place-\d+">([^<]+)</h3>', sheet) == ["OTP North", "OTP South"]
    assert text.count("1 Main Street, Hartford, CT 06112") == 2
    assert text.count("(860) 555-0100") == 2
    assert text.count("Horario") == 2
    assert ("21 de noviembre de 2026" in text, "11 de noviembre de 2026" in text) == (True, True)
    assert "Impreso el 1 de diciembre de 2026" in text
    assert "Hola. Busco tratamiento por consumo de opioides." in text
    assert all(f"/h/{code}-es " in f"{text} " for code in codes)
    assert re.findall(r"<(?:nav|form|input|select|textarea|button)\b", sheet) == []
    assert re.findall(r'<input[^>]+type="(?!hidden|radio)', html) == []


def test_a23_the_picture_of_where_comes_after_the_list_and_asks_nobody(client, listings):
    response = client.get("/en/find/", {"q": "methadone near 06112"})

    html = response.content.decode()
    assert 0 < html.index("OTP East") < html.index('id="where-they-are"')
    assert (
        re.findall(r'(?:src|href)="(?:https?:)?//(?!www\.weather\.gov|testserver)[^"]*(?:tile|map)[^"]*"', html) == []
    )
    assert re.findall(r"<li><strong>(\d+)</strong> ([^:]+): ([^<]+)</li>", html) == [
        ("1", "OTP North", "0.2 miles west of 06112"),
        ("2", "OTP South", "3.6 miles south of 06112"),
        ("3", "OTP East", "8.9 miles east of 06112"),
    ]


def test_a23_the_picture_is_plain_data_of_this_repository():
    shapes = settings.BASE_DIR / "resources" / "data" / "ct_regions.json"

    assert 0 < shapes.stat().st_size <= 15_000
