import datetime

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.urls import reverse

from portal.articles import gates
from portal.articles.actions import moves
from portal.articles.models import Article
from portal.editorial.models import Move, PendingChange, Removal
from tests.portal.staff import approve, browser, filled_in, person

from .factories import ArticleFactory, ReferenceFactory, SectionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]
AT = datetime.datetime(2026, 12, 1, 15, tzinfo=datetime.UTC)
REVIEWED = {"last_reviewed_on": datetime.date(2026, 11, 1), "next_review_on": datetime.date(2027, 11, 1)}


def article(**values):
    """Return an article that the gates let pass, with nothing published."""
    reviewer = person("medical reviewer", "the-reviewer")
    texts = {"title_en": "What to do", "title_es": "Qué hacer", "summary_es": "Lea esto.", "key_points_es": "Vaya hoy."}
    made = ArticleFactory(
        **texts | {"state_en": "ready", "state_es": "ready", "reviewed_by": reviewer} | REVIEWED | values
    )
    ReferenceFactory(article=made)
    headings = {"heading_en": "When to go", "heading_es": "Cuándo ir"}
    SectionFactory(article=made, body_en="<p>Go today.</p>", body_es="<p>Vaya hoy.</p>", **headings)
    return made


def state(row, language="en"):
    return getattr(Article.objects.get(pk=row.pk), f"state_{language}")


def go(row, step, by, language="en", **values):
    moves.move(row, language=language, step=moves.BY_NAME[step], by=by, at=AT, **values)
    row.refresh_from_db()


def names(row, by, language="en"):
    return [step.name for step, _reasons in moves.steps_for(row, language, by)]


@pytest.mark.parametrize(
    ("role", "from_draft", "from_review", "from_translation", "from_ready", "from_published", "from_archived"),
    [
        ("writer", ["submit"], ["return"], ["return"], ["return"], [], ["reopen"]),
        ("medical reviewer", [], ["review", "return"], ["return"], ["return"], [], []),
        ("translator", ["submit", "translate"], ["return"], ["finish", "return"], ["return"], [], []),
        (
            "publisher",
            ["submit", "translate"],
            ["return"],
            ["finish", "return"],
            ["return", "publish"],
            ["withdraw", "archive"],
            ["reopen"],
        ),
        ("newsletter editor", [], [], [], [], [], []),
    ],
)
def test_each_role_is_offered_its_own_moves(
    role, from_draft, from_review, from_translation, from_ready, from_published, from_archived
):
    by = person(role)
    states = ["draft", "medical_review", "translation", "ready", "published", "archived"]

    offered = [names(ArticleFactory.build(state_en=name, pk=0), by) for name in states]

    assert offered == [from_draft, from_review, from_translation, from_ready, from_published, from_archived]


def test_an_article_goes_the_whole_way_in_both_languages_and_every_move_is_recorded():
    row = article(state_en="draft", state_es="draft", last_reviewed_on=None, next_review_on=None, reviewed_by=None)
    who = {role: person(role) for role in ("writer", "medical reviewer", "translator", "publisher")}

    go(row, "submit", who["writer"])
    go(row, "review", who["medical reviewer"], note="Dose checked.")
    go(row, "translate", who["translator"], "es")
    go(row, "finish", who["translator"], "es")
    go(row, "finish", who["translator"])
    go(row, "publish", who["publisher"])
    go(row, "publish", who["publisher"], "es")

    assert (row.state_en, row.state_es, row.is_published("en"), row.is_published("es")) == (
        "published",
        "published",
        True,
        True,
    )
    assert (row.reviewed_by, row.last_reviewed_on, row.next_review_on) == (
        who["medical reviewer"],
        datetime.date(2026, 12, 1),
        datetime.date(2027, 12, 1),
    )
    made = Move.objects.order_by("pk").values_list("language", "from_state", "to_state", "by__username", "note")
    assert list(made[:3]) == [
        ("en", "draft", "medical_review", "writer", ""),
        ("en", "medical_review", "translation", "medical-reviewer", "Dose checked."),
        ("es", "draft", "translation", "translator", ""),
    ]


def test_of_two_people_who_move_at_once_the_first_wins():
    row = article()
    publisher = person("publisher")
    one, other = Article.objects.get(pk=row.pk), Article.objects.get(pk=row.pk)
    go(one, "return", publisher, note="A typo.")

    with pytest.raises(moves.NotMovedError, match="Somebody else has moved it meanwhile"):
        go(other, "publish", publisher)

    assert (state(row), Move.objects.count()) == ("draft", 1)


