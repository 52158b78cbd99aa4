import pytest

from portal.articles.models import Article
from portal.editorial.translations import missing, missing_in
from tests.portal.articles.factories import ArticleFactory

pytestmark = pytest.mark.django_db


def test_a_text_that_one_language_lacks_is_missing_there_only():
    whole = ArticleFactory()
    english = ArticleFactory(english_only=True)

    assert list(Article.objects.filter(missing(Article, "es"))) == [english]
    assert list(Article.objects.filter(missing(Article, "en"))) == []
    assert (missing_in(whole), missing_in(english)) == ([], ["es"])


def test_a_field_empty_in_every_language_is_not_missing():
    article = ArticleFactory(key_points_en="", key_points_es="")

    assert missing_in(article) == []
    assert not Article.objects.filter(missing(Article, "es")).exists()
