import datetime

import pytest
from django.contrib.auth import get_user_model

from portal.articles.models import Article
from portal.editorial.models import TextState
from portal.editorial.translations import MachineTextIsPublic, catch_up, forget_gone_parts, record, states, words
from tests.portal.articles.factories import ArticleFactory, SectionFactory, TopicFactory

pytestmark = pytest.mark.django_db

AUGUST = datetime.datetime(2026, 8, 9, 12, tzinfo=datetime.UTC)
OCTOBER = datetime.datetime(2026, 10, 1, 12, tzinfo=datetime.UTC)
NOVEMBER = datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC)


@pytest.fixture
def editor():
    return get_user_model().objects.create_user("editor")


def stale():
    """Return field and language of each stale text, in order."""
    found = TextState.objects.exclude(stale_since=None).order_by("field", "language", "pk")
    return list(found.values_list("field", "language", "stale_since"))


def change(row, by=None, at=NOVEMBER, confirmed=(), **columns):
    """Save a row as the admin does and record it."""
    before = words(row)
    for column, text in columns.items():
        setattr(row, column, text)
    row.save()
    record([row], by=by, at=at, before={row: before}, confirmed={(row, column) for column in confirmed})


def test_texts_recorded_together_are_current():
    record([ArticleFactory()], by=None, at=AUGUST)

    assert stale() == []


def test_a_changed_source_makes_only_the_translations_of_that_field_stale():
    article = ArticleFactory()
    record([article], by=None, at=AUGUST)

    change(article, summary_en="A longer summary.")

    assert stale() == [("summary", "es", NOVEMBER)]
    spanish = TextState.objects.get(field="summary", language="es")
    assert (spanish.source_text, spanish.made_at) == ("A short summary.", AUGUST)


def test_a_text_that_nobody_recorded_goes_stale_by_what_the_form_says_it_was():
    article = ArticleFactory()

    change(article, title_en="Another title")

    assert stale() == [("title", "es", NOVEMBER)]


def test_writing_the_translation_clears_it_and_keeps_who_and_when(editor):
    article = ArticleFactory()
    change(article, summary_en="A longer summary.")

    change(article, by=editor, summary_es="Un resumen más largo.")

    state = TextState.objects.get(field="summary", language="es")
    assert stale() == []
    assert (state.by, state.made_at, state.source_text) == (editor, NOVEMBER, "A longer summary.")


def test_confirming_that_the_translation_is_still_right_clears_it(editor):
    article = ArticleFactory()
    change(article, summary_en="A short  sumary.")

    change(article, by=editor, confirmed=["summary_es"])

    assert stale() == []


def test_a_typo_mended_and_the_translation_confirmed_in_one_save_stays_current():
    article = ArticleFactory()
    record([article], by=None, at=AUGUST)

    change(article, confirmed=["summary_es"], summary_en="A short, clear summary.")

    assert stale() == []


def test_changing_the_source_back_clears_it():
    article = ArticleFactory()
    change(article, at=OCTOBER, summary_en="A longer summary.")

    change(article, summary_en="A short summary.")

    assert stale() == []


def test_a_second_change_of_the_source_keeps_the_first_day():
    article = ArticleFactory()
    change(article, at=OCTOBER, summary_en="A longer summary.")

    change(article, summary_en="A still longer summary.")

    assert stale() == [("summary", "es", OCTOBER)]


def test_polishing_a_translation_makes_nothing_stale():
    article = ArticleFactory()

    change(article, summary_es="Un resumen muy corto.")

    assert stale() == []


def test_a_text_written_first_in_spanish_makes_the_english_stale():
    article = ArticleFactory(summary_en="")
    change(article, at=AUGUST, summary_en="A short summary.")

    change(article, summary_es="Un resumen más largo.")

    assert stale() == [("summary", "en", NOVEMBER)]


def test_a_source_that_is_taken_away_leaves_its_translations_stale():
    article = ArticleFactory()

    change(article, key_points_en="")

    assert stale() == [("key_points", "es", NOVEMBER)]


def test_line_breaks_of_a_browser_change_no_text():
    article = ArticleFactory()
    record([article], by=None, at=AUGUST)

    change(article, key_points_en="First point\r\nSecond point")

    assert stale() == []


def test_addresses_do_not_follow_each_other():
    article = ArticleFactory()
    record([article], by=None, at=AUGUST)

    change(article, slug_en="another-address")

    assert stale() == []


def test_what_waits_for_a_second_person_is_not_recorded():
    article = ArticleFactory()
    before = words(article)
    article.summary_en = "Not saved."

    record([article], by=None, at=NOVEMBER, before={article: before})

    assert stale() == []


def test_a_part_that_was_deleted_is_forgotten():
    section, kept = SectionFactory.create_batch(2, article=ArticleFactory())
    record([section, kept], by=None, at=AUGUST)

    section.delete()
    forget_gone_parts(section.article)

    assert set(TextState.objects.values_list("object_id", flat=True)) == {kept.pk}


def test_what_a_machine_wrote_waits_for_a_person(editor):
    article = ArticleFactory(state_es="draft")
    record([article], by=editor, at=AUGUST, machine={"es"})
    written = states.unconfirmed_machine(article, "es")

    record([article], by=editor, at=NOVEMBER, confirmed={(article, "title_es"), (article, "summary_es")})

    assert written == ["title", "summary", "key points"]
    assert states.unconfirmed_machine(article, "es") == ["key points"]
    assert states.unconfirmed_machine(article, "en") == []


def test_what_a_machine_wrote_is_refused_where_readers_would_see_it():
    published, topic = ArticleFactory(), TopicFactory()  # a topic is public at once

    for row in [published, topic, SectionFactory(article=published)]:
        with pytest.raises(MachineTextIsPublic):
            record([row], by=None, at=AUGUST, machine={"es"})


def test_what_no_form_changed_is_found_at_night():
    article, gone = ArticleFactory.create_batch(2)
    record([article, gone], by=None, at=AUGUST)
    Article.objects.filter(pk=article.pk).update(summary_en="A longer summary.", title_es="Otro título")
    gone.delete()

    found = catch_up(NOVEMBER)

    assert found == 1
    assert stale() == [("summary", "es", NOVEMBER)]
    assert set(TextState.objects.values_list("object_id", flat=True)) == {article.pk}


def test_a_night_without_changes_writes_nothing():
    record([ArticleFactory()], by=None, at=AUGUST)
    before = list(TextState.objects.order_by("pk").values())

    assert catch_up(NOVEMBER) == 0
    assert list(TextState.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("count", [1, 3])
def test_recording_does_not_ask_once_a_row(count, django_assert_num_queries):
    sections = SectionFactory.create_batch(count, article=ArticleFactory())
    record(sections, by=None, at=AUGUST)

    with django_assert_num_queries(5):  # in a savepoint: what is known, what the rows say, what is written
        record(sections, by=None, at=NOVEMBER, confirmed={(section, "body_es") for section in sections})