def test_a_role_cannot_make_a_move_that_is_not_its_own_even_by_hand():
    row = article()

    with pytest.raises(moves.NotMovedError, match="Your role may not make this move"):
        go(row, "publish", person("writer"))

    assert state(row) == "ready"


def test_a_later_moment_schedules_and_an_end_expires(fixed_day):
    row = article()
    begin, end = AT + datetime.timedelta(days=1), AT + datetime.timedelta(days=2)

    go(row, "publish", person("publisher"), publish_at=begin, expires_at=end)

    seen = []
    for day in (0, 1, 2):
        fixed_day.move_to(AT + datetime.timedelta(days=day, minutes=1))
        seen.append(Article.objects.published("en").exists())
    assert seen == [False, True, False]


def test_a_page_that_was_out_keeps_its_first_day():
    row = article(published_at_en=AT - datetime.timedelta(days=30))

    go(row, "publish", person("publisher"))

    assert row.published_at_en == AT - datetime.timedelta(days=30)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"last_reviewed_on": None, "next_review_on": None, "reviewed_by": None}, "review"),
        ({"next_review_on": datetime.date(2026, 12, 1)}, "review"),
        ({"summary_en": ""}, "whole"),
        ({"slug_en": None}, "whole"),
        ({"state_es": "draft"}, "twin"),
        ({"summary_en": "It can include:"}, "lead-in"),
        ({"key_points_en": "Proven [NOBODY2020]."}, "citation"),
        ({"key_points_en": "It lasts {fact:nothing}."}, "token"),
        ({"summary_en": "Pharmacological interventions necessitate multidisciplinary collaboration."}, "reading"),
    ],
)
def test_each_gate_stops_a_publication(values, rule):
    row = article()
    Article.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()

    found = [problem.rule for problem in gates.problems(row, "en") if not problem.is_warning]

    assert found == [rule]
    with pytest.raises(moves.NotMovedError):
        go(row, "publish", person("publisher"))


def test_an_article_that_passes_has_nothing_to_mend_and_without_a_reference_it_has():
    row = article()
    before = gates.problems(row, "en")
    row.references.all().delete()

    assert (before, [problem.rule for problem in gates.problems(row, "en")]) == ([], ["references"])


def test_a_hidden_section_is_not_asked_for_its_spanish():
    row = article()
    section = SectionFactory(article=row, body_es="")
    before = [problem.anchor for problem in gates.problems(row, "es") if problem.rule == "whole"]
    section.is_hidden = True
    section.save()

    assert (before, gates.problems(row, "es")) == (["sections-1"], [])


def test_a_publisher_sets_a_gate_aside_only_with_a_reason_which_is_recorded():
    row = article(state_es="draft")
    publisher = person("publisher")
    address = reverse("admin:articles_article_move", args=[row.pk, "en", "publish"])
    client = browser(publisher)

    without = client.post(address, {"seen": "ready", "set_aside": "on"})
    client.post(address, {"seen": "ready", "set_aside": "on", "note": "For clinicians of one country."})

    assert (without.status_code, list(without.context["form"].errors)) == (422, ["note"])
    assert state(row) == "published"
    assert Move.objects.values_list("overridden", "note").get() == (["twin"], "For clinicians of one country.")


def test_on_an_emergency_page_no_gate_can_be_set_aside():
    row = article(is_emergency=True, summary_en="It can include:")
    client = browser(person("publisher"))
    address = reverse("admin:articles_article_move", args=[row.pk, "en", "publish"])

    page = client.get(address)
    client.post(address, {"seen": "ready", "set_aside": "on", "note": "Because."})

    assert "set_aside" not in page.context["form"].fields
    assert state(row) == "ready"


def test_an_emergency_page_goes_out_in_every_language_at_once_after_a_second_person_approved_it():
    row = article(is_emergency=True)
    publisher, reviewer = person("publisher"), person("medical reviewer")
    address = reverse("admin:articles_article_approve", args=[row.pk])
    before = moves.reasons(row, "en", moves.BY_NAME["publish"])
    for language in ("en", "es"):
        assert approve(reviewer, address, language).status_code == 302

    go(row, "publish", publisher)

    assert before == ["A second person must approve its words first: English, Español."]
    assert (row.state_en, row.state_es, Move.objects.count()) == ("published", "published", 2)


def test_who_wrote_a_draft_of_an_emergency_page_does_not_approve_it():
    row = article(is_emergency=True, state_en="draft", state_es="draft")
    reviewer = person("medical reviewer")
    client = browser(reviewer)
    form = reverse("admin:articles_article_change", args=[row.pk])
    client.post(form, filled_in(client.get(form)) | {"summary_en": "Mine."})

    answer = approve(reviewer, reverse("admin:articles_article_approve", args=[row.pk]), "en")

    assert (answer.status_code, Article.objects.get(pk=row.pk).summary_en) == (422, "Mine.")


