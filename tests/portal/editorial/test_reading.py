import pytest

from portal.editorial import reading
from portal.editorial.reading import Counts

# (text, language, counted by hand). Behind each sentence: its words, and the syllables of each word in turn.
PASSAGES = [
    (
        "You are not alone. "  # 4 words: 1 1 1 2 = 5
        "Many people get well with the right help. "  # 8 words: 2 2 1 1 1 1 1 1 = 10
        "Call us and ask a nurse about your options today.",  # 10 words: 1 1 1 1 1 1 2 1 2 2 = 13
        "en",
        Counts(3, 22, 28),
    ),
    (
        "Usted no está solo. "  # 4 words: 2 1 2 2 = 7
        "Muchas personas mejoran con la ayuda correcta. "  # 7 words: 2 3 3 1 1 3 3 = 16
        "Llame hoy y pregunte por una cita.",  # 7 words: 2 1 1 3 1 2 2 = 12
        "es",
        Counts(3, 18, 35),
    ),
    (
        "<h3>Where to go</h3>"  # 3 words: 1 1 1 = 3
        "<p>Go with a friend [CDC-OUD, 988].</p>"  # 4 words: 1 1 1 1 = 4
        "<ul><li>a clinic</li><li>your own doctor&rsquo;s office</li></ul>",  # 2: 1 2 = 3; 4: 1 1 2 2 = 6
        "en",
        Counts(4, 13, 16),
    ),
    (
        "<p>La metadona ayuda [SORDO2017].</p>"  # 3 words: 1 2(name) 3 = 6
        "<ol><li>Llame al 1-800-662-4357.</li>"  # 3 words: 2 1 2(number) = 5
        "<li>El Dr. Ruiz abre a las 6 a. m. los lunes</li></ol>",  # 11: 1 2(D-r) 1 2 1 1 2(digit) 1 1 1 2 = 15
        "es",
        Counts(3, 17, 26),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "language", "expected"), PASSAGES)
def test_a_passage_counts_as_counted_by_hand(text, language, expected):
    assert reading.count(text, language) == expected


def test_scores_follow_the_published_formulas():
    english, spanish = PASSAGES[0], PASSAGES[1]

    scores = [round(reading.score(text, language), 2) for text, language, _counts in (english, spanish)]

    # 0.39 * 22/3 + 11.8 * 28/22 - 15.59 and 206.835 - 62.3 * 35/18 - 18/3
    assert scores == [2.29, 79.7]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call now! Is she breathing? Yes.", 3),
        ("Dr. Díaz and Mrs. Ortiz came at 6 p.m. to help", 1),
        ("About 0.2 miles, or 1,234 steps. Then left.", 2),
        ("One\n\nTwo\n\nThree", 3),
        ("One line\ngoes on here", 1),
        ("<p>Ask:</p><ul><li>who</li><li>when</li></ul>", 3),
        ("¿Respira? ¡Llame al 911! (Ya.) «Bien.» Fin", 5),
        ("See hartford.gov and liveloud.org for more", 1),
        ("Wait… then go.", 2),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text, expected):
    assert len(reading.sentences(text)) == expected


def test_citations_are_not_words():
    assert reading.sentences("It helps [SORDO2017, SANTO2021]. So does time [988].") == [
        ["It", "helps"],
        ["So", "does", "time"],
    ]


def test_a_name_of_several_words_counts_as_one_word_of_two_syllables():
    counts = reading.count(
        "Buprenorphine in Maple Grove Clinic's office", "en", names=["buprenorphine", "Maple Grove Clinic"]
    )

    assert counts == Counts(1, 4, 2 + 1 + 2 + 2)


def test_without_names_each_word_counts_as_it_is():
    assert reading.count("Naloxone", "en", names=()) == Counts(1, 1, 3)


@pytest.mark.parametrize("text", ["", "  ", "<p></p>", "…", "[CDC-OUD]"])
def test_a_text_without_words_has_no_score_and_passes(text):
    assert (reading.score(text, "en"), reading.passes(text, "en")) == (None, True)


def test_a_language_without_a_measure_has_no_score_and_passes():
    assert (reading.score("Pomoc jest blisko.", "pl"), reading.passes("Pomoc jest blisko.", "pl")) == (None, True)


@pytest.mark.parametrize(
    ("language", "value", "emergency", "expected"),
    [
        ("en", 8.0, False, True),
        ("en", 8.1, False, False),
        ("en", 6.0, True, True),
        ("en", 6.1, True, False),
        ("es", 60.0, False, True),
        ("es", 59.9, False, False),
        ("es", 65.0, True, True),
        ("es", 64.9, True, False),
    ],
)
def test_limits_are_stricter_in_an_emergency(language, value, emergency, expected):
    assert reading.MEASURES[language].allows(value, emergency=emergency) is expected


def test_hard_texts_are_refused():
    english = "Pharmacological interventions demonstrably ameliorate mortality among individuals with dependence."
    spanish = "Las intervenciones farmacológicas especializadas disminuyen significativamente la mortalidad asociada."

    assert [reading.passes(english, "en"), reading.passes(spanish, "es")] == [False, False]


@pytest.mark.parametrize("text", ["<p>unclosed <b", "a < b & c", "\x00", "<" * 5000, "é" * 5000, "a." * 5000])
def test_broken_text_is_measured_without_an_error(text):
    assert isinstance(reading.passes(text, "en"), bool)
