import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from portal.editorial.models import TextState
from portal.editorial.translations import record, states, words
from portal.editorial.translations.worklist import page_models, to_translate, work
from portal.waiting import waiting_for
from tests.portal.articles.factories import ArticleFactory, SectionFactory, TopicFactory
from tests.portal.reference.factories import LineFactory
from tests.portal.staff import browser, filled_in, person

pytestmark = pytest.mark.django_db

AUGUST = datetime.datetime(2026, 8, 9, 16, tzinfo=datetime.UTC)
NOVEMBER = datetime.datetime(2026, 11, 2, 16, tzinfo=datetime.UTC)
WORK = reverse("admin:editorial_textstate_changelist")


@pytest.fixture
def translator():
    user = get_user_model().objects.create_user("translator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_textstate", "change_article"]))
    return user


@pytest.fixture
def chief():
    return get_user_model().objects.create_superuser("chief")


@pytest.fixture
def staff(client, chief):
    client.force_login(chief)
    return client


def change(row, **columns):
    before = words(row)
    for column, text in columns.items():
        setattr(row, column, text)
    row.save()
    record([row], by=None, at=NOVEMBER, before={row: before})


def stale_article(**values):
    article = ArticleFactory(**values)
    record([article], by=None, at=AUGUST)
    change(article, summary_en="A clear summary.")
    return article


def works(user, language="es"):
    return work(page_models(user), language)[0:100]


def test_the_form_shows_beside_each_field_where_its_text_stands(staff):
    article = stale_article(key_points_es="")

    page = staff.get(reverse("admin:articles_article_change", args=[article.pk])).content.decode()

    state = page.split(f'id="text-article-{article.pk}-summary_es">')[1].split("</div>")[0]
    assert "stale since November 2, 2026." in state
    assert "A <del>short</del> <ins>clear</ins> summary." in " ".join(state.split())
    assert 'name="still_right" value="summary_es"' in state
    assert "missing" in page.split(f'id="text-article-{article.pk}-key_points_es">')[1].split("</div>")[0]


def test_the_state_is_shown_in_the_parts_of_a_page_too(staff):
    section = SectionFactory(body_es="")

    page = staff.get(reverse("admin:articles_article_change", args=[section.article.pk])).content.decode()

    assert f'id="text-section-{section.pk}-body_es"' in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_states_of_a_whole_page_are_one_query(count, django_assert_num_queries):
    article = stale_article()
    sections = SectionFactory.create_batch(count, article=article)
    for section in sections:
        change(section, body_en="<p>Other text.</p>")

    with django_assert_num_queries(1):
        known = states.known_of(article)
        found = [states.standing(section, "body", "es", known).state for section in sections]

    assert found == [states.STALE] * count


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_says_what_waits_without_asking_once_a_row(count, staff, django_assert_num_queries):
    for _number in range(count):
        stale_article(key_points_es="")
    address = reverse("admin:articles_article_changelist")
    staff.get(address)

    with django_assert_num_queries(LIST_QUERIES):
        page = staff.get(address).content.decode()

    assert page.count("Español: missing, Español: stale") == count


LIST_QUERIES = 7


def test_words_that_wait_for_a_second_person_make_nothing_stale():
    line = LineFactory()
    client, address = browser(person("publisher", "ana")), reverse("admin:reference_line_change", args=[line.pk])

    for purpose in ["To talk at night.", "To talk day and night."]:
        answer = client.post(address, filled_in(client.get(address)) | {"purpose_en": purpose})
        assert answer.status_code == 302

    line.refresh_from_db()
    assert line.purpose_en == "To talk."
    assert not TextState.objects.exclude(stale_since=None).exists()


def test_work_is_what_is_missing_or_stale_the_emergency_first(translator):
    calm = stale_article()
    urgent = stale_article(is_emergency=True)
    section = SectionFactory(article=calm, body_es="")
    ArticleFactory()

    tasks = works(translator)

    assert [task.page for task in tasks] == [urgent, calm]
    assert [(text.row, text.column, text.state, text.words) for text, _address in tasks[1].texts] == [
        (calm, "summary_es", states.STALE, 2),
        (section, "body_es", states.MISSING, 2),
    ]
    assert tasks[1].words == 4


def test_a_text_that_may_still_change_is_no_work_yet(translator):
    ArticleFactory(state_en="draft", state_es="draft", title_es="")
    ArticleFactory(state_en="medical_review", state_es="draft", title_es="")
    waits = ArticleFactory(state_en="translation", state_es="draft", title_es="")

    assert [task.page for task in works(translator)] == [waits]
    assert works(translator, "en") == []


def test_what_a_machine_wrote_is_work_until_somebody_confirms_it(translator):
    article = ArticleFactory(state_es="draft")
    record([article], by=translator, at=AUGUST, machine={"es"})

    assert {text.state for text, _address in works(translator)[0].texts} == {states.MACHINE}

    columns = ["title_es", "summary_es", "key_points_es"]
    record([article], by=translator, at=NOVEMBER, confirmed={(article, column) for column in columns})

    assert works(translator) == []


def test_the_page_of_work_links_each_text_in_its_form(client, translator):
    article = stale_article()
    client.force_login(translator)

    page = client.get(WORK, {"language": "es"}).content.decode()

    address = reverse("admin:articles_article_change", args=[article.pk])
    assert f'<a href="{address}#text-article-{article.pk}-summary_es">summary</a>' in page
    assert "2 words to translate on this page." in page


def test_the_page_of_work_shows_only_what_one_may_change(client, translator):
    TopicFactory(description_es="")
    client.force_login(translator)

    assert "Nothing is missing or stale" in client.get(WORK).content.decode()


def test_the_page_of_work_is_for_translators():
    nobody = Client()
    nobody.force_login(get_user_model().objects.create_user("caller", is_staff=True))

    assert nobody.get(WORK).status_code == 403


def test_the_page_of_work_can_be_narrowed_to_one_kind(staff):
    article, topic = stale_article(), TopicFactory(description_es="")

    page = staff.get(WORK, {"of": "articles.topic"})

    assert [task.page for task in page.context["page"]] == [topic]
    assert [(meta.label_lower, count) for meta, count in page.context["kinds"]] == [
        ("articles.article", 1),
        ("articles.topic", 1),
    ]
    assert article not in [task.page for task in page.context["page"]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_work_does_not_ask_once_a_row(count, staff, django_assert_num_queries):
    for _number in range(count):
        SectionFactory(article=stale_article(), body_es="")
    staff.get(WORK)

    with django_assert_num_queries(len(page_models(get_user_model().objects.get())) + WORK_QUERIES):
        staff.get(WORK)


WORK_QUERIES = 7


def test_a_slice_reads_across_the_kinds(chief):
    articles = [stale_article() for _number in range(3)]
    topics = TopicFactory.create_batch(2, description_es="")
    listed = work([type(articles[0]), type(topics[0])], "es")

    assert [task.page for task in listed[2:4]] == [articles[2], topics[0]]
    assert [task.page for task in listed[4:9]] == [topics[1]]
    assert len(listed) == 5


def test_what_waits_for_a_translator_is_counted_on_the_first_page(translator):
    stale_article()

    waiting = {queue.url: queue.count for queue in waiting_for(translator)}

    assert (waiting[f"{WORK}?language=es"], waiting[f"{WORK}?language=en"]) == (1, 0)


def test_every_translated_model_can_be_asked_what_waits():
    for model in page_models(get_user_model()(is_superuser=True, is_active=True)):
        assert list(to_translate(model, "es")) == []
