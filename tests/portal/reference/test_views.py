import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.portal.articles.factories import SourceFactory

from .factories import AlertFactory, GlossaryTermFactory, SiteLinkFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]


def test_the_glossary_stands_in_the_order_of_its_letters_without_accents(client):
    for number, term in enumerate(["zeta", "ámbar", "abeja", "Árbol"]):
        GlossaryTermFactory(code=f"t{number}", term_en=term, term_es=term)

    response = client.get("/en/glossary/")

    assert [word.term for word in response.context["page"]] == ["abeja", "ámbar", "Árbol", "zeta"]
    assert response.context["letters"] == ["A", "Z"]


@pytest.mark.parametrize(
    ("letter", "found"), [("a", ["ámbar"]), ("A", ["ámbar"]), ("z", ["zeta"]), ("x", []), ("<", [])]
)
def test_one_letter_of_the_glossary(client, letter, found):
    GlossaryTermFactory(term_en="ámbar")
    GlossaryTermFactory(term_en="zeta")

    response = client.get("/en/glossary/", {"letter": letter})

    assert [word.term for word in response.context["page"]] == found


@pytest.mark.parametrize("count", [1, 3])
def test_the_glossary_takes_two_queries(client, count, django_assert_num_queries):
    GlossaryTermFactory.create_batch(count)
    client.get("/en/glossary/")

    with django_assert_num_queries(2):
        client.get("/en/glossary/")


def test_the_glossary_has_pages(client):
    GlossaryTermFactory.create_batch(51)

    first, last = client.get("/en/glossary/"), client.get("/en/glossary/?page=2")

    assert [len(page.context["page"].object_list) for page in (first, last)] == [50, 1]


def test_the_alerts_page_shows_what_is_out_and_what_is_over_with_its_source(client):
    now = timezone.now()
    shown = AlertFactory(out=True, kind="supply", source=SourceFactory(title="A laboratory"), text_en="Now.")
    over = AlertFactory(out=True, ends_at=now - datetime.timedelta(minutes=1), text_en="Before.")
    AlertFactory(out=True, starts_at=now + datetime.timedelta(hours=1))
    AlertFactory()

    response = client.get("/en/alerts/")

    assert (response.context["now"], response.context["earlier"]) == ([shown], [over])
    assert "A laboratory" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_alerts_page_takes_as_many_queries_for_three_as_for_one(client, count, django_assert_num_queries):
    AlertFactory.create_batch(count, out=True, source=SourceFactory())
    client.get("/en/alerts/")

    with django_assert_num_queries(3):
        client.get("/en/alerts/")


def test_the_feed_of_each_language_has_the_alerts_that_are_out(client):
    AlertFactory(out=True, text_en="Only now.", text_es="Solo ahora.")
    AlertFactory(text_en="Never.", text_es="Nunca.")

    feed = client.get(reverse("reference:alerts-feed")).content.decode()

    assert (feed.count("<entry>"), "Only now." in feed, "Never." in feed) == (1, True, False)


def test_related_sites_stand_on_the_home_page_in_each_language(client):
    SiteLinkFactory()
    SiteLinkFactory(name_en="Not yet", is_public=False)

    pages = {code: client.get(f"/{code}/").content.decode() for code in ("en", "es")}

    assert 'href="https://example.org/en"' in pages["en"]
    assert 'href="https://example.org/es"' in pages["es"]
    assert "Not yet" not in pages["en"]
