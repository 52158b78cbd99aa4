import pytest

from portal.articles.models import Article, Section
from portal.editorial.translations.texts import fields, followed, missing, missing_on_page, parts
from portal.reference.models import Concept
from tests.portal.articles.factories import ArticleFactory, SectionFactory

pytestmark = pytest.mark.django_db


def test_a_text_that_one_language_lacks_is_missing_there_only():
    ArticleFactory()
    english = ArticleFactory(english_only=True)

    assert list(Article.objects.filter(missing(Article, "es"))) == [english]
    assert list(Article.objects.filter(missing(Article, "en"))) == []


def test_a_field_empty_in_every_language_is_not_missing():
    ArticleFactory(key_points_en="", key_points_es="")

    assert not Article.objects.filter(missing(Article, "es")).exists()


def test_a_page_lacks_what_its_parts_lack():
    section = SectionFactory(body_es="")
    ArticleFactory()

    assert list(Article.objects.filter(missing_on_page(Article, "es"))) == [section.article]
    assert (Section, "article") in parts(Article)


def test_states_and_moments_are_no_texts_and_addresses_and_own_words_do_not_follow():
    assert "slug" in fields(Article)
    assert {"state", "published_at", "words"} & {*fields(Article), *fields(Concept)} == set()
    assert "slug" not in followed(Article)
