"""Links to other sites are asked politely, and staff hear of those that fail on more than one day."""

import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from portal import links
from portal.accounts.models import User
from portal.lib import fetch
from portal.reference.models import LinkCheck
from portal.waiting import waiting_for
from tests.portal.articles.factories import ArticleFactory, SectionFactory, SourceFactory
from tests.portal.reference.factories import LineFactory, SiteLinkFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NIGHT = datetime.datetime(2026, 12, 1, 8, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def address(settings):
    settings.SITE_URL = "https://faro.example"


@pytest.fixture
def web(monkeypatch):
    """Answer for the whole web; `answers` maps an address, or an address and a method, to an answer or an error."""

    web = SimpleNamespace(answers={}, asked=[])

    def answer(url, *, method="GET", language=""):
        web.asked.append((method, url, language))
        found = web.answers.get((url, method), web.answers.get(url, fetch.Answer(200, url)))
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(links.fetch, "fetch", answer)
    return web


def night(at=NIGHT):
    waited = []
    links.check_links(at, sleep=waited.append)
    return waited


def with_link(url, **section):
    body = f'<p><a href="{url}">there</a></p>'
    return SectionFactory(body_en=body, body_es="<p>Nada.</p>", **section)


def test_the_links_of_published_texts_sources_lines_and_sites_are_asked(web):
    with_link("https://a.example/?x=1&amp;y=2", heading_en="Part")
    with_link("https://draft.example/", article=ArticleFactory(draft=True))
    with_link("https://hidden.example/", is_hidden=True)
    SourceFactory(url="https://source.example/", code="STUDY1")

    night()

    found = list(LinkCheck.objects.order_by("url").values_list("url", "result", "found_in"))
    assert found == [
        ("https://a.example/?x=1&y=2", "ok", ["Part"]),
        ("https://source.example/", "ok", ["[STUDY1]"]),
    ]
    assert sorted(web.asked) == [("HEAD", "https://a.example/?x=1&y=2", ""), ("HEAD", "https://source.example/", "")]


def test_a_site_that_knows_no_head_is_asked_again_by_get(web):
    with_link("https://a.example/")
    web.answers["https://a.example/", "HEAD"] = fetch.Answer(405, "https://a.example/")

    night()

    assert [method for method, _url, _language in web.asked] == ["HEAD", "GET"]
    assert LinkCheck.objects.get().result == "ok"


@pytest.mark.parametrize(
    ("answer", "result", "days"),
    [
        (fetch.Answer(404, ""), "gone", 1),
        (fetch.Answer(410, ""), "gone", 1),
        (fetch.Answer(500, ""), "broken", 1),
        (fetch.FetchError("Timeout"), "silent", 1),
        (fetch.RefusedAddressError("PrivateAddress"), "refused", 1),
        (fetch.Answer(403, ""), "unsure", 0),
        (fetch.Answer(429, ""), "unsure", 0),
    ],
)
def test_what_came_back_is_told_apart(web, answer, result, days):
    with_link("https://a.example/")
    web.answers["https://a.example/"] = answer

    night()

    link = LinkCheck.objects.get()
    assert (link.result, link.failed_days) == (result, days)


def test_staff_hear_of_a_link_that_failed_on_two_days_and_not_of_one_that_failed_twice_in_a_day(web):
    staff = User.objects.create_superuser("ana")
    with_link("https://a.example/")
    web.answers["https://a.example/"] = fetch.FetchError("Timeout")

    def told():
        return next(queue.count for queue in waiting_for(staff) if queue.title == "Links to other sites that fail")

    night(NIGHT)
    LinkCheck.objects.update(checked_at=NIGHT - DAY)
    night(NIGHT + datetime.timedelta(hours=1))
    after_one_day = told()
    night(NIGHT + DAY)

    link = LinkCheck.objects.get()
    assert (after_one_day, told()) == (0, 1)
    assert (link.failed_days, link.first_failed_on) == (2, timezone.localdate(NIGHT))


def test_one_good_answer_ends_the_count(web):
    with_link("https://a.example/")
    web.answers["https://a.example/"] = fetch.FetchError("Timeout")
    night(NIGHT)
    web.answers.clear()

    night(NIGHT + DAY)

    link = LinkCheck.objects.get()
    assert (link.result, link.failed_days, link.first_failed_on) == ("ok", 0, None)


def test_what_answered_is_left_in_peace_for_a_week(web):
    with_link("https://a.example/")
    night(NIGHT)
    web.asked.clear()

    night(NIGHT + 6 * DAY)
    in_between = list(web.asked)
    night(NIGHT + 7 * DAY)

    assert (in_between, len(web.asked)) == ([], 1)


def test_one_host_is_not_asked_twice_at_once(web):
    for number in range(3):
        with_link(f"https://a.example/{number}")

    waited = night()

    assert len(waited) == 2
    assert all(1 < seconds <= links.PAUSE_SECONDS for seconds in waited)


def test_no_more_than_two_hundred_are_asked_in_a_night(web):
    LinkCheck.objects.bulk_create(LinkCheck(url=f"https://a{n}.example/") for n in range(3))
    SectionFactory(
        body_en="".join(f'<p><a href="https://b{n}.example/">x</a></p>' for n in range(links.MOST_A_NIGHT + 1))
    )

    night()

    assert len(web.asked) == links.MOST_A_NIGHT
    assert LinkCheck.objects.filter(checked_at=None).count() == 1


def test_a_link_that_no_page_has_any_more_is_forgotten(web):
    section = with_link("https://a.example/")
    night()
    section.body_en = "<p>Nothing.</p>"
    section.save()

    night(NIGHT + DAY)

    assert not LinkCheck.objects.exists()


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (fetch.Answer(200, "", body=b'<!doctype html><html class="x" lang="es-US">'), "ok"),
        (fetch.Answer(200, "", language="en", body=b"<html lang='es'>"), "ok"),
        (fetch.Answer(200, "", language="es, en"), "ok"),
        (fetch.Answer(200, "", body=b"<html>"), "ok"),
        (fetch.Answer(200, "", body=b'<HTML LANG="en">'), "language"),
        (fetch.Answer(200, "", language="en"), "language"),
    ],
)
def test_a_page_promised_in_a_language_must_answer_in_it(web, answer, result):
    SiteLinkFactory(is_public=True, url_en="https://en.example/", url_es="https://nora.example/es/")
    web.answers["https://nora.example/es/"] = answer

    night()

    link = LinkCheck.objects.get(language="es")
    assert (link.url, link.result) == ("https://nora.example/es/", result)
    assert ("GET", "https://nora.example/es/", "es") in web.asked


def test_the_page_of_a_telephone_line_is_promised_in_the_language_that_its_address_names(web):
    LineFactory(url="https://line.example/es/ayuda")
    LineFactory(url="https://line.example/help")

    night()

    promised = LinkCheck.objects.filter(url__startswith="https://line.").order_by("language")
    assert list(promised.values_list("language", flat=True)) == ["en", "es"]


def test_a_copy_without_an_address_of_its_own_asks_nobody(web, settings):
    settings.SITE_URL = ""
    with_link("https://a.example/")

    night()

    assert web.asked == []
