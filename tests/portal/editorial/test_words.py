import pytest

from portal.editorial import gates
from portal.editorial.gates import Lists, Part, Text
from portal.editorial.models import AvoidedWord


def warned(words, *, listed, language="en"):
    """Return the words of a text that are warned of."""
    entry = AvoidedWord(language="en", words=listed, instead="person who uses drugs")
    text = Text(language, [Part("Body", words, "body")], Lists((), (entry,)))
    return [problem.message.split("“")[3].split("”")[0] for problem in gates.words_to_avoid(text)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("<p>An addict.</p>", ["addict"]),
        ("<p>ADDICTS and an addict, an addict.</p>", ["ADDICTS", "addict"]),
        ("<p>Addiction is an illness.</p>", []),
        ("<p>non-addict</p>", []),
        ("<p>A drug\n addict.</p>", ["drug addict"]),
    ],
)
def test_whole_words_are_found_in_any_case_and_the_longest_form_wins(words, found):
    assert warned(words, listed="addict\naddicts\ndrug addict") == found


def test_words_of_another_language_are_left_alone():
    assert warned("<p>An addict.</p>", listed="addict", language="es") == []


def test_an_entry_without_forms_finds_nothing():
    assert warned("<p>An addict.</p>", listed=" \n ") == []


def test_signs_that_mean_something_in_patterns_are_only_signs():
    assert warned("<p>A drug addict.</p>", listed="(drug) addict?\n[a-z]+") == []
    assert warned("<p>Take a.b and axb.</p>", listed="a.b") == ["a.b"]
