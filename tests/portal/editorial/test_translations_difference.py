from portal.editorial.translations.difference import changed_words, difference, plain, word_count


def test_each_changed_word_stands_as_taken_away_and_added():
    assert difference("Call the clinic today.", "Call your clinic today.") == [
        ("same", "Call"),
        ("del", "the"),
        ("ins", "your"),
        ("same", "clinic today."),
    ]


def test_long_stretches_that_stayed_are_left_out():
    before = "one two three four five six seven eight nine ten eleven twelve thirteen old end"

    assert difference(before, before.replace("old", "new")) == [
        ("same", "… eight nine ten eleven twelve thirteen"),
        ("del", "old"),
        ("ins", "new"),
        ("same", "end"),
    ]


def test_a_change_of_the_formatting_alone_is_no_change_of_words():
    assert difference("<p>Some text.</p>", "<p>Some <strong>text.</strong></p>") == []


def test_words_of_two_paragraphs_do_not_run_together():
    assert plain("<p>First.</p><p>Second &amp; third, 5 < 6.</p>") == "First. Second & third, 5 < 6."


def test_words_are_counted_without_tags():
    assert (word_count("<p>Three short words</p>"), changed_words("a b c", "a d c e")) == (3, 3)
