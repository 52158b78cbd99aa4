"""Old addresses of articles and topics lead on for good."""

import pytest

from portal.articles.models import Article, SlugRedirect

from .factories import ArticleFactory, TopicFactory

pytestmark = pytest.mark.django_db


def renamed(row, **slugs):
    """Give a row other slugs, as the admin does."""
    before = type(row).objects.get(pk=row.pk)
    for name, slug in slugs.items():
        setattr(row, name, slug)
    row.save()
    SlugRedirect.objects.follow(row, before)
    return before


@pytest.mark.parametrize("code", ["en", "es"])
def test_the_old_address_of_an_article_leads_to_the_new_one_in_its_language(client, code):
    article = ArticleFactory()
    old = article.url(code)

    renamed(article, **{f"slug_{code}": "new-words"})

    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, article.url(code))
    assert article.url(code).endswith("/new-words/")


def test_two_changes_of_address_lead_in_one_step_and_back_again_never_in_a_loop(client):
    article = ArticleFactory(slug_en="one")
    first = article.url("en")
    renamed(article, slug_en="two")
    second = article.url("en")

    renamed(article, slug_en="three")
    after_three = [client.get(address)["Location"] for address in (first, second)]
    renamed(article, slug_en="one")

    assert after_three == [second.replace("two", "three")] * 2
    assert client.get(first).status_code == 200
    assert client.get(second)["Location"] == first


def test_a_new_article_that_takes_the_address_frees_it(client):
    old = ArticleFactory(slug_en="wanted")
    renamed(old, slug_en="other")
    new = ArticleFactory(topic=old.topic, slug_en="wanted")
    SlugRedirect.objects.follow(new, None)

    response = client.get(new.url("en"))

    assert (response.status_code, response.context["page"].title) == (200, new.title_en)
    assert list(SlugRedirect.objects.filter(language="en")) == []


def test_the_old_addresses_of_a_topic_and_its_articles_lead_on(client):
    topic = TopicFactory()
    article = ArticleFactory(topic=topic)
    shelf, page = topic.url("es"), article.url("es")

    renamed(topic, slug_es="nombre-nuevo")

    article = Article.objects.get(pk=article.pk)
    assert [client.get(address)["Location"] for address in (shelf, page)] == [topic.url("es"), article.url("es")]


def test_what_was_never_public_leaves_no_address_behind():
    article = ArticleFactory(draft=True, published_at_en=None)

    renamed(article, slug_en="new-words")

    assert not SlugRedirect.objects.exists()


def test_the_old_address_of_an_article_that_nobody_may_read_is_not_found(client):
    article = ArticleFactory()
    old = article.url("en")
    renamed(article, slug_en="new-words")
    Article.objects.update(state_en="draft", state_es="draft")

    assert client.get(old).status_code == 404


@pytest.mark.parametrize("address", ["/en/learn/nothing/", "/en/learn/nothing/at-all/", "/es/aprender/nada/de-nada/"])
def test_an_address_that_never_was_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_a_page_that_is_there_asks_nothing_about_old_addresses(client, django_assert_max_num_queries):
    article = ArticleFactory()
    renamed(article, slug_en="new-words")
    client.get(article.url("en"))

    with django_assert_max_num_queries(6) as queries:
        client.get(article.url("en"))

    assert not [query for query in queries if "slugredirect" in query["sql"]]
