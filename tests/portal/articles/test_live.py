"""The form's answers while somebody types: pieces to insert, and the reading level."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from portal.accounts import roles
from portal.accounts.models import User
from portal.editorial.models import ReadingName
from tests.portal.reference.factories import FactFactory, GlossaryTermFactory, LineFactory

from .factories import ArticleFactory, SourceFactory

pytestmark = pytest.mark.django_db
EASY = {"en": "<p>You can get help. It is free.</p>", "es": "<p>Usted puede pedir ayuda. Es gratis.</p>"}
HARD = "<p>Pharmacological interventions demonstrate considerable effectiveness regarding opioid dependency.</p>"


@pytest.fixture
def writer(client):
    roles.sync()
    user = User.objects.create_user("ana", is_staff=True)
    user.groups.add(Group.objects.get(name="writer"))
    client.force_login(user)
    return client


def levels(client, **form):
    answer = client.post(reverse("admin:articles_article_reading"), form)
    return {level["language"]: (level["text"], level["passes"]) for level in answer.json()["levels"]}


def section(number, **texts):
    return {f"sections-{number}-{name}": text for name, text in texts.items()}


def test_the_pieces_are_what_a_text_can_quote_with_their_tokens(writer):
    FactFactory(code="hours", name_en="Hours")
    LineFactory(slug="help", name_en="Help line")
    LineFactory(slug="hidden", is_hidden=True)
    GlossaryTermFactory(code="taper", term_en="taper")
    SourceFactory(code="STUDY1", title="A study")

    groups = writer.get(reverse("admin:articles_article_pieces")).json()["groups"]

    tokens = [piece["token"] for group in groups for piece in group["pieces"]]
    assert {"{fact:hours}", "{line:help}", "{term:taper}", "[STUDY1]"} <= set(tokens)
    assert "{line:hidden}" not in tokens


def test_easy_texts_pass_and_hard_ones_are_named_with_the_limit(writer):
    form = {"sections-TOTAL_FORMS": "1", **section(0, body_en=HARD, body_es=EASY["es"])}

    found = levels(writer, **form)

    assert found["en"][0].startswith("English: Flesch-Kincaid ")
    assert found["en"][0].endswith(", at most 8. Too hard.")
    assert (found["en"][1], found["es"][1]) == (False, True)


def test_hidden_and_deleted_sections_do_not_count(writer):
    form = {
        "sections-TOTAL_FORMS": "3",
        **section(0, body_en=EASY["en"]),
        **section(1, body_en=HARD, is_hidden="on"),
        **section(2, body_en=HARD, DELETE="on"),
    }

    assert levels(writer, **form)["en"][1] is True


def test_a_name_on_the_list_counts_as_an_easy_word(writer):
    text = "<p>Buprenorphinoxamide helps. Take buprenorphinoxamide each day.</p>"
    form = {"sections-TOTAL_FORMS": "1", **section(0, body_en=text)}
    before = levels(writer, **form)["en"][1]

    ReadingName.objects.create(text="buprenorphinoxamide")

    assert (before, levels(writer, **form)["en"][1]) == (False, True)


def test_an_emergency_page_is_held_to_the_stricter_limit(writer):
    article = ArticleFactory(is_emergency=True)
    form = {"article": article.pk, "sections-TOTAL_FORMS": "1", **section(0, body_en=EASY["en"])}

    assert ", at most 6." in levels(writer, **form)["en"][0]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"sections-TOTAL_FORMS": "x"},
        {"sections-TOTAL_FORMS": "99999999999999999999"},
        {"sections-TOTAL_FORMS": "-1", "article": "1" * 40},
        {"kind": "nothing", "title_en": "\x00", "article": "é"},
        {"sections-TOTAL_FORMS": "1", "sections-0-body_en": "<<<p>" * 2000},
    ],
)
def test_bad_input_gets_an_answer(writer, form):
    assert writer.post(reverse("admin:articles_article_reading"), form).status_code == 200


@pytest.mark.parametrize("name", ["pieces", "reading"])
def test_strangers_and_who_may_not_write_get_nothing(client, name):
    address = reverse(f"admin:articles_article_{name}")
    stranger = client.post(address)
    client.force_login(User.objects.create_user("eva", is_staff=True))

    assert (stranger.status_code, client.post(address).status_code) == (302, 403)
