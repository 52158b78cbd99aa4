import datetime
import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from portal.articles.models import RESERVED_SLUGS, Article
from portal.articles.search import matching
from portal.lib import languages
from portal.reference.models import Concept

from .factories import (
    ArticleChangeFactory,
    ArticleFactory,
    ContributionFactory,
    ReferenceFactory,
    SectionFactory,
    SourceFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

BELOW_LEARN = [("articles:feed", []), ("articles:topic-feed", ["topic"])]
WORDS = ["pharmacy", "nose", "naloxone"]


def with_parts(article, count):
    SectionFactory.create_batch(count, article=article, body_en="<p>Text {term:naloxone}.</p>")
    ArticleChangeFactory.create_batch(count, article=article)
    ContributionFactory.create_batch(count, article=article)
    ReferenceFactory.create_batch(count, article=article)
    article.related.set(ArticleFactory.create_batch(count, topic=article.topic))
    return article


@pytest.mark.parametrize("count", [1, 3])
def test_an_article_takes_six_queries_however_long_it_is(client, count, django_assert_max_num_queries):
    article = with_parts(ArticleFactory(), count)

    with django_assert_max_num_queries(6):
        response = client.get(article.url("en"))

    assert len(response.context["sections"]) == count
    assert len(response.context["people"].authors) == count
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

    assert {row[0] for row in response.context["page"]} == {article.title_en for article in articles}


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


def test_a_hidden_section_leaves_page_contents_and_search_in_every_language_at_once(client):
    article = ArticleFactory()
    SectionFactory(article=article, anchor="shown")
    SectionFactory(article=article, anchor="wrong", body_en="<p>Zebra</p>", body_es="<p>Cebra</p>", is_hidden=True)

    pages = {language: client.get(article.url(language)).content.decode() for language in languages.codes()}

    for page in pages.values():
        assert ('href="#shown"' in page, 'href="#wrong"' in page, "ebra" in page) == (True, False, False)
    assert [matching(word, language, 5) for word, language in (("zebra", "en"), ("cebra", "es"))] == [[], []]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("self", "What you can do yourself"),
        ("urgent", "Get help soon"),
        ("emergency", "Emergency: call 911"),
        ("do", "Do"),
        ("dont", "Do not"),
    ],
)
def test_a_care_card_says_how_urgent_it_is_with_words_and_an_icon(client, kind, words):
    section = SectionFactory(kind=kind)

    page = client.get(section.article.url("en")).content.decode()
    card = page.split(f"care--{kind}")[1].split("<h2")[0]

    assert re.search(rf"<svg.*</svg>{words}</p>", card, re.S)
    assert (page.count('href="tel:911"') > 1) == (kind == "emergency")


def test_expired_news_leaves_every_list_and_its_page_says_so(client):
    now = timezone.now()
    news = ArticleFactory(kind="news", expires_at_en=now, expires_at_es=now + datetime.timedelta(days=1))
    neighbour = ArticleFactory(topic=news.topic)
    lists = ["/en/learn/", news.topic.url("en"), "/en/learn/feed/", news.topic.feed_url("en")]
    lists += ["/sitemap-articles-en.xml", neighbour.url("en"), "/en/"]

    shown = [news.url("en") in client.get(address).content.decode() for address in lists]
    page, spanish = client.get(news.url("en")).content.decode(), client.get(news.url("es")).content.decode()

    assert shown == [False] * len(lists)
    published = [list(Article.objects.published(code).order_by("pk")) for code in ("en", "es")]
    assert published == [[neighbour], [news, neighbour]]
    assert matching(news.title_en, "en", 5) == []
    assert ("This was news until" in page, '<meta name="robots" content="noindex">' in page) == (True, True)
    assert '<meta name="robots"' not in spanish


def test_the_feed_of_a_topic_holds_that_topic_only(client):
    article, other = ArticleFactory(), ArticleFactory()

    feed = client.get(article.topic.feed_url("es")).content.decode()

    assert (article.title_es in feed, other.title_es in feed) == (True, False)
    assert client.get("/en/learn/nothing/feed/").status_code == 404


def test_every_word_below_learn_is_reserved():
    words = set()
    for language in languages.codes():
        with translation.override(language):
            words |= {reverse(name, args=args).rstrip("/").rsplit("/", 1)[1] for name, args in BELOW_LEARN}

    assert words <= RESERVED_SLUGS


