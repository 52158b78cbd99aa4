import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.articles.models import Article, Section

from .factories import LONG_AGO, ArticleFactory, ReferenceFactory, SectionFactory, SourceFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"slug_es": ""}, "article_slug_es_null_when_blank"),
        ({"slug_es": None}, "article_published_es_is_whole"),
        ({"title_es": ""}, "article_published_es_is_whole"),
        ({"published_at_en": None}, "article_published_en_is_whole"),
        ({"last_reviewed_on": "2026-01-01"}, "article_reviewed_says_who_and_when"),
        ({"next_review_on": "2026-01-01"}, "article_next_review_follows_a_review"),
    ],
)
def test_the_database_refuses_an_article_that_breaks_a_rule(change, constraint):
    article = ArticleFactory()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**change)


def test_two_articles_cannot_share_an_address_in_a_language():
    ArticleFactory(slug_es="naloxona")

    with pytest.raises(IntegrityError, match="article_slug_es_unique"), transaction.atomic():
        ArticleFactory(slug_es="naloxona")


def test_a_word_that_is_an_address_is_never_a_slug():
    topic = TopicFactory.build(slug_en="feed")

    with pytest.raises(ValidationError) as caught:
        topic.full_clean()

    assert "slug_en" in caught.value.message_dict


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ('<p onclick="x()">a</p><script>alert(1)</script>', "<p>a</p>"),
        ('<a href="java&#x09;script:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<p style="position:fixed">a</p>', "<p>a</p>"),
        ('<img src="https://elsewhere.example/x.png">a', "a"),
        ('<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">', ""),
    ],
)
def test_rich_text_is_cleaned_at_every_save(dirty, clean):
    section = SectionFactory()

    section.body_es = dirty
    section.save()

    assert Section.objects.get(pk=section.pk).body_es.replace("<table></table>", "") == clean


def test_published_follows_the_state_and_the_moment_of_that_language():
    article = ArticleFactory(english_only=True)
    ArticleFactory(published_at_en=LONG_AGO.replace(year=2999), published_at_es=LONG_AGO.replace(year=2999))

    assert list(Article.objects.published("en")) == [article]
    assert list(Article.objects.published("es")) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "injections"),
        ("es", "inyección"),
        ("es", "inyeccion"),
        ("es", "inyecciones"),
        ("en", "a" * 5000 + " injection"),
    ],
)
def test_articles_are_found_by_their_words_with_or_without_accents(language, text):
    article = ArticleFactory(title_en="The monthly injection", title_es="La inyección mensual")
    ArticleFactory()

    found = list(Article.objects.published(language).matching(text, language))

    assert found == ([] if text.startswith("aaa") else [article])


def test_articles_are_found_by_the_text_of_a_section():
    section = SectionFactory(body_es="<p>La farmacia vende naloxona.</p>")
    SectionFactory()

    assert list(Article.objects.matching("farmacias", "es")) == [section.article]


def test_cited_sources_that_the_list_lacks_are_put_at_its_end():
    listed, cited = SourceFactory(code="LISTED1"), SourceFactory(code="CITED2")
    article = ArticleFactory()
    ReferenceFactory(article=article, source=listed, position=1)
    SectionFactory(article=article, body_en="<p>Text [CITED2, LISTED1, UNKNOWN3].</p>")

    article.add_cited_sources()
    article.add_cited_sources()

    assert [reference.source for reference in article.references.all()] == [listed, cited]
