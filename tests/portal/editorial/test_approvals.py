import datetime

import pytest

from portal.editorial import approvals
from portal.editorial.models import Approval, PendingChange, Removal
from portal.overdose import gates
from portal.overdose.models import Guide, Passage
from tests.portal.overdose.factories import GuideFactory, PassageFactory
from tests.portal.staff import person

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2026, 12, 1, 15, tzinfo=datetime.UTC)


def later(minutes):
    return AT + datetime.timedelta(minutes=minutes)


def rows_of(guide):
    return lambda: gates.page_of(Guide.objects.get(pk=guide.pk))


def approve(guide, language, by, minutes=0):
    read = approvals.seen(approvals.page(rows_of(guide)), language)
    return approvals.approve(rows_of(guide), language=language, by=by, at=later(minutes), read=read)


def live(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def passage():
    return PassageFactory(text_en="<p>Old.</p>", text_es="<p>Viejo.</p>")


@pytest.fixture
def writer():
    return person("publisher", "ana")


@pytest.fixture
def second():
    return person("publisher", "eva")


def test_new_words_wait_and_the_row_keeps_the_old_ones(passage, writer):
    passage.text_en = "<p>New.</p>"

    waits = approvals.save(passage, by=writer, at=AT, is_public=True)

    change = PendingChange.objects.get()
    assert (waits, live(passage).text_en) == (True, "<p>Old.</p>")
    assert (change.values, list(change.authors.all())) == ({"text_en": "<p>New.</p>"}, [writer])


def test_a_row_in_memory_gets_the_waiting_words(passage, writer, django_assert_num_queries):
    passage.text_en = "<p>New.</p>"
    approvals.save(passage, by=writer, at=AT, is_public=True)
    rows = [live(passage), PassageFactory(guide=passage.guide)]

    with django_assert_num_queries(1):
        approvals.propose(rows)

    assert rows[0].text_en == "<p>New.</p>"


def test_both_languages_go_out_together(passage, writer, second):
    passage.text_en = "<p>New.</p>"
    approvals.save(passage, by=writer, at=AT, is_public=True)

    first = approve(passage.guide, "en", second, 1)
    between = live(passage).text_en
    last = approve(passage.guide, "es", second, 2)

    assert (first, between, last, live(passage).text_en) == (False, "<p>Old.</p>", True, "<p>New.</p>")
    assert not PendingChange.objects.exists()
    assert {(approval.language, approval.by) for approval in Approval.objects.all()} == {("en", second), ("es", second)}


def test_who_wrote_any_of_it_approves_none_of_it(passage, writer, second):
    passage.text_en = "<p>New.</p>"
    approvals.save(passage, by=writer, at=AT, is_public=True)
    passage.text_en, passage.text_es = "<p>New.</p>", "<p>Nuevo.</p>"
    approvals.save(passage, by=second, at=later(1), is_public=True)

    for somebody in (writer, second):
        with pytest.raises(approvals.OwnChangeError):
            approve(passage.guide, "es", somebody, 2)

    assert not Approval.objects.exists()


def test_words_that_changed_after_they_were_read_are_not_approved(passage, writer, second):
    read = approvals.seen(approvals.page(rows_of(passage.guide)), "en")
    passage.text_en = "<p>New.</p>"
    approvals.save(passage, by=writer, at=AT, is_public=True)

    with pytest.raises(approvals.TextChangedError):
        approvals.approve(rows_of(passage.guide), language="en", by=second, at=later(1), read=read)


def test_an_approval_before_the_last_change_does_not_count(passage, writer, second):
    passage.text_en = "<p>New.</p>"
    approvals.save(passage, by=writer, at=AT, is_public=True)
    approve(passage.guide, "en", second, 1)
    passage.text_es = "<p>Nuevo.</p>"
    passage.text_en = "<p>New.</p>"
    approvals.save(passage, by=writer, at=later(2), is_public=True)

    approve(passage.guide, "es", second, 3)

    assert live(passage).text_en == "<p>Old.</p>"
    assert approve(passage.guide, "en", second, 4) is True


def test_words_that_were_approved_long_ago_are_approved_anew(passage, writer, second):
    approve(passage.guide, "en", second, 0)
    approve(passage.guide, "es", second, 0)
    for number, words in enumerate(("<p>Wrong.</p>", "<p>Old.</p>")):
        row = live(passage)
        row.text_en = words
        approvals.save(row, by=writer, at=later(10 * number + 1), is_public=True)
        if number == 0:
            approve(passage.guide, "en", second, 2)
            approve(passage.guide, "es", second, 3)

    assert live(passage).text_en == "<p>Wrong.</p>"
    assert PendingChange.objects.get().values == {"text_en": "<p>Old.</p>"}


def test_a_change_that_is_taken_back_is_forgotten(passage, writer):
    passage.text_en = "<p>New.</p>"
    approvals.save(passage, by=writer, at=AT, is_public=True)
    passage.text_en = "<p>Old.</p>"

    waits = approvals.save(passage, by=writer, at=later(1), is_public=True)

    assert (waits, PendingChange.objects.exists()) == (False, False)


def test_a_form_saved_untouched_renews_nothing(passage, writer, second):
    passage.text_en = "<p>New.</p>"
    approvals.save(passage, by=writer, at=AT, is_public=True)
    row = live(passage)
    approvals.propose([row])

    approvals.save(row, by=second, at=later(1), is_public=True)

    change = PendingChange.objects.get()
    assert (change.changed_at, list(change.authors.all())) == (AT, [writer])


def test_what_readers_do_not_rely_on_is_saved_at_once(passage, writer):
    passage.note = "Ask the toxicologist."

    waits = approvals.save(passage, by=writer, at=AT, is_public=True)

    assert (waits, live(passage).note) == (False, "Ask the toxicologist.")


def test_a_new_passage_is_stored_hidden_and_shown_once_it_is_approved(writer, second):
    guide = GuideFactory()
    passage = PassageFactory.build(guide=guide)

    approvals.save(passage, by=writer, at=AT, is_public=True)
    before = live(passage).is_hidden
    approve(guide, "en", second, 1)
    approve(guide, "es", second, 2)

    assert (before, live(passage).is_hidden) == (True, False)


def test_hiding_works_at_once_and_showing_again_needs_a_second_person(passage, writer, second):
    removed = approvals.remove(passage, by=writer, at=AT, note="Wrong dose.")
    again = approvals.remove(passage, by=second, at=AT)
    row = live(passage)
    row.is_hidden = False
    waits = approvals.save(row, by=writer, at=later(1), is_public=True)

    assert (removed, again, waits) == (True, False, True)
    assert live(passage).is_hidden is True
    assert [(one.by, one.note) for one in Removal.objects.all()] == [(writer, "Wrong dose.")]


def test_hiding_in_the_form_is_told_to_a_second_person_too(passage, writer):
    passage.is_hidden = True

    approvals.save(passage, by=writer, at=AT, is_public=True)

    assert (live(passage).is_hidden, Removal.objects.get().by) == (True, writer)


def test_a_draft_is_saved_at_once_and_remembers_who_wrote_it(passage, writer):
    passage.text_en = "<p>New.</p>"

    waits = approvals.save(passage, by=writer, at=AT, is_public=False)

    change = PendingChange.objects.get()
    assert (waits, live(passage).text_en, change.values) == (False, "<p>New.</p>", {})
    assert list(change.authors.all()) == [writer]


@pytest.mark.parametrize("count", [1, 3])
def test_what_lacks_approval_is_asked_in_as_many_queries_for_one_as_for_three(count, second, django_assert_num_queries):
    guide = GuideFactory()
    PassageFactory.create_batch(count, guide=guide)
    rows = approvals.page(rows_of(guide))
    approvals.lacking(rows)  # the content types are read once a process

    with django_assert_num_queries(1):
        lacking = approvals.lacking(rows)

    assert {code: len(found) for code, found in lacking.items()} == {"en": count + 1, "es": count + 1}


def test_rich_text_is_compared_as_it_is_cleaned(passage, writer):
    passage.text_en = '<p onclick="x()">Old.</p>'

    assert approvals.save(passage, by=writer, at=AT, is_public=True) is False
    assert Passage.objects.get().text_en == "<p>Old.</p>"


def test_a_guide_is_approved_only_when_every_language_of_every_row_is(passage, second):
    before = gates.without_approval()
    approve(passage.guide, "en", second)
    between = gates.without_approval()
    approve(passage.guide, "es", second)

    assert (before, between, gates.without_approval()) == ([passage.guide], [passage.guide], [])
