"""Test what the newsletter is told of the articles: new pages, changes, pages that leave or come back."""

import datetime
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from portal import digest
from portal.accounts.models import User
from portal.articles.models import Article
from portal.editorial import translations
from portal.editorial.models import Move
from tests.portal.articles.factories import ArticleChangeFactory, ArticleFactory, TopicFactory
from tests.stocks import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]
SINCE, UNTIL = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def article():
    return ArticleFactory(key="methadone", title_en="Methadone today", title_es="La metadona hoy")


def told(since=SINCE, until=UNTIL):
    """Return (key, language, title, summary) of what is told between two moments."""
    return [(each.key, each.language, each.title, each.summary) for each in digest.news(since, until)]


def record(change, at=TODAY):
    """Note when the words of a change were written, as the form of an article does."""
    translations.record([change], by=None, at=at)
    return change


def move(article, language, source, target, at=TODAY):
    Article.objects.filter(pk=article.pk).update(**{f"state_{language}": target})
    by, _is_new = User.objects.get_or_create(username="publisher")
    Move.objects.create(row=article, language=language, from_state=source, to_state=target, by=by, at=at)


def test_a_change_is_told_in_each_language_to_who_watches_the_page(article):
    change = record(
        ArticleChangeFactory(article=article, note_en="The dose is right now.", note_es="Se corrigió la dosis.")
    )

    english, spanish = digest.news(SINCE, UNTIL)

    assert (english.key, english.title, english.summary) == (
        f"change:{change.pk}",
        "Methadone today",
        "What has changed: The dose is right now.",
    )
    assert (spanish.key, spanish.title, spanish.summary.endswith("Se corrigió la dosis.")) == (
        english.key,
        "La metadona hoy",
        True,
    )
    assert [(each.page, each.is_alert, each.at) for each in (english, spanish)] == [
        ("article:methadone", True, TODAY)
    ] * 2
    assert [each.url.endswith(article.url(each.language)) for each in (english, spanish)] == [True, True]


def test_a_change_counts_when_its_words_are_written_whatever_day_staff_put_beside_it(article):
    change = ArticleChangeFactory(article=article, made_on=datetime.date(2020, 1, 1), note_es="")
    record(change, TODAY - timedelta(days=5))
    change.note_es = "Se corrigió la dosis."
    change.save()
    record(change)

    assert [(each.key, each.language) for each in digest.news(SINCE, UNTIL)] == [(f"change:{change.pk}", "es")]
    assert told(TODAY + timedelta(seconds=1), UNTIL) == []


@pytest.mark.parametrize("fields", [{"is_public": False}, {"note_en": "", "note_es": ""}])
def test_what_readers_do_not_see_is_not_told(article, fields):
    record(ArticleChangeFactory(article=article, **fields))

    assert told() == []


def test_a_change_in_a_draft_is_not_told():
    record(ArticleChangeFactory(article=ArticleFactory(draft=True)))

    assert told() == []


def test_a_new_page_is_news_of_its_topic_and_a_starter_text_is_none():
    shelf = TopicFactory(key="treatment")
    for key, is_starter in (("new", False), ("starter", True)):
        ArticleFactory(key=key, topic=shelf, is_starter=is_starter, published_at_en=TODAY, published_at_es=TODAY)

    news = list(digest.news(SINCE, UNTIL))

    assert [(each.key, each.language, each.page, each.is_alert, each.topic) for each in news] == [
        ("article:new", code, "topic:treatment", False, "new-pages") for code in ("en", "es")
    ]


@pytest.mark.parametrize("target", ["draft", "archived"])
def test_a_page_taken_off_is_told_with_the_way_to_its_topic(article, target):
    for code in ("en", "es"):
        move(article, code, "published", target)

    news = list(digest.news(SINCE, UNTIL))

    day = timezone.localdate(TODAY)
    assert [(each.key, each.language, each.title, each.not_for) for each in news] == [
        (f"gone:methadone:{day}", "en", "Methadone today", ()),
        (f"gone:methadone:{day}", "es", "La metadona hoy", ()),
    ]
    assert news[0].summary == "This page was taken off our site."
    assert [each.url.endswith(article.topic.url(each.language)) for each in news] == [True, True]


def test_who_can_still_read_it_is_not_told_that_another_language_left(article):
    move(article, "en", "published", "draft")

    [news] = digest.news(SINCE, UNTIL)

    assert (news.language, news.not_for) == ("en", ("es",))


def test_a_page_that_is_back_is_told_and_one_that_is_out_for_the_first_time_is_not(article):
    move(article, "en", "published", "draft")
    move(article, "en", "ready", "published", TODAY + timedelta(hours=1))
    first = ArticleFactory(is_starter=True, published_at_en=TODAY)
    move(first, "en", "ready", "published")

    [news] = digest.news(SINCE, UNTIL)

    assert (news.key.partition(":")[0], news.summary) == ("back", "This page is back on our site.")


def test_a_page_whose_time_is_over_is_told(article):
    Article.objects.filter(pk=article.pk).update(expires_at_en=TODAY)

    [news] = digest.news(SINCE, UNTIL)

    assert (news.language, news.summary) == ("en", "The time of this page is over. It may no longer be right.")
    assert news.url.endswith(article.url("en"))


@pytest.mark.parametrize("count", [1, 3])
def test_looking_asks_as_often_however_much_there_is(django_assert_num_queries, count):
    for _number in range(count):
        article = ArticleFactory(published_at_en=TODAY, published_at_es=TODAY)
        record(ArticleChangeFactory(article=article))
        move(ArticleFactory(), "en", "published", "draft")
        ArticleFactory(expires_at_en=TODAY)
    list(digest.news(SINCE, UNTIL))  # the kinds of record are known from here on

    with django_assert_num_queries(10):
        news = list(digest.news(SINCE, UNTIL))

    assert len(news) == 6 * count


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ["Methadone today", "Only English", "New pages: Treatment"]),
        ("es", ["La metadona hoy", "Only English (en inglés)", "Páginas nuevas: Tratamiento"]),
    ],
)
def test_what_can_be_watched_is_called_in_the_readers_language(article, language, titles):
    ArticleFactory(key="english", title_en="Only English", english_only=True)
    ArticleFactory(key="draft", draft=True)
    TopicFactory(key="treatment", name_en="Treatment", name_es="Tratamiento")
    keys = ["article:methadone", "article:english", "topic:treatment", "article:draft", "topic:none", "fact:x", "\x00"]

    with override(language):
        found = digest.watchable(keys)

    assert [each.title for each in found.values()] == titles
    assert list(found) == keys[:3]


@pytest.mark.parametrize("count", [1, 3])
def test_names_cost_two_statements_however_many(django_assert_num_queries, count):
    keys = [f"article:{ArticleFactory().key}" for _number in range(count)]
    keys += [f"topic:{TopicFactory().key}" for _number in range(count)]

    with django_assert_num_queries(2):
        found = digest.watchable(keys)

    assert len(found) == 2 * count
