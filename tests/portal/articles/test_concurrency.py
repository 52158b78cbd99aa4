"""Two people do the same to an article at the same moment: both are on their way before either may go on."""

import datetime
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.urls import reverse

from portal.articles.actions import moves
from portal.articles.models import Article, Section
from portal.editorial.models import Approval, Move, PendingChange
from tests.portal.staff import browser, filled_in, person

from .factories import ArticleFactory, SectionFactory
from .test_merging import address, opened

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime.datetime(2026, 12, 1, 15, tzinfo=datetime.UTC)
WAITING = """
SELECT count(DISTINCT waiting.pid) FROM pg_locks AS waiting JOIN pg_locks AS here USING (pid)
WHERE NOT waiting.granted AND here.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def at_once(article, *calls):
    """Make these calls while the article is locked, and let go once all of them wait for it; return what they did."""

    def call(its):
        try:
            return its()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        with transaction.atomic():
            Article.objects.select_for_update().get(pk=article.pk)
            running = [pool.submit(call, its) for its in calls]
            _until_all_wait(len(calls))
        return [one.result(timeout=60) for one in running]


def _until_all_wait(count):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0] == count:
                return
        time.sleep(0.05)
    raise AssertionError("not all of them came to wait for the lock")


def test_of_two_saves_at_once_one_wins_and_the_other_sees_both_texts():
    section = SectionFactory(body_en="<p>Old words.</p>")
    ana, eva = browser(person("publisher", "ana")), browser(person("publisher", "eva"))
    sent = [
        (client, opened(client, section.article) | {"title_en": f"By {name}", f"summary_{code}": f"Of {name}."})
        for client, name, code in [(ana, "Ana", "en"), (eva, "Eva", "es")]
    ]

    answers = at_once(
        section.article, *(lambda who=who, data=data: who.post(address(section.article), data) for who, data in sent)
    )

    winner, loser = sorted(answers, key=lambda answer: answer.status_code, reverse=True)
    assert (winner.status_code, loser.status_code) == (302, 200)
    clash = loser.context["merged"].clashes[0]
    stored = Article.objects.get(pk=section.article.pk)
    assert (clash.theirs, {clash.mine, clash.theirs}) == (stored.title_en, {"By Ana", "By Eva"})
    # The loser's own summary and the winner's both stand in the form that the loser got back.
    form = loser.context["adminform"].form
    assert {form["summary_en"].value(), form["summary_es"].value()} == {"Of Ana.", "Of Eva."}


def test_two_saves_at_once_of_different_fields_both_count():
    section = SectionFactory()
    ana, eva = browser(person("publisher", "ana")), browser(person("publisher", "eva"))
    sent = [
        (ana, opened(ana, section.article) | {"title_en": "By Ana"}),
        (eva, opened(eva, section.article) | {"sections-0-heading_es": "De Eva"}),
    ]

    answers = at_once(
        section.article, *(lambda who=who, data=data: who.post(address(section.article), data) for who, data in sent)
    )

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Article.objects.get().title_en == "By Ana"
    assert Section.objects.get().heading_es == "De Eva"


def test_of_two_moves_at_once_one_is_made_and_the_other_says_why_not():
    article = ArticleFactory(state_en="ready", state_es="ready")
    by = [person("publisher", "ana"), person("publisher", "eva")]

    def go(who, step, note):
        try:
            moves.move(
                Article.objects.get(pk=article.pk),
                language="en",
                step=moves.BY_NAME[step],
                by=who,
                at=AT,
                note=note,
            )
        except moves.NotMovedError as reason:
            return str(reason)
        return "made"

    said = at_once(article, lambda: go(by[0], "return", "A typo."), lambda: go(by[1], "return", "Another."))

    assert sorted(said) == ["Somebody else has moved it meanwhile. Look at it again.", "made"]
    assert (Article.objects.get().state_en, Move.objects.count()) == ("draft", 1)


def test_two_approvals_at_once_put_the_words_out_once_and_keep_both_names():
    easy = {"title_es": "Qué hacer", "summary_es": "Lea esto.", "key_points_es": "Vaya hoy."}
    article = ArticleFactory(is_emergency=True, **easy)
    section = SectionFactory(article=article, body_en="<p>Old.</p>", heading_es="Cuándo ir", body_es="<p>Vaya hoy.</p>")
    writer = browser(person("publisher", "ana"))
    form = filled_in(writer.get(address(section.article))) | {"sections-0-body_en": "<p>Go now.</p>"}
    writer.post(address(section.article), form)
    page = reverse("admin:articles_article_approve", args=[section.article.pk])
    readers = [browser(person("medical reviewer", name)) for name in ("eva", "ines")]
    read = {tongue["code"]: tongue["read"] for tongue in readers[0].get(page).context["tongues"]}
    readers[0].post(page, {"language": "es", "read": read["es"]})

    answers = at_once(
        section.article,
        *(lambda who=who: who.post(page, {"language": "en", "read": read["en"]}) for who in readers),
    )

    section.refresh_from_db()
    assert ([answer.status_code for answer in answers], section.body_en) == ([302, 302], "<p>Go now.</p>")
    assert not PendingChange.objects.exclude(values={}).exists()
    of_section = Approval.objects.filter(object_id=section.pk, content_type__model="section", language="en")
    assert set(of_section.values_list("by__username", flat=True)) == {"eva", "ines"}
