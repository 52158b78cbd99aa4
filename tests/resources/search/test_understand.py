"""Test what typed text is taken to mean."""

import time

import pytest

from resources.geo import Spot
from resources.search.understand import split, understand
from resources.search.vocabulary import Meaning, Vocabulary

HOME = Spot("Home", "CT", 41.79, -72.69)
ZIPS = {"06112": Spot("06112", "CT", 41.79, -72.696)}
HARTFORD, HARTFORD_KY = Spot("Hartford, CT", "CT", 41.76, -72.68), Spot("Hartford, KY", "KY", 37.4, -86.9)
SPRINGFIELD = {
    state: Spot(f"Springfield, {state}", state, 42.1, longitude) for state, longitude in (("MA", -72.5), ("IL", -89.6))
}
NEW_LONDON = Spot("New London, CT", "CT", 41.35, -72.1)
TOWNS = {"hartford": {"CT": HARTFORD, "KY": HARTFORD_KY}, "new london": {"CT": NEW_LONDON}, "springfield": SPRINGFIELD}


def meaning(code, kind="need"):
    return Meaning(code, kind, (code,), (), (("en", code.title()), ("es", f"{code} es")))


METHADONE, BUPRENORPHINE, SPANISH = meaning("methadone"), meaning("buprenorphine"), meaning("spanish", "qualifier")
VOCABULARY = Vocabulary(
    {
        ("methadone",): METHADONE,
        ("metadona",): METHADONE,
        ("clinica", "de", "metadona"): METHADONE,
        ("suboxone",): BUPRENORPHINE,
        ("suboxone", "doctor"): BUPRENORPHINE,
        ("spanish", "speaking"): SPANISH,
    },
    longest=3,
)


def read(text, is_name=lambda words: False):
    def look_up(zips, towns):
        return {z: ZIPS[z] for z in zips & ZIPS.keys()}, {t: TOWNS[t] for t in towns & TOWNS.keys()}

    return understand(text, VOCABULARY, "en", HOME, look_up, is_name)


def summary(text):
    found = read(text)
    return [meaning.code for meaning in found.meanings], found.spot and found.spot.label, found.rest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ([], None, "")),
        ("metadona cerca de 06112", (["methadone"], "06112", "")),
        ("methadone near 06112", (["methadone"], "06112", "")),
        ("06112 methadone", (["methadone"], "06112", "")),
        ("methadone 06112-1234", (["methadone"], "06112", "")),
        ("methadone 061121234", (["methadone"], "06112", "")),
        ("metadona código postal 06112", (["methadone"], "06112", "")),
        ("metadona cerca del código postal 06112", (["methadone"], "06112", "")),
        ("methadone 06112\u00a0", (["methadone"], "06112", "")),
        ("methadone ０６１１２", (["methadone"], "06112", "")),
        ("suboxone hartford", (["buprenorphine"], "Hartford, CT", "")),
        ("suboxone in Hartford", (["buprenorphine"], "Hartford, CT", "")),
        ("suboxone en Hártford", (["buprenorphine"], "Hartford, CT", "")),
        ("suboxone hartford ky", (["buprenorphine"], "Hartford, KY", "")),
        ("suboxone hartford kentucky", (["buprenorphine"], "Hartford, KY", "")),
        ("suboxone near springfield", (["buprenorphine"], "Springfield, MA", "")),
        ("suboxone springfield il", (["buprenorphine"], "Springfield, IL", "")),
        ("suboxone springfield", (["buprenorphine"], None, "springfield")),
        ("clínica de metadona New London", (["methadone"], "New London, CT", "")),
        ("spanish speaking suboxone doctor hartford", (["spanish", "buprenorphine"], "Hartford, CT", "")),
        ("methadone near me", (["methadone"], None, "")),
        ("metadona cerca de mí", (["methadone"], None, "")),
        ("methadone connecticut", (["methadone"], "Connecticut", "")),
        ("acupuncture 06112", ([], "06112", "acupuncture")),
        ("a clinic open now", ([], None, "")),
        ("-zzz", ([], None, "zzz")),
        ("a & | ! <->", ([], None, "")),
    ],
)
def test_need_place_and_rest_are_told_apart(text, expected):
    assert summary(text) == expected


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("methadone near 00000", "00000"),
        ("methadone near abc", "abc"),
        ("methadone cerca de la xyz", "xyz"),
        ("methadone 99999", "99999"),
        ("methadone near 2540", "2540"),
        ("methadone near 06112", ""),
        ("methadone near", ""),
    ],
)
def test_a_place_that_is_not_known_is_named(text, unknown):
    assert read(text).unknown_place == unknown


def test_a_name_with_a_town_in_it_is_a_name():
    found = read("Hartford Behavioral Methadone", is_name=lambda words: words == "hartford behavioral methadone")

    assert (found.parts, found.spot, found.rest) == ([], None, "Hartford Behavioral Methadone")


def test_each_part_can_be_taken_out_of_the_text():
    found = read("metadona cerca de 06112 acupuntura")

    assert [(part.label, found.text_without(part)) for part in found.parts] == [
        ("Methadone", "cerca de 06112 acupuntura"),
        ("06112", "metadona acupuntura"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\x00b", ["a", "b"]),
        ("\u200b \u3000\t", []),
        ("\u202eabc", ["abc"]),
        ("(" * 5000, []),
        ("%25_\\", ["25"]),
        ("<script>alert(1)</script>", ["script", "alert", "1", "script"]),
        ("' OR '1'='1", ["OR", "1", "1"]),
        ("a" * 100_000, ["a" * 200]),
        ("x or " * 2000, ["x", "or"] * 6),
        ("👩‍👩‍👧" * 50, []),
    ],
)
def test_hostile_text_comes_to_a_few_plain_words(text, words):
    assert split(text) == words


def test_reading_the_worst_text_is_quick():
    started = time.perf_counter()

    read("hartford near " * 50_000)

    assert time.perf_counter() - started < 0.5
