import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from portal.accounts import roles
from portal.accounts.models import User
from portal.articles.models import Article
from tests.portal.staff import filled_in

from .factories import ArticleFactory, ReferenceFactory, SectionFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client):
    roles.sync()

    def as_role(role, language="en"):
        user = User.objects.create_user(role.replace(" ", "-"), is_staff=True, language=language)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return as_role


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_articles_takes_as_many_queries_for_one_as_for_three(sign_in, count, django_assert_max_num_queries):
    client = sign_in("publisher")
    ArticleFactory.create_batch(count)
    address = reverse("admin:articles_article_changelist")
    client.get(address)  # the content types are read once a process

    with django_assert_max_num_queries(9):
        response = client.get(address)

    assert response.status_code == 200
    assert response.context["cl"].result_count == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_of_an_article_takes_as_many_queries_for_one_part_as_for_three(
    sign_in, count, django_assert_max_num_queries
):
    client = sign_in("publisher")
    article = ArticleFactory()
    SectionFactory.create_batch(count, article=article)
    ReferenceFactory.create_batch(count, article=article)
    address = reverse("admin:articles_article_change", args=[article.pk])
    client.get(address)  # the content types are read once a process

    with django_assert_max_num_queries(36):
        response = client.get(address)

    assert response.status_code == 200


def test_english_and_spanish_stand_in_the_same_row(sign_in):
    article = ArticleFactory()

    response = sign_in("writer").get(reverse("admin:articles_article_change", args=[article.pk]))
    lines = [
        [field.field.name for field in line if hasattr(field.field, "name")]
        for fieldset in response.context["adminform"]
        for line in fieldset
    ]

    assert ["title_en", "title_es"] in lines
    assert ["summary_en", "summary_es"] in lines


def test_nobody_publishes_by_typing_a_state_into_the_form(sign_in):
    article = ArticleFactory(draft=True)
    address = reverse("admin:articles_article_change", args=[article.pk])
    client = sign_in("publisher")

    client.post(address, filled_in(client.get(address)) | {"state_en": "published", "title_en": "New"})

    kept = Article.objects.get(pk=article.pk)
    assert (kept.title_en, kept.state_en) == ("New", "draft")


def test_the_list_can_show_only_what_misses_a_translation(sign_in):
    ArticleFactory(topic=TopicFactory())
    english = ArticleFactory(english_only=True)

    response = sign_in("translator").get(reverse("admin:articles_article_changelist"), {"texts": "es.missing"})

    assert list(response.context["cl"].result_list) == [english]


def test_the_admin_speaks_the_language_of_the_account(sign_in):
    response = sign_in("writer", language="es").get(reverse("admin:index"))

    assert '<html lang="es"' in response.content.decode()


def test_guessing_a_password_is_stopped_after_ten_tries_for_a_name_and_others_still_get_in(client):
    User.objects.create_user("ana", password="right horse battery", is_staff=True)
    User.objects.create_user("eva", password="right horse battery", is_staff=True)
    address = reverse("admin:login")

    tries = [client.post(address, {"username": "ana", "password": f"wrong {n}"}).status_code for n in range(11)]
    right = client.post(address, {"username": "ana", "password": "right horse battery"}).status_code
    other = client.post(address, {"username": "eva", "password": "right horse battery"}).status_code

    assert (tries, right, other) == ([200] * 10 + [429], 429, 302)


def test_the_admin_holds_a_strict_policy_without_exceptions(sign_in):
    article = ArticleFactory()

    response = sign_in("publisher").get(reverse("admin:articles_article_change", args=[article.pk]))

    assert "unsafe" not in response["Content-Security-Policy"]
    assert "default-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("role", ["writer", "translator"])
def test_who_may_not_publish_cannot_empty_or_move_what_is_published(sign_in, role):
    article = ArticleFactory()
    client = sign_in(role)
    address = reverse("admin:articles_article_change", args=[article.pk])

    emptied = client.post(address, filled_in(client.get(address)) | {"title_es": ""})
    client.post(address, filled_in(client.get(address)) | {"slug_es": "otra", "key": "other"})

    assert list(emptied.context["adminform"].form.errors) == ["title_es"]
    kept = Article.objects.get(pk=article.pk)
    assert (kept.title_es, kept.slug_es, kept.key) == (article.title_es, article.slug_es, article.key)
