"""Test that a campaign is put together from words, pages and facts, each as it was when it was copied."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from newsletter import actions, render
from newsletter.models import Block, Campaign, CampaignText
from portal import digest
from portal.reference.models import Fact
from tests.portal.articles.factories import ArticleFactory, SourceFactory
from tests.portal.reference.factories import FactFactory

from .factories import BlockFactory, CampaignFactory, SubscriberFactory
from .test_admin import NO_PARTS, change, editor, staff, written  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department", "site")]


@pytest.fixture
def article():
    """Publish an article, and keep a fact with its source."""
    source = SourceFactory(code="STUDY", title="A study", publisher="A Journal", year=2020, url="https://example.org/s")
    FactFactory(
        code="deaths",
        kind="number",
        source=source,
        name_en="Deaths",
        name_es="Muertes",
        value_en="about 4 in 1,000 people a year",
        value_es="unas 4 de cada 1,000 personas al año",
    )
    return ArticleFactory(key="methadone", title_en="Methadone", title_es="Metadona", slug_en="methadone")


def said(campaign):
    """Return what stands against a start, in words."""
    return [problem.words for problem in actions.problems(campaign)]


def picked(staff, *rows, **fields):  # noqa: F811 (the fixture)
    """Save a campaign with these (key of a page or "", English words, Spanish words) as its parts."""
    campaign = CampaignFactory(**fields)
    parts = {"blocks-TOTAL_FORMS": str(len(rows)), "blocks-INITIAL_FORMS": "0"}
    for number, (page, english, spanish) in enumerate(rows):
        start = f"blocks-{number}-"
        parts |= {f"{start}page": page, f"{start}body_en": english, f"{start}body_es": spanish}
        parts |= {f"{start}position": "", f"{start}title_en": "", f"{start}title_es": ""}
    return campaign, staff.post(change(campaign), written(campaign, **parts))


def texts(campaign, language):
    text = render.campaign_text(campaign=campaign, language=language, at=None)
    return [text.text, text.html]


def begin(campaign):
    """Let the sender start a campaign now."""
    actions.begin(campaign=campaign, at=timezone.now())
    actions.start(campaign=campaign, at=timezone.now())


def test_pages_and_facts_can_be_picked_but_none_that_waits_for_counsel(article):
    FactFactory(code="law", kind="law", needs_counsel=True)

    names = [(name, rows) for name, rows in digest.pickable()]

    assert names == [
        ("Pages", [("article:methadone", "Methadone")]),
        ("Numbers with their source", [("fact:deaths", "Deaths: about 4 in 1,000 people a year")]),
    ]


def test_a_page_and_a_fact_are_copied_in_each_language_when_picked(staff, article):  # noqa: F811
    campaign, _response = picked(staff, ("article:methadone", "", ""), ("fact:deaths", "", ""))

    page, fact = campaign.blocks.all()
    assert (page.kind, page.title_en, page.title_es, page.summary_es) == (
        "page", "Methadone", "Metadona", "Un resumen corto.",
    )  # fmt: skip
    assert page.url_es == f"https://news.example.org{article.url('es')}"
    assert (fact.kind, fact.summary_es, fact.title_es) == (
        "fact", "Muertes: unas 4 de cada 1,000 personas al año", "A Journal, 2020",
    )  # fmt: skip
    assert fact.url_en == "https://example.org/s"


def test_parts_stand_in_their_order_in_both_kinds_of_text(staff, article):  # noqa: F811
    campaign, _response = picked(staff, ("fact:deaths", "", ""), ("", "<p>Own words.</p>", "<p>Lo mío.</p>"))

    for words in texts(campaign, "es"):
        places = [words.index(each) for each in ("unas 4 de cada 1,000", "A Journal, 2020", "Lo mío.")]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("row", "column", "error"),
    [
        (("", "<p> </p>", ""), "body_en", "Write the text, or pick a page or a number."),
        (
            ("article:methadone", "<p>x</p>", ""),
            "page",
            "A part is either picked or written. Make another part for your own words.",
        ),
        (
            ("article:unknown", "", ""),
            "page",
            "Select a valid choice. article:unknown is not one of the available choices.",
        ),
        (("", "<p>100%% sure</p>", ""), "body_en", "Two percent signs in a row cannot be sent. Leave one out."),
    ],
)
def test_a_part_that_shows_nothing_or_two_things_is_refused_by_its_field(staff, article, row, column, error):  # noqa: F811
    _campaign, response = picked(staff, ("", "<p>Words.</p>", ""), row)

    formset = response.context["inline_admin_formsets"][0].formset
    assert formset.errors[1][column] == [error]
    assert Block.objects.count() == 0


def test_a_lower_number_moves_a_part_up(staff):  # noqa: F811
    campaign = CampaignFactory()
    first, second = BlockFactory(campaign=campaign, position=1), BlockFactory(campaign=campaign, position=2)
    parts = {"blocks-TOTAL_FORMS": "2", "blocks-INITIAL_FORMS": "2"}
    for number, (block, position) in enumerate([(first, 1), (second, 1)]):
        parts |= {f"blocks-{number}-id": block.pk, f"blocks-{number}-campaign": campaign.pk}
        parts |= {f"blocks-{number}-position": position, f"blocks-{number}-page": ""}
        parts |= {f"blocks-{number}-{name}": getattr(block, name) for name in ("body_en", "body_es")}

    staff.post(change(campaign), written(campaign, **parts))

    assert list(campaign.blocks.values_list("pk", "position")) == [(second.pk, 1), (first.pk, 2)]


def test_a_page_is_copied_again_when_the_campaign_starts(staff, article):  # noqa: F811
    campaign, _response = picked(staff, ("article:methadone", "", ""))
    article.title_en = "Methadone, explained"
    article.save()

    begin(campaign)

    assert "Methadone, explained" in CampaignText.objects.get(campaign=campaign, language="en").html
    article.title_en = "Another name"
    article.save()
    assert campaign.blocks.get().title_en == "Methadone, explained"


def test_a_campaign_whose_page_or_number_is_gone_is_held_back(staff, article):  # noqa: F811
    campaign, _response = picked(staff, ("fact:deaths", "", ""))
    Fact.objects.all().delete()

    begin(campaign)

    campaign.refresh_from_db()
    assert campaign.state == "held"
    assert said(campaign) == ["This page or number cannot be read on the site any more: A Journal, 2020."]


def test_a_page_that_lacks_the_readers_language_says_which_it_is_in(staff):  # noqa: F811
    ArticleFactory(key="new", title_en="New law", english_only=True)
    campaign, _response = picked(staff, ("article:new", "", ""))

    text, html = texts(campaign, "es")

    assert "* New law (en inglés)\n" in text
    assert '<div lang="en">' in html and "New law</a> (en inglés)" in html
    assert "(en inglés)" not in "".join(texts(campaign, "en"))
    assert actions.problems(campaign) == []


def test_words_in_one_language_need_a_reason_and_say_which_they_are_in():
    campaign = CampaignFactory(subject_es="", body_es="")

    refused = said(campaign)
    campaign.only_reason = "An alert: the translation follows."
    campaign.save()

    text, html = texts(campaign, "es")
    assert refused == [
        "The subject is missing in this language: Español.",
        "The text is missing in this language: Español.",
    ]
    assert actions.problems(campaign) == []
    assert "(en inglés)\n\nA new place has opened." in text
    assert '<div lang="en">' in html and '<h1 lang="en"' in html
    assert '<html lang="es"' in html


def test_a_written_part_needs_each_language():
    campaign = CampaignFactory()
    BlockFactory(campaign=campaign, body_es="")

    assert said(campaign) == ["Part 1 has no text in this language: Español."]


def test_the_archive_shows_the_frozen_parts_and_no_personal_link(client, staff, article):  # noqa: F811
    SubscriberFactory()
    campaign, _response = picked(staff, ("article:methadone", "", ""), ("fact:deaths", "", ""))
    begin(campaign)
    article.delete()

    with translation.override("es"):
        page = client.get(reverse("newsletter:edition", args=[campaign.pk]), secure=True).content.decode()

    assert "Metadona" in page and "unas 4 de cada 1,000 personas al año" in page
    assert "?k=" not in page


def test_parts_of_a_campaign_on_its_way_stay_as_they_are(staff):  # noqa: F811
    block = BlockFactory(campaign=CampaignFactory(state="running"))

    staff.post(
        change(block.campaign),
        {
            **NO_PARTS,
            "blocks-TOTAL_FORMS": "1",
            "blocks-INITIAL_FORMS": "1",
            "blocks-0-id": block.pk,
            "blocks-0-body_en": "<p>Other.</p>",
            "blocks-0-DELETE": "on",
        },
    )

    assert Block.objects.get().body_en == "<p>More words.</p>"
    assert Campaign.objects.get().state == "running"


@pytest.mark.parametrize("count", [1, 3])
def test_a_form_needs_as_many_queries_for_one_part_as_for_three(staff, django_assert_max_num_queries, count):  # noqa: F811
    campaign = CampaignFactory()
    BlockFactory.create_batch(count, campaign=campaign)
    staff.get(change(campaign))

    with django_assert_max_num_queries(32):
        assert staff.get(change(campaign)).status_code == 200
