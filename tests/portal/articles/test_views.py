import pytest
from django.urls import reverse

from portal.lib import languages

from .factories import ArticleFactory, ReferenceFactory, SectionFactory, SourceFactory, TopicFactory

pytestmark = pytest.mark.django_db


def with_parts(article, count):
    SectionFactory.create_batch(count, article=article)
    ReferenceFactory.create_batch(count, article=article)
    article.related.set(ArticleFactory.create_batch(count, topic=article.topic))
    return article


@pytest.mark.parametrize("count", [1, 3])
def test_an_article_takes_six_queries_however_long_it_is(client, count, django_assert_max_num_queries):
    article = with_parts(ArticleFactory(), count)

    with django_assert_max_num_queries(6):
        response = client.get(article.url("en"))

    assert len(response.context["sections"]) == count
    assert [other.pk for other in response.context["related"]] == sorted(
        (other.pk for other in article.related.all()), reverse=True
    )


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("shelf", ["index", "topic"])
def test_a_list_of_articles_takes_as_many_queries_for_one_as_for_three(client, count, shelf, django_assert_num_queries):
    topic = TopicFactory()
    articles = ArticleFactory.create_batch(count, topic=topic)
    ArticleFactory(draft=True, topic=topic)
    address = {"index": reverse("articles:index"), "topic": topic.url("en")}[shelf]

    with django_assert_num_queries({"index": 4, "topic": 4}[shelf]):
        response = client.get(address)

    assert {article.pk for article in response.context["page"]} == {article.pk for article in articles}


def test_an_article_in_one_language_is_announced_at_its_other_address(client):
    article = ArticleFactory(english_only=True)
    neighbour = ArticleFactory(topic=article.topic)

    response = client.get(article.url("es"))

    assert response.status_code == 200
    assert b'<meta name="robots" content="noindex">' in response.content
    assert b'hreflang="x-default"' not in response.content
    assert f'href="{article.url("en")}" lang="en" hreflang="en">{article.title_en}'.encode() in response.content
    assert neighbour.title_es in response.content.decode()
    assert article.summary_en not in response.content.decode()


def test_a_draft_answers_exactly_as_a_page_that_never_was(client):
    draft = ArticleFactory(draft=True)
    address = draft.url("en")

    hidden = client.get(address)
    draft.delete()
    missing = client.get(address)

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content == missing.content


@pytest.mark.parametrize("language", languages.codes())
def test_each_language_links_its_twin_and_itself(client, language):
    article = ArticleFactory()

    page = client.get(article.url(language)).content.decode()

    assert f'<link rel="canonical" href="http://testserver{article.url(language)}">' in page
    for code in languages.codes():
        assert f'<link rel="alternate" hreflang="{code}" href="http://testserver{article.url(code)}">' in page
    assert f'<link rel="alternate" hreflang="x-default" href="http://testserver{article.url("en")}">' in page


def test_citations_are_numbered_links_with_ways_back_and_never_glued(client):
    first, second = SourceFactory(code="FIRST1"), SourceFactory(code="SECOND2")
    article = ArticleFactory()
    SectionFactory(article=article, body_en="<p>A fact [FIRST1, SECOND2]. Again [FIRST1].</p>")
    ReferenceFactory(article=article, source=first, position=1)
    ReferenceFactory(article=article, source=second, position=2)

    page = client.get(article.url("en")).content.decode()

    assert (
        'A fact<sup class="cite">[<a href="#ref-1" id="cite-1-1">1</a>, <a href="#ref-2" id="cite-2-1">2</a>]</sup>'
        in page
    )
    assert '<a href="#cite-1-1"' in page
    assert '<a href="#cite-1-2"' in page
    assert 'id="ref-2"' in page


@pytest.mark.parametrize("number", ["-1", "1e9", "NaN", "0", "999999999999999999999"])
def test_a_page_number_that_makes_no_sense_shows_a_page_of_the_list(client, number):
    ArticleFactory()

    response = client.get(reverse("articles:index"), {"page": number})

    assert response.status_code == 200


def test_the_feed_of_each_language_holds_what_is_published_there(client):
    both, english = ArticleFactory(), ArticleFactory(english_only=True)

    feeds = {
        code: client.get(f"/{code}/{path}").content.decode()
        for code, path in (("en", "learn/feed/"), ("es", "aprender/novedades/"))
    }

    assert (both.title_en in feeds["en"], english.title_en in feeds["en"]) == (True, True)
    assert (both.title_es in feeds["es"], english.title_en in feeds["es"]) == (True, False)


def test_the_sitemap_lists_each_published_language_only(client):
    both, english = ArticleFactory(), ArticleFactory(english_only=True)

    spanish = client.get("/sitemap-articles-es.xml").content.decode()

    assert client.get("/sitemap.xml").status_code == 200
    assert both.url("es") in spanish
    assert english.url("es") not in spanish


def test_a_key_point_is_text_whatever_was_typed_into_it(client):
    article = ArticleFactory(key_points_en='Less than <5 mg & <meta http-equiv="refresh">')

    page = client.get(article.url("en")).content.decode()

    assert "Less than &lt;5 mg &amp; &lt;meta http-equiv=&quot;refresh&quot;&gt;" in page


def test_a_section_without_words_in_this_language_leaves_no_empty_heading(client):
    article = ArticleFactory()
    SectionFactory(article=article, anchor="whole")
    SectionFactory(article=article, anchor="english-only", heading_es="", body_es="")

    page = client.get(article.url("es")).content.decode()

    assert ('href="#whole"' in page, 'href="#english-only"' in page) == (True, False)
