import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from portal.accounts import roles

from .factories import CitationFactory, GuideFactory, PassageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(client, django_user_model):
    roles.sync()
    user = django_user_model.objects.create_user("publisher", is_staff=True)
    user.groups.add(Group.objects.get(name="publisher"))
    client.force_login(user)
    return client


@pytest.mark.parametrize("model", ["guide", "passage"])
def test_lists_forms_and_search_open(publisher, model):
    passage = CitationFactory(passage__note="Confirm this.").passage
    row = passage if model == "passage" else passage.guide

    listing = publisher.get(reverse(f"admin:overdose_{model}_changelist"), {"q": "part"})
    form = publisher.get(reverse(f"admin:overdose_{model}_change", args=[row.pk]))
    new = publisher.get(reverse(f"admin:overdose_{model}_add"))

    assert [response.status_code for response in (listing, form, new)] == [200, 200, 200]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_passages_does_not_ask_row_by_row(publisher, count, django_assert_max_num_queries):
    PassageFactory.create_batch(count, guide=GuideFactory())

    with django_assert_max_num_queries(11):
        response = publisher.get(reverse("admin:overdose_passage_changelist"))

    assert len(response.context["cl"].result_list) == count


def test_languages_stand_beside_each_other(publisher):
    passage = PassageFactory()

    response = publisher.get(reverse("admin:overdose_passage_change", args=[passage.pk]))

    rows = [field for _name, options in response.context["adminform"].fieldsets for field in options["fields"]]
    assert ("heading_en", "heading_es") in rows
    assert ("text_en", "text_es") in rows


def test_nobody_deletes_a_whole_guide(publisher):
    guide = GuideFactory()

    response = publisher.post(reverse("admin:overdose_guide_delete", args=[guide.pk]), {"post": "yes"})

    assert response.status_code == 403
    guide.refresh_from_db()


def test_a_publisher_takes_passages_off_in_one_go(publisher):
    passages = PassageFactory.create_batch(2, guide=GuideFactory())

    publisher.post(
        reverse("admin:overdose_passage_changelist"),
        {"action": "hide", "_selected_action": [passage.pk for passage in passages]},
    )

    for passage in passages:
        passage.refresh_from_db()
    assert [passage.is_hidden for passage in passages] == [True, True]


def test_a_passage_without_its_spanish_is_refused_with_a_sentence(publisher):
    passage = PassageFactory()
    form = publisher.get(reverse("admin:overdose_passage_change", args=[passage.pk])).context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields} | {"text_es": ""}
    data.pop("is_hidden")
    data |= {"citations-TOTAL_FORMS": 0, "citations-INITIAL_FORMS": 0}

    response = publisher.post(reverse("admin:overdose_passage_change", args=[passage.pk]), data)

    assert response.context["adminform"].form.non_field_errors() == [
        "A passage shows only when every language is whole, drawing included. Until then, hide it."
    ]


def test_who_may_not_review_sees_the_review_but_cannot_fill_it_in(client, django_user_model):
    roles.sync()
    translator = django_user_model.objects.create_user("translator", is_staff=True)
    translator.groups.add(Group.objects.get(name="translator"))
    client.force_login(translator)
    guide = GuideFactory(is_starter=True)

    form = client.get(reverse("admin:overdose_guide_change", args=[guide.pk])).context["adminform"].form

    assert {"is_starter", "reviewed_on", "reviewed_by"}.isdisjoint(form.fields)
    assert "title_es" in form.fields
