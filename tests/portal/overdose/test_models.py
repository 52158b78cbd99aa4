import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import translation

from portal.overdose.models import Passage

from .factories import CitationFactory, GuideFactory, PassageFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("column", ["heading_en", "heading_es", "text_en", "text_es"])
@pytest.mark.parametrize("nothing", ["", None])
def test_a_passage_that_lacks_a_language_cannot_be_shown(column, nothing):
    with pytest.raises(IntegrityError, match="passage_shown_is_whole"), transaction.atomic():
        PassageFactory(**{column: nothing})


def test_a_passage_that_lacks_a_language_can_wait_hidden():
    draft = PassageFactory(text_es="", is_hidden=True)

    assert list(Passage.objects.shown()) == []
    assert list(Passage.objects.all()) == [draft]


def test_a_drawing_is_said_in_words_in_every_language():
    with pytest.raises(IntegrityError, match="passage_shown_is_whole_es"), transaction.atomic():
        PassageFactory(drawing="naloxone-1", drawing_alt_en="A head tilted back.", drawing_alt_es="")


def test_a_guide_has_its_title_in_every_language():
    with pytest.raises(IntegrityError, match="guide_is_whole_es"), transaction.atomic():
        GuideFactory(title_es="")


def test_a_guide_is_not_reviewed_by_nobody():
    with pytest.raises(IntegrityError, match="guide_reviewed_says_who_and_when"), transaction.atomic():
        GuideFactory(reviewed_on="2026-11-22")


def test_a_guide_asks_about_breathing_in_one_step_only():
    first = PassageFactory(kind="check")

    with pytest.raises(IntegrityError, match="passage_breathing_kinds_once_a_guide"), transaction.atomic():
        PassageFactory(guide=first.guide, kind="check")


def test_an_anchor_stands_once_in_a_guide():
    first = PassageFactory(anchor="wake")

    with pytest.raises(IntegrityError, match="passage_anchor_once_a_guide"), transaction.atomic():
        PassageFactory(guide=first.guide, anchor="wake")


def test_a_cited_source_cannot_be_deleted():
    citation = CitationFactory()

    with pytest.raises(ProtectedError):
        citation.source.delete()


def test_the_english_words_come_with_sound_and_meaning_in_the_readers_language():
    passage = PassageFactory.build(
        say="Overdose.\nNot breathing.",
        say_sounds_es="Óver-dous.\nNot brí-ding.",
        say_means_es="Sobredosis.\nNo respira.",
    )

    with translation.override("es"):
        spanish = passage.phrases()
    with translation.override("en"):
        english = passage.phrases()

    assert spanish == [("Overdose.", "Óver-dous.", "Sobredosis."), ("Not breathing.", "Not brí-ding.", "No respira.")]
    assert english == [("Overdose.", "", ""), ("Not breathing.", "", "")]


def test_a_form_refuses_words_whose_sounds_do_not_stand_beside_them():
    passage = PassageFactory.build(say="Overdose.\nNot breathing.", say_sounds_es="Óver-dous.")

    with pytest.raises(ValidationError) as refused:
        passage.clean()

    assert refused.value.message_dict == {"say_sounds_es": ["Write one line for each line of the English words."]}


def test_missing_sounds_never_break_the_page():
    passage = PassageFactory.build(say="Overdose.\nNot breathing.", say_sounds_en="Overdose.\nNot.\nMore.")

    with translation.override("en"):
        phrases = passage.phrases()

    assert phrases == [("Overdose.", "Overdose.", ""), ("Not breathing.", "Not.", "")]
