"""What an article said before each change is kept, shown word by word, and comes back only through the rules."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from portal.accounts import roles
from portal.accounts.models import User
from portal.articles.actions import revisions
from portal.articles.models import Article, Section
from portal.editorial.models import PendingChange

from .factories import ArticleFactory, ReferenceFactory, SectionFactory
from .test_merging import address, opened, sent_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client):
    roles.sync()
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(Group.objects.get(name="publisher"))
    client.force_login(user)
    return client


def history(client, article):
    return client.get(reverse("admin:articles_article_history", args=[article.pk])).context["steps"]


def told(step):
    return [(change.label, change.language, change.pieces) for change in step.changes]


def test_the_history_says_who_changed_which_words_of_which_field_in_which_language(ana):
    article = ArticleFactory(title_es="Palabras viejas")
    SectionFactory(article=article, heading_en="Part", body_en="<p>Take one a day.</p>")
    form = opened(ana, article)

    ana.post(address(article), form | {"title_es": "Palabras nuevas", "sections-0-body_en": "<p>Take two a day.</p>"})

    newest, first = history(ana, article)
    assert (newest.revision.user.username, first.is_first) == ("ana", True)
    assert told(newest) == [
        ("title", "es", [("same", "Palabras"), ("del", "viejas"), ("ins", "nuevas")]),
        ("Part: text", "en", [("same", "Take"), ("del", "one"), ("ins", "two"), ("same", "a day.")]),
    ]


def test_sections_and_references_that_come_and_go_are_in_the_history(ana):
    article = ArticleFactory(draft=True)
    SectionFactory(article=article, heading_en="Part to go")
    reference = ReferenceFactory(article=article)
    form = opened(ana, article)

    ana.post(address(article), form | {"sections-0-DELETE": "on", "references-0-DELETE": "on"})

    newest, _first = history(ana, article)
    assert sorted(told(newest)) == [
        ("reference", "", [("del", str(reference.source))]),
        ("section", "", [("del", "Part to go")]),
    ]


def test_an_old_text_is_shown_in_the_form_and_comes_back_only_when_it_is_saved(ana):
    article = ArticleFactory(title_en="Old title")
    SectionFactory(article=article, body_en="<p>Old text.</p>")
    ana.post(address(article), opened(ana, article) | {"title_en": "New title", "sections-0-body_en": "<p>New.</p>"})
    old = revisions.revisions_of(article).last()

    shown = ana.get(address(article), {"revision": old.pk})
    before_saving = Article.objects.get(pk=article.pk).title_en
    saved = ana.post(address(article), sent_back(shown))

    assert (before_saving, saved.status_code) == ("New title", 302)
    assert Article.objects.get(pk=article.pk).title_en == "Old title"
    assert Section.objects.get(article=article).body_en == "<p>Old text.</p>"
    assert history(ana, article)[0].revision.user.username == "ana"


def test_a_deleted_section_comes_back_with_its_anchor(ana):
    article = ArticleFactory(draft=True)
    SectionFactory(article=article, anchor="stays")
    gone = SectionFactory(article=article, anchor="comes-back", body_es="<p>Volver.</p>")
    ana.post(address(article), opened(ana, article) | {"sections-1-DELETE": "on"})
    old = revisions.revisions_of(article).last()

    ana.post(address(article), sent_back(ana.get(address(article), {"revision": old.pk})))

    again = Section.objects.get(article=article, anchor="comes-back")
    assert (again.body_es, again.heading_en) == ("<p>Volver.</p>", gone.heading_en)


def test_on_an_emergency_page_an_old_text_waits_for_a_second_person_as_any_change(ana):
    article = ArticleFactory(title_en="Old title", is_emergency=True)
    revisions.record(article, by=None, at=timezone.now())
    Article.objects.filter(pk=article.pk).update(title_en="Approved title")
    old = revisions.revisions_of(article).get()

    ana.post(address(article), sent_back(ana.get(address(article), {"revision": old.pk})))

    assert Article.objects.get(pk=article.pk).title_en == "Approved title"
    assert PendingChange.objects.get(object_id=article.pk, values__title_en="Old title")


def test_an_old_text_that_breaks_a_rule_of_today_is_not_saved_on_a_public_page(ana):
    article = ArticleFactory()
    SectionFactory(article=article, body_en="<p>It can include:</p>")
    ana.post(address(article), opened(ana, article) | {"sections-0-body_en": "<p>It can include pain.</p>"})
    old = revisions.revisions_of(article).last()

    response = ana.post(address(article), sent_back(ana.get(address(article), {"revision": old.pk})))

    assert response.status_code == 200
    assert Section.objects.get(article=article).body_en == "<p>It can include pain.</p>"


def test_a_section_hidden_since_stays_hidden_when_an_old_text_is_brought_back(ana):
    article = ArticleFactory()
    section = SectionFactory(article=article)
    revisions.record(article, by=None, at=timezone.now())
    old = revisions.revisions_of(article).get()
    ana.post(reverse("admin:articles_section_hide", args=[section.pk]))

    ana.post(address(article), sent_back(ana.get(address(article), {"revision": old.pk})))

    assert Section.objects.get(pk=section.pk).is_hidden is True


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 30, "²"])
def test_a_revision_that_is_not_there_is_not_found(ana, number):
    assert ana.get(address(ArticleFactory()), {"revision": number}).status_code == 404


def test_a_revision_of_another_article_is_not_found(ana):
    other, article = ArticleFactory.create_batch(2)
    revisions.record(other, by=None, at=timezone.now())

    assert ana.get(address(article), {"revision": revisions.revisions_of(other).get().pk}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_history_takes_as_many_queries_for_one_change_as_for_three(ana, count, django_assert_max_num_queries):
    article = ArticleFactory()
    SectionFactory(article=article)
    for number in range(count + 1):
        Article.objects.filter(pk=article.pk).update(title_en=f"Title {number}")
        revisions.record(article, by=User.objects.get(), at=timezone.now())
    history(ana, article)

    with django_assert_max_num_queries(13):
        assert len(history(ana, article)) == count + 1
