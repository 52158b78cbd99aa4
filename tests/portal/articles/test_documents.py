"""A document that somebody wrote elsewhere becomes a draft, with a report of what was dropped."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.accounts import roles
from portal.accounts.models import User
from portal.articles.actions import revisions
from portal.articles.models import Article

from .factories import ArticleFactory, SourceFactory, TopicFactory

pytestmark = pytest.mark.django_db
TEXT = "# Cómo pedir ayuda\n\nLo que usted puede hacer.\n\n## ¿Adónde ir?\n\nA la clínica [STUDY1].\n\n![x](y.png)\n"


@pytest.fixture
def writer(client):
    roles.sync()
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(Group.objects.get(name="writer"))
    client.force_login(user)
    return client


def bring_in(client, text=TEXT, name="ayuda.md", **values):
    file = SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
    form = {"file": file, "language": "es", "topic": values.pop("topic", None) or TopicFactory().pk, **values}
    return client.post(reverse("admin:articles_article_import"), form)


def test_a_document_becomes_a_draft_in_its_language_only(writer):
    SourceFactory(code="STUDY1")

    response = bring_in(writer)

    article = Article.objects.get()
    section = article.sections.get()
    assert response["Location"] == reverse("admin:articles_article_change", args=[article.pk])
    assert (article.title_es, article.title_en or "", article.slug_es) == ("Cómo pedir ayuda", "", "como-pedir-ayuda")
    assert article.summary_es == "Lo que usted puede hacer."
    assert (article.state_es, article.state_en) == ("draft", "draft")
    assert (section.heading_es, section.anchor, section.heading_en or "") == ("¿Adónde ir?", "adonde-ir", "")
    assert [reference.source.code for reference in article.references.all()] == ["STUDY1"]


def test_what_was_dropped_is_told_at_once_and_kept_in_the_history(writer):
    response = bring_in(writer)

    told = [str(message) for message in get_messages(response.wsgi_request)]
    picture = "1 picture. Put it among the pictures and choose it below a section."
    assert f"Not in the article: {picture}" in told
    assert revisions.revisions_of(Article.objects.get()).get().comment == f"Imported from ayuda.md.\n{picture}"


def test_an_address_that_is_taken_gets_a_number(writer):
    ArticleFactory(key="como-pedir-ayuda", slug_es="otra")
    ArticleFactory(slug_es="como-pedir-ayuda-2")

    bring_in(writer)

    assert Article.objects.get(title_es="Cómo pedir ayuda").slug_es == "como-pedir-ayuda-3"


@pytest.mark.parametrize("text", [b"%PDF", b"PK\x03\x04", b"", b"# Only a title", "ñ".encode("cp1252"), b"\x00" * 9])
def test_a_file_that_cannot_be_used_gets_a_message_by_the_field(writer, text):
    response = bring_in(writer, text)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["file"])
    assert not Article.objects.exists()


@pytest.mark.parametrize("values", [{"topic": "99999"}, {"topic": "x"}, {"language": "xx"}, {"language": "\x00"}])
def test_a_choice_that_is_not_there_gets_a_message_by_the_field(writer, values):
    response = bring_in(writer, **values)

    assert (response.status_code, list(response.context["form"].errors)) == (422, list(values))


def test_a_title_in_other_letters_still_gets_an_address(writer):
    bring_in(writer, "# 帮助\n\n## 在哪里\n\n诊所\n")

    article = Article.objects.get()
    assert (article.key, article.sections.get().anchor) == ("document", "part")


def test_who_may_not_write_may_not_import(client):
    client.force_login(User.objects.create_user("eva", is_staff=True))

    assert client.get(reverse("admin:articles_article_import")).status_code == 403
