"""The cases of writing and publishing: two persons, two languages at once, gates that name the paragraph."""

import datetime

import pytest
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import override

from portal.articles import gates
from portal.articles.actions import moves
from portal.articles.models import Article, Section
from portal.editorial.models import AvoidedWord, Removal
from portal.overdose.models import Passage
from portal.reference.actions import load_starter
from portal.reference.models import Line
from portal.waiting import waiting_for
from tests.portal.articles.factories import ArticleFactory, ReferenceFactory, SectionFactory, SourceFactory
from tests.portal.overdose.factories import LineFactory, PassageFactory
from tests.portal.staff import approve, browser, filled_in, person

pytestmark = pytest.mark.django_db


def change(user, row, **values):
    """Change fields of a row in its admin form as this person."""
    client = browser(user)
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    answer = client.post(address, filled_in(client.get(address)) | values)
    assert answer.status_code == 302, answer.context["errors"]


def test_a40_nobody_approves_their_own_change_of_a_phone_line_and_the_old_number_shows_until_then(client):
    line = LineFactory(slug="access", name_en="Access", name_es="Access", phone="(860) 555-0100", position=1)
    address = reverse("admin:reference_line_approve", args=[line.pk])
    writer, other = person("publisher", "ana"), person("publisher", "eva")

    change(writer, line, phone="(860) 555-0199")
    own = approve_as_own(writer, address)
    seen_before = "(860) 555-0100" in client.get("/en/").content.decode()
    approve(other, address, "en")
    between = Line.objects.get(pk=line.pk).phone
    approve(other, address, "es")

    assert (own, seen_before, between) == (422, True, "(860) 555-0100")
    assert Line.objects.get(pk=line.pk).phone == "(860) 555-0199"
    assert "(860) 555-0199" in client.get("/es/").content.decode()


def approve_as_own(user, address):
    """Try to approve what one wrote oneself; return the status of the answer."""
    return approve(user, address, "en").status_code


def test_a40_nobody_approves_their_own_words_in_an_emergency_guide():
    passage = PassageFactory(
        heading_en="Call", heading_es="Llame", text_en="<p>Call 911.</p>", text_es="<p>Llame al 911.</p>"
    )
    reviewer = person("medical reviewer")

    change(reviewer, passage, text_en="<p>Call 911 now.</p>")
    answer = approve(reviewer, reverse("admin:overdose_guide_approve", args=[passage.guide_id]), "en")

    assert answer.status_code == 422
    assert "Somebody else must approve them." in answer.content.decode()
    assert Passage.objects.get(pk=passage.pk).text_en == "<p>Call 911.</p>"


def test_a47_english_on_the_overdose_guide_waits_until_spanish_is_approved_again(client):
    passage = PassageFactory(
        heading_en="Call", heading_es="Llame", text_en="<p>Call 911.</p>", text_es="<p>Llame al 911.</p>"
    )
    writer, reviewer = person("translator"), person("medical reviewer")
    address = reverse("admin:overdose_guide_approve", args=[passage.guide_id])

    change(writer, passage, text_en="<p>Call 911 now.</p>")
    approve(reviewer, address, "en")
    between = "Call 911 now." in client.get("/en/overdose/").content.decode()
    approve(reviewer, address, "es")

    assert between is False
    assert "Call 911 now." in client.get("/en/overdose/").content.decode()


def test_a47_english_on_an_emergency_article_waits_until_spanish_is_approved_again(client):
    article = ArticleFactory(
        is_emergency=True, title_en="Now", title_es="Qué hacer", summary_en="Call.", summary_es="Llame ya."
    )
    section = SectionFactory(
        article=article,
        body_en="<p>Wait here.</p>",
        body_es="<p>No se vaya.</p>",
        heading_en="Help",
        heading_es="Ayuda",
    )
    writer, reviewer = person("writer"), person("medical reviewer")
    address = reverse("admin:articles_article_approve", args=[article.pk])

    change(writer, article, **{"summary_en": "Call us now.", "sections-0-body_en": "<p>Do not wait.</p>"})
    answers = [approve(reviewer, address, "en")]
    between = client.get(article.url("en")).content.decode()
    answers.append(approve(reviewer, address, "es"))
    after = client.get(article.url("en")).content.decode()

    assert [answer.context and answer.context["error"] for answer in answers] == [None, None]
    assert ("Call us now." in between, "Do not wait." in between, "Wait here." in between) == (False, False, True)
    assert ("Call us now." in after, "Do not wait." in after, "Wait here." in after) == (True, True, False)
    assert Section.objects.get(pk=section.pk).body_es == "<p>No se vaya.</p>"


def test_a47_an_emergency_article_is_published_in_both_languages_or_in_none(fixed_day):
    article = ArticleFactory(is_emergency=True, state_en="ready", state_es="translation")
    publisher = person("publisher")

    steps = {step.name: reasons for step, reasons in moves.steps_for(article, "en", publisher)}

    assert steps["publish"][0] == "An emergency page goes out in every language at once. Not ready: Español."


