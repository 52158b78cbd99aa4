import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from portal.articles.models import Article, Section

from .factories import (
    LONG_AGO,
    ArticleFactory,
    ContributionFactory,
    ContributorFactory,
    ReferenceFactory,
    SectionFactory,
    SourceFactory,
    TopicFactory,
)

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
        ({"expires_at_es": LONG_AGO}, "article_expires_es_after_published"),
        ({"doi": "https://doi.org/10.1000/182"}, "article_doi_is_bare"),
        ({"plain_version": F("id"), "kind": "professional"}, "article_plain_version_is_another"),
        ({"plain_version": F("id")}, "article_plain_version"),
    ],
)
def test_the_database_refuses_an_article_that_breaks_a_rule(change, constraint):
    article = ArticleFactory()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**change)


def test_only_an_update_has_a_plain_version_and_a_doi_stands_once():
    article = ArticleFactory(doi="10.1000/182")

    with pytest.raises(IntegrityError, match="article_plain_version_of_an_update"), transaction.atomic():
        ArticleFactory(plain_version=article)
    with pytest.raises(IntegrityError, match="article_doi_once"), transaction.atomic():
        ArticleFactory(doi="10.1000/182")


def test_a_person_has_a_role_once_and_one_person_answers_letters():
    first = ContributionFactory(is_corresponding=True)

    with pytest.raises(IntegrityError, match="contribution_once_a_role"), transaction.atomic():
        ContributionFactory(article=first.article, contributor=first.contributor)
    with pytest.raises(IntegrityError, match="contribution_one_answers_letters"), transaction.atomic():
        ContributionFactory(article=first.article, is_corresponding=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"orcid": "0000-0002-1825-009"}, "An ORCID is four groups of four digits, as in 0000-0002-1825-0097."),
        ({"name": "Ana Ruiz", "family_name": "Dolan"}, "Write the family name as it stands at the end of the name."),
    ],
)
def test_a_contributor_that_breaks_a_rule_is_told_in_plain_words(change, words):
    person = ContributorFactory.build(**change)

    with pytest.raises(ValidationError) as caught:
        person.validate_constraints()

    assert caught.value.messages == [words]


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

    found = article.lacking_references(article.sections.all())

    assert [(reference.source, reference.position) for reference in found] == [(cited, 1)]


@pytest.mark.parametrize(("anchor", "is_refused"), [("references", True), ("ref-1", True), ("words", False)])
def test_a_section_may_not_take_an_anchor_of_the_page_itself(anchor, is_refused):
    section = SectionFactory.build(article=ArticleFactory(), anchor=anchor)

    found = []
    try:
        section.clean_fields()
    except ValidationError as error:
        found = error.message_dict.get("anchor", [])

    assert found == (["The page uses this anchor itself. Choose another."] if is_refused else [])
