"""Drafts can be looked at by a signed link, and by nothing else."""

import datetime

import pytest
import time_machine
from django.core import signing
from django.utils import timezone

from portal.accounts.models import User
from portal.articles import tokens
from portal.articles.models import Article
from portal.editorial import approvals

from .factories import ArticleFactory, SectionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("code", "words"), [("en", "Some text."), ("es", "Un texto.")])
def test_a_draft_is_shown_in_either_language_without_an_account(client, code, words):
    article = ArticleFactory(draft=True)
    SectionFactory(article=article)

    response = client.get(tokens.preview_url(article.pk, code))

    assert response.status_code == 200
    assert words in response.content.decode()
    assert f'<html lang="{code}"' in response.content.decode()


def test_nobody_keeps_a_preview_or_lists_it_and_it_leaves_no_cookie(client):
    article = ArticleFactory(draft=True)

    response = client.get(tokens.preview_url(article.pk, "en"))

    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert {"no-store", "private"} <= {word.strip() for word in response["Cache-Control"].split(",")}
    assert not response.cookies
    assert 'name="robots" content="noindex' in response.content.decode()


def test_a_preview_leads_to_the_preview_in_the_other_language(client):
    article = ArticleFactory(draft=True)
    address = tokens.preview_url(article.pk, "en")

    page = client.get(address).content.decode()

    assert address.replace("/en/preview/", "/es/").partition("?")[2] in page
    assert article.url("es") not in page


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "\x00", "é", "1:2:" + "3" * 5000])
def test_a_broken_link_is_not_found(client, token):
    assert client.get("/en/preview/", {"article": token}).status_code == 404


def test_a_token_for_something_else_or_of_something_else_opens_nothing(client):
    article = ArticleFactory(draft=True)
    others = [signing.dumps(article.pk), signing.dumps("x", salt=tokens.SALT), signing.dumps(10**30, salt=tokens.SALT)]

    assert [client.get("/en/preview/", {"article": token}).status_code for token in others] == [404] * 3


def test_the_link_works_for_seven_days(client):
    article = ArticleFactory(draft=True)
    made = timezone.now()
    address = tokens.preview_url(article.pk, "en")

    with time_machine.travel(made + datetime.timedelta(days=6, hours=23)):
        before = client.get(address).status_code
    with time_machine.travel(made + datetime.timedelta(days=7, minutes=1)):
        after = client.get(address).status_code

    assert (before, after) == (200, 404)


def test_what_waits_for_a_second_person_is_in_the_preview_and_not_on_the_page(client):
    article = ArticleFactory(is_emergency=True, title_en="Approved words")
    SectionFactory(article=article)
    article.title_en = "Words that wait"
    approvals.save(article, by=User.objects.create_user("ana"), at=timezone.now(), is_public=True)

    preview = client.get(tokens.preview_url(article.pk, "en")).content.decode()
    page = client.get(article.url("en")).content.decode()

    assert "<h1>Words that wait</h1>" in preview
    assert "<h1>Approved words</h1>" in page
    assert Article.objects.get(pk=article.pk).title_en == "Approved words"