def test_a47_hiding_a_wrong_statement_is_never_blocked(client):
    article = ArticleFactory(is_emergency=True)
    wrong = SectionFactory(article=article, body_en="<p>Wrong.</p>", body_es="<p>Mal.</p>")
    step = PassageFactory(text_en="<p>Wrong step.</p>", text_es="<p>Paso mal.</p>")
    line = LineFactory(slug="other", name_en="Other", name_es="Otra", phone="(860) 555-0123", position=5)
    publisher, second = person("publisher", "ana"), person("publisher", "eva")

    for name, row in (("articles_section", wrong), ("overdose_passage", step), ("reference_line", line)):
        assert browser(publisher).post(reverse(f"admin:{name}_hide", args=[row.pk])).status_code == 302

    pages = [client.get(article.url(code)).content.decode() for code in ("en", "es")]
    pages += [
        client.get(f"/{code}/{slug}/").content.decode() for code, slug in (("en", "overdose"), ("es", "sobredosis"))
    ]
    assert [word for word in ("Wrong", "Mal.", "Paso mal", "555-0123") if any(word in page for page in pages)] == []
    assert [removal.by for removal in Removal.objects.all()] == [publisher] * 3
    told = {user: _count(user, "Taken off the site by others") for user in (publisher, second)}
    assert told == {publisher: 0, second: 3}


def _count(user, title):
    with override("en"):
        return {queue.title: queue.count for queue in waiting_for(user)}[title]


def test_a51_staff_see_which_articles_are_past_their_next_review(fixed_day):
    reviewer = person("medical reviewer")
    reviewed = {"last_reviewed_on": datetime.date(2025, 11, 1), "reviewed_by": reviewer}
    late = ArticleFactory(**reviewed, next_review_on=datetime.date(2026, 11, 30))
    ArticleFactory(**reviewed, next_review_on=datetime.date(2026, 12, 2))
    ArticleFactory(**reviewed, next_review_on=datetime.date(2026, 11, 30), draft=True)

    rows = browser(reviewer).get(reverse("admin:articles_article_changelist"), {"review": "due"}).context["cl"]

    assert _count(reviewer, "Articles past their next review") == 1
    assert list(rows.result_list) == [late]


def publishable(**values):
    """Return an article that passes every gate."""
    reviewer = person("medical reviewer", "the-reviewer")
    article = ArticleFactory(
        title_en="What to do",
        title_es="Qué hacer",
        summary_es="Lea esto.",
        key_points_es="Vaya hoy.",
        state_en="ready",
        state_es="ready",
        last_reviewed_on=datetime.date(2026, 11, 1),
        reviewed_by=reviewer,
        next_review_on=datetime.date(2027, 11, 1),
        **values,
    )
    ReferenceFactory(article=article, source=SourceFactory(title="Outcomes in addicts", code="OLD1999"))
    SectionFactory(article=article, heading_en="When to go", body_en="<p>Go today.</p>", body_es="<p>Vaya hoy.</p>")
    return article


def test_a57_a_paragraph_that_leads_to_nothing_stops_publication_by_its_name(fixed_day):
    article = publishable()
    article.sections.update(body_en="<p>Go today.</p><p>It can include:</p><h3>Costs</h3><p>None.</p>")
    publisher = browser(person("publisher"))
    address = reverse("admin:articles_article_move", args=[article.pk, "en", "publish"])

    answer = publisher.post(address, {"seen": "ready"})

    assert answer.status_code == 422
    assert (
        "Paragraph 2 of “When to go” (“It can include…”) ends with a colon, and nothing follows. "
        "Write what it promises, or end it."
    ) in answer.content.decode()
    assert Article.objects.get(pk=article.pk).state_en == "ready"


def test_a57_a_paragraph_that_leads_to_a_list_is_published(fixed_day):
    article = publishable()
    article.sections.update(body_en="<p>It can include:</p><ul><li><p>Costs</p></li></ul>")

    browser(person("publisher")).post(
        reverse("admin:articles_article_move", args=[article.pk, "en", "publish"]), {"seen": "ready"}
    )

    assert Article.objects.get(pk=article.pk).state_en == "published"


@pytest.mark.parametrize(
    ("language", "words", "better"),
    [
        ("en", "an addict", "person with opioid use disorder"),
        ("en", "a drug abuser", "person who uses drugs"),
        ("en", "a clean urine", "negative result"),
        ("es", "un drogadicto", "persona que consume drogas"),
        ("es", "una adicta", "persona con trastorno por consumo de opioides"),
    ],
)
def test_a58_words_that_hurt_are_named_with_better_ones_and_titles_of_references_are_not(
    fixed_day, language, words, better
):
    load_starter()
    article = publishable()
    article.sections.update(**{f"body_{language}": f"<p>{words} [OLD1999].</p>"})

    found = [problem for problem in gates.problems(article, language) if problem.rule == "words"]

    assert [problem.is_warning for problem in found] == [True]
    assert words.split(" ", 1)[1] in found[0].message
    assert better in found[0].message


def test_a58_a_text_in_the_right_words_is_not_named(fixed_day):
    load_starter()
    article = publishable()
    article.sections.update(
        body_en="<p>Addiction is an illness. She is addicted to opioids. Bring clean clothes.</p>",
        body_es="<p>La adicción es una enfermedad. Traiga ropa limpia.</p>",
    )

    found = [problem for code in ("en", "es") for problem in gates.problems(article, code) if problem.rule == "words"]

    assert found == []
    assert AvoidedWord.objects.exists()


def test_a58_the_form_shows_the_warning_with_a_link_to_the_section(fixed_day):
    load_starter()
    article = publishable()
    article.sections.update(body_en="<p>Every addict can get help.</p>")

    page = browser(person("writer")).get(reverse("admin:articles_article_change", args=[article.pk])).content.decode()

    assert "says “addict”. Better: person with opioid use disorder" in strip_tags(page)
    assert 'href="#sections-0"' in page