@pytest.mark.parametrize(
    ("kind", "types", "has_audience"),
    [
        ("guide", "MedicalWebPage", "Patient"),
        ("question", ["MedicalWebPage", "FAQPage"], "Patient"),
        ("professional", "MedicalWebPage", "Clinician"),
        ("news", "NewsArticle", None),
    ],
)
def test_search_engines_are_told_what_a_page_is(client, kind, types, has_audience):
    article = ArticleFactory(kind=kind, title_en="A </script><script>alert(1)</script> & more")
    SectionFactory(article=article, heading_en="Why?", body_en="<p>Because [GONE1].</p>", anchor="why")

    page = client.get(article.url("en")).content.decode()
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    data = json.loads(text)

    assert (data["@type"], data["headline"], data["inLanguage"]) == (types, article.title_en, "en")
    assert data["url"] == f"http://testserver{article.url('en')}"
    assert data.get("audience", {}).get("audienceType") == has_audience
    assert (data.get("mainEntity") or [{}])[0].get("acceptedAnswer", {}).get("text") == (
        "Because." if kind == "question" else None
    )
    assert f'<meta property="og:url" content="http://testserver{article.url("en")}">' in page


def test_what_changed_is_told_to_readers_where_it_is_public(client):
    article = ArticleFactory()
    ArticleChangeFactory(article=article, note_en="The part on doses is new.")
    ArticleChangeFactory(article=article, note_en="A secret note.", is_public=False)

    page = client.get(article.url("en")).content.decode()

    assert ("February 3, 2026: The part on doses is new." in page, "A secret note." in page) == (True, False)


def test_a_page_ends_with_the_way_to_the_places_for_what_it_is_about(client):
    concept = Concept.objects.create(
        code="met",
        kind="need",
        label_en="Methadone",
        label_es="Metadona",
        words_en="x",
        words_es="x",
        claims=["methadone"],
    )
    article = ArticleFactory(concept=concept)

    page = client.get(article.url("es")).content.decode()

    assert '<a class="btn" href="/es/buscar/?claim=methadone">' in page
    assert "Metadona" in page.split('href="/es/buscar/?claim=methadone">')[1].split("</a>")[0]


def test_who_asks_by_another_host_is_answered_with_that_host(client, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    article = ArticleFactory()

    pages = [client.get(article.url("en"), headers={"host": host}).content.decode() for host in settings.ALLOWED_HOSTS]

    assert ["one.example" in pages[0], "two.example" in pages[0], "one.example" in pages[1]] == [True, False, False]


def test_a_changed_row_shows_at_once_although_the_page_was_written_before(client):
    section = SectionFactory()
    reference = ReferenceFactory(article=section.article)
    address = section.article.url("en")
    client.get(address)

    type(section).objects.filter(pk=section.pk).update(heading_en="A new heading")
    type(reference.source).objects.filter(pk=reference.source.pk).update(title="A new title")
    page = client.get(address).content.decode()

    assert ("A new heading" in page, "A new title" in page) == (True, True)


def test_a_part_that_answers_a_search_is_a_result_of_its_own():
    article = ArticleFactory(title_en="Naloxone", slug_en="naloxone")
    SectionFactory(article=article, anchor="where", heading_en="Where do I get it?", body_en="<p>At a pharmacy.</p>")
    SectionFactory(article=article, anchor="how", heading_en="How do I give it?", body_en="<p>In the nose.</p>")

    found = {word: [(one.part, one.get_absolute_url) for one in matching(word, "en", 5)] for word in WORDS}

    address = article.url("en")
    assert found == {
        "pharmacy": [("Where do I get it?", f"{address}#where")],
        "nose": [("How do I give it?", f"{address}#how")],
        "naloxone": [("", address)],
    }


def test_a_search_finds_first_what_says_it_itself_and_fills_up_with_parts():
    part = SectionFactory(body_en="<p>Methadone.</p>", heading_en="What else?")
    itself = ArticleFactory(title_en="Methadone")

    assert [one.title for one in matching("methadone", "en", 5)] == [itself.title_en, part.article.title_en]
    assert [one.title for one in matching("methadone", "en", 1)] == [itself.title_en]
