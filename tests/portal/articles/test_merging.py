"""Two people edit one article at once, and nothing is lost."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from portal.accounts import roles
from portal.accounts.models import User
from portal.articles.models import Article, Section

from .factories import ArticleFactory, ReferenceFactory, SectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editors():
    """Return the browsers of two publishers."""
    roles.sync()
    browsers = []
    for name in ("ana", "eva"):
        user = User.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get(name="publisher"))
        browser = Client()
        browser.force_login(user)
        browsers.append(browser)
    return browsers


def address(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def opened(browser, article):
    """Return what the browser would send back from the form if nobody typed."""
    response = browser.get(address(article))
    return sent_back(response)


def sent_back(response):
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {"seen": response.context["seen"]}
    for form in forms:
        for bound in form:
            widget, value = getattr(bound.field.widget, "widget", bound.field.widget), bound.value()
            if hasattr(widget, "decompress"):
                pieces = value if isinstance(value, list) else widget.decompress(value)
                data |= {f"{bound.html_name}_{number}": piece or "" for number, piece in enumerate(pieces)}
            elif value is not None and value is not False:
                data[bound.html_name] = value
    if merged := response.context["merged"]:
        data["asked"] = [clash.key for clash in merged.clashes]
    return data


def test_a_save_alone_asks_nothing(editors):
    ana, _eva = editors
    article = ArticleFactory()
    SectionFactory(article=article)
    form = opened(ana, article)

    response = ana.post(address(article), form | {"title_en": "New title"})

    assert response.status_code == 302
    assert Article.objects.get(pk=article.pk).title_en == "New title"


def test_what_two_people_change_in_different_fields_is_all_kept(editors):
    ana, eva = editors
    article = ArticleFactory()
    section = SectionFactory(article=article)
    of_ana, of_eva = opened(ana, article), opened(eva, article)

    ana.post(address(article), of_ana | {"title_en": "By Ana", "sections-0-body_en": "<p>By Ana.</p>"})
    response = eva.post(address(article), of_eva | {"title_es": "De Eva", "sections-0-body_es": "<p>De Eva.</p>"})

    assert response.status_code == 302
    after, part = Article.objects.get(pk=article.pk), Section.objects.get(pk=section.pk)
    assert (after.title_en, after.title_es) == ("By Ana", "De Eva")
    assert (part.body_en, part.body_es) == ("<p>By Ana.</p>", "<p>De Eva.</p>")


def test_what_two_people_change_in_one_field_is_shown_in_both_forms_and_not_saved(editors):
    ana, eva = editors
    article = ArticleFactory(title_en="First words")
    of_ana, of_eva = opened(ana, article), opened(eva, article)
    ana.post(address(article), of_ana | {"title_en": "First words by Ana"})

    response = eva.post(address(article), of_eva | {"title_en": "First words by Eva", "summary_en": "Mine."})

    (clash,) = response.context["merged"].clashes
    assert (clash.name, clash.mine, clash.theirs) == ("title_en", "First words by Eva", "First words by Ana")
    assert clash.changes == [("same", "First words by"), ("del", "Ana"), ("ins", "Eva")]
    assert sent_back(response)["title_en"] == "First words by Eva"
    assert sent_back(response)["summary_en"] == "Mine."
    assert Article.objects.get(pk=article.pk).title_en == "First words by Ana"


@pytest.mark.parametrize(("choice", "kept"), [("mine", "By Eva"), ("theirs", "By Ana")])
def test_the_second_editor_chooses_and_saves(editors, choice, kept):
    ana, eva = editors
    article = ArticleFactory()
    section = SectionFactory(article=article)
    of_ana, of_eva = opened(ana, article), opened(eva, article)
    ana.post(address(article), of_ana | {"sections-0-heading_en": "By Ana"})
    refused = eva.post(address(article), of_eva | {"sections-0-heading_en": "By Eva", "title_en": "Eva too"})

    chosen = {f"keep-section:{section.pk}.heading_en": choice}
    eva.post(address(article), sent_back(refused) | chosen)

    assert Section.objects.get(pk=section.pk).heading_en == kept
    assert Article.objects.get(pk=article.pk).title_en == "Eva too"


def test_saving_again_without_a_choice_asks_again_and_saves_nothing(editors):
    ana, eva = editors
    article = ArticleFactory()
    of_ana, of_eva = opened(ana, article), opened(eva, article)
    ana.post(address(article), of_ana | {"title_en": "By Ana"})
    refused = eva.post(address(article), of_eva | {"title_en": "By Eva"})

    again = eva.post(address(article), sent_back(refused))

    assert [clash.name for clash in again.context["merged"].clashes] == ["title_en"]
    assert Article.objects.get(pk=article.pk).title_en == "By Ana"


def test_a_choice_holds_only_for_the_text_that_was_shown(editors):
    ana, eva = editors
    article = ArticleFactory()
    of_ana, of_eva = opened(ana, article), opened(eva, article)
    ana.post(address(article), of_ana | {"title_en": "By Ana"})
    refused = eva.post(address(article), of_eva | {"title_en": "By Eva"})
    ana.post(address(article), opened(ana, article) | {"title_en": "By Ana again"})

    again = eva.post(address(article), sent_back(refused) | {f"keep-article:{article.pk}.title_en": "mine"})

    assert [clash.theirs for clash in again.context["merged"].clashes] == ["By Ana again"]


def test_a_section_that_somebody_hid_stays_hidden_when_an_older_form_is_saved(editors):
    ana, eva = editors
    article = ArticleFactory()
    SectionFactory(article=article)
    section = SectionFactory(article=article)
    of_eva = opened(eva, article)
    ana.post(reverse("admin:articles_section_hide", args=[section.pk]))

    eva.post(address(article), of_eva | {"sections-1-body_en": "<p>More.</p>"})

    after = Section.objects.get(pk=section.pk)
    assert (after.is_hidden, after.body_en) == (True, "<p>More.</p>")


def test_what_was_written_in_a_section_that_somebody_deleted_becomes_a_new_section(editors):
    ana, eva = editors
    article = ArticleFactory(draft=True)
    kept, deleted = SectionFactory.create_batch(2, article=article)
    of_ana, of_eva = opened(ana, article), opened(eva, article)
    ana.post(address(article), of_ana | {"sections-1-DELETE": "on"})

    asked = eva.post(address(article), of_eva | {"sections-1-body_en": "<p>Worth keeping.</p>"})
    eva.post(address(article), sent_back(asked))

    assert [heading for _place, heading in asked.context["merged"].reborn] == [deleted.heading_en]
    bodies = article.sections.order_by("pk").values_list("body_en", flat=True)
    assert list(bodies) == [kept.body_en, "<p>Worth keeping.</p>"]


def test_a_section_that_somebody_deleted_is_let_go_when_nobody_else_wrote_in_it(editors):
    ana, eva = editors
    article = ArticleFactory(draft=True)
    SectionFactory.create_batch(3, article=article)
    of_ana, of_eva = opened(ana, article), opened(eva, article)
    ana.post(address(article), of_ana | {"sections-0-DELETE": "on"})

    response = eva.post(address(article), of_eva | {"sections-2-body_en": "<p>By Eva.</p>"})

    assert response.status_code == 302
    assert list(article.sections.order_by("pk").values_list("body_en", flat=True)) == [
        "<p>Some text.</p>",
        "<p>By Eva.</p>",
    ]


def test_deleting_what_somebody_has_just_changed_is_asked_first(editors):
    ana, eva = editors
    article = ArticleFactory(draft=True)
    SectionFactory.create_batch(2, article=article)
    of_ana, of_eva = opened(ana, article), opened(eva, article)
    ana.post(address(article), of_ana | {"sections-0-body_en": "<p>By Ana.</p>"})

    response = eva.post(address(article), of_eva | {"sections-0-DELETE": "on"})

    assert [clash.name for clash in response.context["merged"].clashes] == ["sections-0-DELETE"]
    assert article.sections.count() == 2


def test_the_editors_own_way_of_writing_html_is_no_change(editors):
    ana, eva = editors
    article = ArticleFactory()
    section = SectionFactory(article=article, body_en="<ul><li>One</li></ul>\n<p>Two</p>")
    of_ana, of_eva = opened(ana, article), opened(eva, article)
    ana.post(address(article), of_ana | {"sections-0-body_en": "<p>By Ana.</p>"})

    eva.post(address(article), of_eva | {"sections-0-body_en": "<ul><li><p>One</p></li></ul><p>Two</p>"})

    assert Section.objects.get(pk=section.pk).body_en == "<p>By Ana.</p>"


def test_a_reference_put_elsewhere_by_two_people_is_asked(editors):
    ana, eva = editors
    article = ArticleFactory()
    ReferenceFactory(article=article, position=1)
    of_ana, of_eva = opened(ana, article), opened(eva, article)
    ana.post(address(article), of_ana | {"references-0-position": "5"})

    response = eva.post(address(article), of_eva | {"references-0-position": "7"})

    assert [(clash.theirs, clash.mine) for clash in response.context["merged"].clashes] == [("5", "7")]


@pytest.mark.parametrize("seen", ["", "{", "[]", '"x"', '{"article:1": 3}', '{"article:999": {"title_en": "x"}}'])
def test_a_form_with_a_broken_note_of_what_was_seen_is_saved_as_it_is(editors, seen):
    ana, _eva = editors
    article = ArticleFactory()
    form = opened(ana, article)

    response = ana.post(address(article), form | {"seen": seen, "title_en": "New"})

    assert response.status_code == 302
    assert Article.objects.get(pk=article.pk).title_en == "New"
