import pytest

from portal.editorial import gates
from portal.editorial.gates import Lists, Part, Text
from portal.editorial.models import AvoidedWord, ReadingName

NOTHING = Lists((), ())


def text(*words, language="en", known=NOTHING, is_html=True, **options):
    """Return a page whose parts say these words."""
    parts = [Part(f"Part {number}", said, f"body_{number}", number, is_html) for number, said in enumerate(words)]
    return Text(language, parts, known, **options)


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        ("<p>One.</p><p>Two.</p>", ["One.", "Two."]),
        ("<p>One:</p><ul><li><p>Two</p></li><li>Three</li></ul>", ["One:", "Two", "Three"]),
        ("<h3>One</h3><p>Two<br>three</p><p></p>", ["One", "Two three"]),
        ("<table><tr><th>One</th><td><p>Two</p></td></tr></table><p>Three</p>", ["One", "Two", "Three"]),
        ("<p>One &amp; <strong>two</strong></p>", ["One & two"]),
    ],
)
def test_a_text_is_split_into_the_blocks_that_staff_see(html, blocks):
    assert [block.words for block in Part("", html, "").blocks] == blocks


@pytest.mark.parametrize(
    "html",
    [
        "<p>It can include:</p>",
        "<p>It can include:</p><h3>Costs</h3>",
        "<p>It can include:</p><ul></ul>",
        "<p>It can include:</p><p> </p>",
        "<ul><li><p>It can include:</p></li></ul>",
    ],
)
def test_a_lead_in_with_nothing_after_it_is_named(html):
    found = list(gates.empty_lead_ins(text(html)))

    assert [problem.message for problem in found] == [
        "Paragraph 1 of “Part 0” (“It can include…”) ends with a colon, and nothing follows. "
        "Write what it promises, or end it."
    ]
    assert (found[0].anchor, found[0].is_warning) == ("sections-0", False)


@pytest.mark.parametrize(
    "html",
    [
        "<p>It can include:</p><ul><li><p>Costs</p></li></ul>",
        "<p>It can include:</p><table><tr><td>Costs</td></tr></table>",
        "<p>Call:</p><p>Today.</p>",
        "<ul><li><p>It can include:</p><ul><li>Costs</li></ul></li></ul>",
        "<p>Ratio 2:1 is fine.</p>",
    ],
)
def test_a_lead_in_that_leads_somewhere_is_not(html):
    assert list(gates.empty_lead_ins(text(html))) == []


def test_only_the_last_of_plain_lines_may_not_lead_to_nothing():
    found = list(gates.empty_lead_ins(text("Bring:\nYour card\nThen:", is_html=False)))

    assert [problem.message[:11] for problem in found] == ["Paragraph 3"]


@pytest.mark.parametrize(
    ("image", "is_named"),
    [('<img src="a.png">', True), ('<img src="a.png" alt="">', True), ('<img alt="A map" src="a.png">', False)],
)
def test_a_picture_without_words_is_named(image, is_named):
    found = list(gates.missing_alts(text(f"<p>Go.</p>{image}")))

    assert bool(found) is is_named


HARD = "<p>Pharmacological interventions necessitate comprehensive multidisciplinary collaboration throughout.</p>"
HARD_ES = "<p>Las intervenciones farmacológicas requieren colaboración multidisciplinaria individualizada.</p>"


@pytest.mark.parametrize(("language", "hard", "name"), [("en", HARD, "Flesch-Kincaid"), ("es", HARD_ES, "INFLESZ")])
def test_a_text_too_hard_names_the_measure_and_its_hardest_paragraph(language, hard, name):
    found = list(gates.reading_level(text(f"<p>Vaya.</p>{hard}", language=language)))

    assert len(found) == 1
    assert name in found[0].message
    assert "Hardest: Paragraph 2 of “Part 0” (“" in found[0].message


@pytest.mark.parametrize("options", [{"is_graded": False}, {"language": "fr"}])
def test_a_text_for_professionals_and_a_language_without_a_measure_are_not_graded(options):
    assert list(gates.reading_level(text(HARD, **options))) == []


def test_an_emergency_page_must_be_easier():
    # By hand: 17 words, 1 sentence, 22 syllables: 0.39 * 17 + 11.8 * 22 / 17 - 15.59 = 6.31.
    words = "<p>The nurse at the clinic will ask about your health and the medicines that you take today.</p>"

    calm = list(gates.reading_level(text(words)))
    urgent = list(gates.reading_level(text(words, is_emergency=True)))

    assert (calm, "6.3 and may be at most 6" in urgent[0].message) == ([], True)


def test_an_emergency_page_must_be_easier_in_spanish_too():
    # By hand: 9 words, 1 sentence, 18 syllables: 206.835 - 62.3 * 18 / 9 - 9 = 73.2; with "conversemos", 20: 59.4.
    words = "<p>Hable con la enfermera de la clínica esta semana.</p>"

    calm = list(gates.reading_level(text(words, language="es", is_emergency=True)))
    urgent = list(gates.reading_level(text(words.replace("Hable", "Conversemos"), language="es", is_emergency=True)))

    assert (calm, "59.4 and must be at least 65" in urgent[0].message) == ([], True)


def test_names_on_the_list_count_as_one_easy_word():
    words = "<p>Take buprenorphine. Keep buprenorphine. Ask for buprenorphine.</p>"

    without = list(gates.reading_level(text(words)))
    known = list(gates.reading_level(text(words, known=Lists(("Buprenorphine",), ()))))

    assert (len(without), known) == (1, [])


def test_what_tokens_stand_for_is_read_too():
    easy = list(gates.reading_level(text("<p>Go {fact:x}.</p>", spoken=lambda words: words.replace("{fact:x}", "now"))))
    hard = list(gates.reading_level(text("<p>Go {fact:x}.</p>", spoken=lambda words: words.replace("{fact:x}", HARD))))

    assert (easy, len(hard)) == ([], 1)


@pytest.mark.django_db
def test_the_lists_are_read_in_two_queries(django_assert_num_queries):
    ReadingName.objects.bulk_create([ReadingName(text="Narcan"), ReadingName(text="Access Line")])
    word = AvoidedWord.objects.create(language="en", words="addict", instead="person")

    with django_assert_num_queries(2):
        known = gates.lists(["naltrexone"])

    assert known == Lists(("Narcan", "Access Line", "naltrexone"), (word,))
