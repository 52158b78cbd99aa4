"""Test filters and their counts."""

from resources.samhsa import codes
from resources.search import facets, tags

ROWS = [
    frozenset(tags.numbers(words))
    for words in (
        ["medicaid", "methadone", "outpatient"],
        ["buprenorphine", "medicaid", "residential"],
        ["buprenorphine", "outpatient", "self-pay"],
        ["outpatient", "overdose-education"],
    )
]


def chosen(*words):
    return facets.as_numbers(facets.read(words))


def test_only_words_that_can_be_filtered_by_are_read():
    read = facets.read(
        ["methadone", "buprenorphine", "medicaid", "walk_in-yes", "walk_in-maybe", "overdose-education", "' OR 1=1"]
    )

    assert read == {
        "medication": {"methadone", "buprenorphine"},
        "payment": {"medicaid"},
        "walk_in": {"walk_in-yes"},
    }


def test_what_is_chosen_is_bounded():
    assert sum(map(len, facets.read([f"kind-{number}" for number in range(500)]).values())) == facets.MOST


def test_any_choice_inside_a_facet_and_every_facet_must_be_met():
    wanted = chosen("methadone", "buprenorphine", "medicaid")

    assert [facets.failing(row, wanted) for row in ROWS] == [[], [], ["payment"], ["medication", "payment"]]


def test_a_facets_own_choice_does_not_limit_its_counts():
    counts = facets.count(ROWS, chosen("methadone"))

    assert counts == {tags.number(word): count for word, count in [
        ("methadone", 1), ("medicaid", 1), ("outpatient", 1), ("buprenorphine", 2)
    ]}  # fmt: skip


def test_no_option_is_shown_that_no_listing_has_unless_it_is_chosen():
    counts = {tags.number("methadone"): 2}

    options = facets.options(counts, facets.read(["residential"]), "es", {})

    assert options == [
        ("medication", [facets.Option("methadone", "Metadona", 2, False)]),
        ("care", [facets.Option("residential", "Tratamiento residencial", 0, True)]),
    ]


def test_who_told_nothing_is_counted_beside_those_who_did():
    counts = facets.with_unknown({tags.number("walk_in-yes"): 2, tags.number("walk_in-no"): 1}, {}, total=10)

    options = dict(facets.options(counts, {}, "en", {}))

    assert [(option.word, option.count) for option in options["walk_in"]] == [
        ("walk_in-yes", 2),
        ("walk_in-no", 1),
        ("walk_in-unknown", 7),
    ]


def test_a_question_that_nobody_was_asked_is_no_filter():
    assert facets.options(facets.with_unknown({}, {}, total=10), {}, "en", {}) == []


def test_every_known_word_has_a_number_of_its_own_with_its_facet():
    words = [*codes.load_claims(), *codes.load(), tags.SPANISH_BY_INTERPRETER]
    words += [f"{field}-{answer}" for field in tags.ANSWERS for answer in ("yes", "no", "unknown")]

    numbers = {tags.number(word): word for word in words}

    assert len(numbers) == len(set(words))
    assert max(numbers) < 2**31
    counted = {number: word for number, word in numbers.items() if number < tags.UNCOUNTED}
    assert {word: number >> tags.SHIFT for number, word in counted.items()} == {
        word: tags.place_of(tags.facet_of(word)) for word in words if tags.facet_of(word)
    }
    assert {chr(number).encode().decode() for number in counted} == set(map(chr, counted))