def test_taking_an_article_off_tells_a_second_person():
    row = article(state_en="published")

    go(row, "withdraw", person("publisher"), note="Wrong dose.")

    assert (row.state_en, row.is_published("en")) == ("draft", False)
    assert Removal.objects.values_list("name", "note").get() == (str(row), "Wrong dose.")


def test_publishing_forgets_who_wrote_an_ordinary_draft():
    row = article(state_en="draft")
    client = browser(person("writer"))
    form = reverse("admin:articles_article_change", args=[row.pk])
    client.post(form, filled_in(client.get(form)) | {"summary_en": "Mine."})
    Article.objects.filter(pk=row.pk).update(state_en="ready")
    row.refresh_from_db()
    before = PendingChange.objects.count()

    go(row, "publish", person("publisher"))

    assert (before, PendingChange.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"seen": "nonsense"},
        {"seen": "draft"},
        {"seen": "ready", "publish_at": "soon"},
        {"seen": "ready", "publish_at": "99999-99-99T99:99"},
        {"seen": "ready", "expires_at": "2020-01-01T00:00"},
        {"seen": "ready", "note": "x" * 1001},
        {"seen": "ready", "note": "a\x00b"},
        {"seen": "ready\x00"},
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_moves_nothing(data):
    row = article()

    answer = browser(person("publisher")).post(
        reverse("admin:articles_article_move", args=[row.pk, "en", "publish"]), data
    )

    assert (answer.status_code, state(row)) == (422, "ready")
    assert answer.context["form"].errors


@pytest.mark.parametrize("arguments", [(0, "en", "publish"), (None, "xx", "publish"), (None, "en", "nothing")])
def test_an_address_that_means_nothing_is_not_found(arguments):
    pk, *rest = arguments
    row = article()

    answer = browser(person("publisher")).get(
        reverse("admin:articles_article_move", args=[row.pk if pk is None else pk, *rest])
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("data", [{}, {"language": "xx", "read": "a"}, {"language": "en", "read": "x" * 99}])
def test_an_approval_that_says_nothing_is_refused(data):
    row = article(is_emergency=True)

    answer = browser(person("medical reviewer")).post(reverse("admin:articles_article_approve", args=[row.pk]), data)

    assert answer.status_code == 422


def test_only_a_reviewer_opens_the_page_of_approval():
    row = article(is_emergency=True)
    address = reverse("admin:articles_article_approve", args=[row.pk])

    assert [browser(person(role)).get(address).status_code for role in ("writer", "medical reviewer")] == [403, 200]


def test_a_public_text_is_held_to_the_rules_when_it_is_changed():
    row = article(state_en="published")
    client = browser(person("writer"))
    form = reverse("admin:articles_article_change", args=[row.pk])

    answer = client.post(form, filled_in(client.get(form)) | {"sections-0-body_en": "<p>It can include:</p>"})
    spanish = client.post(form, filled_in(client.get(form)) | {"sections-0-body_es": "<p>Puede incluir:</p>"})

    sections = answer.context["inline_admin_formsets"][0].formset
    assert list(sections.forms[0].errors) == ["body_en"]
    assert "ends with a colon" in sections.forms[0].errors["body_en"][0]
    assert (row.sections.get().body_en, spanish.status_code) == ("<p>Go today.</p>", 302)


def test_a_rule_that_was_broken_before_does_not_stop_a_later_change():
    row = article(state_en="published", summary_en="It can include:")
    client = browser(person("writer"))
    form = reverse("admin:articles_article_change", args=[row.pk])

    answer = client.post(form, filled_in(client.get(form)) | {"sections-0-body_en": "<p>Go now.</p>"})

    assert (answer.status_code, row.sections.get().body_en) == (302, "<p>Go now.</p>")


def test_check_deploy_fails_while_an_emergency_article_lacks_a_named_approval():
    row = article(is_emergency=True, state_en="published", state_es="published")
    reviewer = person("medical reviewer")
    before = [error.id for error in gates.emergency_articles_are_approved(None)]
    with pytest.raises(SystemCheckError, match="articles.E001"):
        call_command("check", deploy=True)
    for language in ("en", "es"):
        approve(reviewer, reverse("admin:articles_article_approve", args=[row.pk]), language)

    assert (before, gates.emergency_articles_are_approved(None)) == (["articles.E001"], [])
