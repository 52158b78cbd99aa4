"""The cases of the two equal languages."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from portal.editorial.models import TextState
from portal.editorial.translations import record, words
from tests.portal.articles.factories import ArticleFactory, SectionFactory

pytestmark = pytest.mark.django_db

AUGUST = datetime.datetime(2026, 8, 9, 16, tzinfo=datetime.UTC)
NOVEMBER = datetime.datetime(2026, 11, 2, 16, tzinfo=datetime.UTC)


@pytest.fixture
def staff(client):
    client.force_login(get_user_model().objects.create_superuser("editor"))
    return client


def form_of(client, article, **changed):
    """Return what the browser sends of the article's form, with some values changed."""
    page = client.get(reverse("admin:articles_article_change", args=[article.pk]))
    form, formsets = page.context["adminform"].form, [each.formset for each in page.context["inline_admin_formsets"]]
    bound = [
        *form,
        *(field for each in formsets for part in [each.management_form, *each.initial_forms] for field in part),
    ]
    sent = {field.html_name: field.value() for field in bound if field.value() is not None}
    sent = {name: value for name, value in sent.items() if value is not False}
    for field in bound:  # a moment is sent as day and time
        if isinstance(value := sent.get(field.html_name), datetime.datetime):
            del sent[field.html_name]
            sent |= {f"{field.html_name}_0": f"{value:%Y-%m-%d}", f"{field.html_name}_1": f"{value:%H:%M:%S}"}
    return sent | changed


def save(client, article, **changed):
    response = client.post(
        reverse("admin:articles_article_change", args=[article.pk]), form_of(client, article, **changed)
    )
    assert response.status_code == 302, response.context["errors"]


def listed(client, texts):
    """Return the articles that the admin lists for a language and state."""
    page = client.get(reverse("admin:articles_article_changelist"), {"texts": texts})
    return list(page.context["cl"].result_list)


def stale_texts():
    return list(TextState.objects.exclude(stale_since=None).values_list("field", "language").order_by("field"))


def test_a43_a_page_that_is_only_in_english_says_so_in_spanish_with_the_nearest_pages(client):
    only_english = ArticleFactory(english_only=True, title_en="Not yet in Spanish")
    SectionFactory(article=only_english, body_en="<p>English words of the body.</p>", body_es="")
    near = ArticleFactory(topic=only_english.topic, title_es="Una página cercana")

    page = client.get(only_english.url("es"))
    text = page.content.decode()

    assert page.status_code == 200
    assert "Solo en inglés" in text
    assert f'href="{near.url("es")}"' in text
    assert "English words of the body." not in text
    assert '<a href="' + only_english.url("en") + '" lang="en" hreflang="en">Not yet in Spanish</a>' in text


def test_a44_a_reader_is_told_that_the_translation_is_older_with_both_days(client):
    article = ArticleFactory()
    section = SectionFactory(article=article)
    record([article, section], by=None, at=AUGUST)
    before = words(section)
    section.body_en = "<p>Some new text.</p>"
    section.save()
    record([section], by=None, at=NOVEMBER, before={section: before})

    spanish = client.get(article.url("es")).content.decode()
    english = client.get(article.url("en")).content.decode()

    said = "La página en inglés cambió el 2 de noviembre de 2026; esta traducción es del 9 de agosto de 2026."
    assert said in spanish
    assert "notice--warn" not in english


def test_a45_one_english_field_makes_its_spanish_stale_until_spanish_is_saved(staff):
    article, other = ArticleFactory.create_batch(2)
    record([article, other], by=None, at=AUGUST)

    save(staff, article, summary_en="A summary that says more.")

    article.refresh_from_db()
    assert stale_texts() == [("summary", "es")]
    assert article.summary_es == "Un resumen corto."
    assert (listed(staff, "es.stale"), listed(staff, "es.current")) == ([article], [other])
    assert listed(staff, "en.stale") == []

    save(staff, article, summary_es="Un resumen que dice más.")

    assert stale_texts() == []
    assert listed(staff, "es.stale") == []


def test_a45_a_tick_that_the_spanish_is_still_right_clears_it_too(staff):
    article = ArticleFactory()
    section = SectionFactory(article=article)
    save(staff, article, **{"sections-0-body_en": "<p>Some better text.</p>"})
    stale = stale_texts()

    save(staff, article, still_right=["sections-0-body_es"])

    section.refresh_from_db()
    assert stale == [("body", "es")]
    assert section.body_es == "<p>Un texto.</p>"
    assert stale_texts() == []


def test_a45_the_filter_counts_a_text_that_a_part_of_the_page_lacks(staff):
    article = ArticleFactory()
    SectionFactory(article=article, body_es="")

    assert listed(staff, "es.missing") == [article]
    assert listed(staff, "en.missing") == []
