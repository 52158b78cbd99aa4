"""Test what stands against sending, in words for staff."""

import pytest
from django.utils import timezone

from newsletter import actions, links, render
from newsletter.models import Campaign

from .factories import BlockFactory, CampaignFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department", "site")]


def words(campaign):
    return [problem.words for problem in actions.problems(campaign)]


def linking(url, **fields):
    return CampaignFactory(body_en=f'<p><a href="{url}">x</a></p>', **fields)


def test_a_whole_campaign_has_no_problems():
    assert words(CampaignFactory()) == []


def test_nothing_written_at_all_is_said_for_each_language():
    campaign = CampaignFactory(
        subject_en="", subject_es="", body_en="", body_es="", only_reason="No reason helps here."
    )

    assert words(campaign) == [
        "The subject is missing in this language: English.",
        "The subject is missing in this language: Español.",
        "The text is missing in this language: English.",
        "The text is missing in this language: Español.",
    ]


def test_parts_alone_are_text_enough():
    campaign = CampaignFactory(body_en="", body_es="")
    BlockFactory(campaign=campaign)

    assert words(campaign) == []


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (
            "https://example.org/a?utm_source=x",
            "This link tells somebody who followed it. Use the page's own address: {}",
        ),
        ("https://bit.ly/abc", "This link tells somebody who followed it. Use the page's own address: {}"),
        (
            "https://u1.ct.sendgrid.net/ls/click",
            "This link tells somebody who followed it. Use the page's own address: {}",
        ),
        ("https://news.example.org/en/no-such-page/", "This page of the site is not there for readers: {}"),
        ("https://news.example.org/en/newsletter/archive/999/", "This page of the site is not there for readers: {}"),
        ("https://news.example.org/admin/", "This page of the site is not there for readers: {}"),
    ],
)
def test_a_link_that_no_reader_should_get_is_named(url, problem):
    assert words(linking(url)) == [problem.format(url)]


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example.org/en/newsletter/archive/",
        "https://news.example.org/es/boletin/archivo/",
        "https://news.example.org/static/img/favicon.svg",
        "https://example.org/a?page=2",
        "tel:+18605550100",
        "mailto:help@example.org",
    ],
)
def test_a_good_link_is_no_problem(url):
    assert words(linking(url)) == []


def test_an_open_link_is_named_though_the_editor_drops_it():
    assert links.is_open("http://example.org/")
    assert not links.is_open("https://example.org/")


def test_a_text_beyond_sixty_thousand_bytes_is_too_long():
    campaign = CampaignFactory(body_es=f"<p>{'largo ' * 6000}</p>")

    assert words(campaign) == ["The text is too long in this language: Español."]


def test_no_line_is_longer_than_mail_allows_whatever_was_written():
    campaign = CampaignFactory(body_en=f"<p>{'x' * 5000}</p>", subject_es="ñ" * 120)

    for code in ("en", "es"):
        data = render.letter(render.campaign_text(campaign=campaign, language=code, at=None)).fill({})
        assert max(map(len, data.split(b"\r\n"))) <= 998


def test_a_picture_without_words_is_named(monkeypatch):
    real = render.campaign_text

    def with_picture(**fields):
        text = real(**fields)
        text.html = text.html.replace("</h1>", '</h1><img src="cid:1">')
        return text

    monkeypatch.setattr(render, "campaign_text", with_picture)

    assert words(CampaignFactory()) == [
        "A picture has no words for those who do not see it: English.",
        "A picture has no words for those who do not see it: Español.",
    ]


def test_a_change_after_the_test_is_noticed(sink):
    campaign = CampaignFactory()
    actions.send_test(campaign=campaign, email="editor@example.org", at=timezone.now())
    tested = Campaign.objects.get()

    before = actions.is_tested(tested)
    BlockFactory(campaign=tested)

    assert (before, actions.is_tested(tested)) == (True, False)


def test_without_a_department_there_is_no_postal_address(department):
    department.delete()

    assert words(CampaignFactory()) == ["Enter the department first: every newsletter must show its postal address."]
