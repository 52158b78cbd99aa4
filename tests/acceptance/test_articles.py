"""The acceptance cases about reading an article."""

import datetime
import json
import re

import bibtexparser
import pytest
import rispy
from django.utils.html import strip_tags

from portal.accounts.models import User
from tests.portal.articles.factories import (
    AffiliationFactory,
    ArticleFactory,
    ContributionFactory,
    ContributorFactory,
    ReferenceFactory,
    SectionFactory,
    SourceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]

REVIEWED, DUE = datetime.date(2026, 6, 1), datetime.date(2027, 6, 1)


def body(client, address):
    """Return the page between its header and its footer."""
    return client.get(address).content.decode().split("<main", 1)[1].split("</main>")[0]


def words(html):
    return " ".join(strip_tags(html).split())


def read_also(client, article, language):
    """Return (address, language, label) of each link below "Read also"."""
    part = re.search(r"<h3>(?:Read also|Lea también)</h3>\s*<ul>(.*?)</ul>", body(client, article.url(language)), re.S)
    link = re.compile(r'<a href="([^"]+)" lang="(\w+)" hreflang="\w+">[^<]*</a>([^<]*)')
    return [(address, code, label.strip(" ()\n")) for address, code, label in link.findall(part[1])] if part else []


@pytest.fixture
def reviewed():
    reviewer = User.objects.create_user("reviewer", is_staff=True)
    return ArticleFactory(last_reviewed_on=REVIEWED, reviewed_by=reviewer, next_review_on=DUE)


@pytest.fixture
def update():
    """A-clin: an update for professionals, English only, with a version in plain words."""
    plain = ArticleFactory(title_en="Medicine in plain words")
    article = ArticleFactory(
        english_only=True,
        kind="professional",
        title_en="Starting in the emergency department",
        plain_version=plain,
        doi="10.1000/182",
        correspondence="ana@example.org",
        key_points_en="Start the same day",
    )
    third, fourth = AffiliationFactory(name_en="Third University"), AffiliationFactory(name_en="Fourth Clinic")
    first, second = AffiliationFactory(name_en="First University"), AffiliationFactory(name_en="Second Clinic")
    people = [
        ("Ana Pérez Ruiz", "Pérez Ruiz", [first]),
        ("Neil Dolan", "Dolan", [second, first]),
        ("Eva Li", "Li", [third, fourth]),
    ]
    for position, (name, family, places) in enumerate(people):
        ContributionFactory(
            article=article,
            contributor=ContributorFactory(name=name, family_name=family),
            role="lived experience" if family == "Dolan" else "author",
            position=position,
            is_corresponding=position == 0,
            affiliations=places,
        )
    return article


def test_a50_a_corrected_typo_moves_the_date_of_the_update_and_not_those_of_the_review(client, reviewed, fixed_day):
    before = words(body(client, reviewed.url("en")))

    fixed_day.move_to(datetime.datetime(2026, 12, 9, 15, 0, tzinfo=datetime.UTC))
    reviewed.summary_en = "A summary without the typo."
    reviewed.save()
    after = words(body(client, reviewed.url("en")))

    assert ("Updated December 1, 2026" in before, "Updated December 9, 2026" in after) == (True, True)
    for page in (before, after):
        assert "Last reviewed June 1, 2026" in page
        assert "Next review due June 1, 2027" in page


@pytest.mark.parametrize(("day", "is_said"), [(datetime.date(2027, 6, 1), False), (datetime.date(2027, 6, 2), True)])
def test_a51_readers_are_told_when_a_review_is_overdue(client, reviewed, fixed_day, day, is_said):
    fixed_day.move_to(datetime.datetime.combine(day, datetime.time(15, 0, tzinfo=datetime.UTC)))

    page = words(body(client, reviewed.url("en")))

    assert ("This page was to be reviewed by June 1, 2027." in page) == is_said


def test_a52_read_also_names_nothing_twice_not_itself_no_draft_and_the_own_language_first(client):
    article = ArticleFactory()
    english = ArticleFactory(english_only=True)
    both = ArticleFactory(topic=article.topic)  # picked, and on the same shelf
    neighbour = ArticleFactory(topic=article.topic)  # on the same shelf only
    drafts = [ArticleFactory(draft=True), ArticleFactory(draft=True, topic=article.topic)]
    article.related.set([english, both, article, *drafts[:1]])

    shown = {language: read_also(client, article, language) for language in ("es", "en")}

    assert shown["es"] == [
        (both.url("es"), "es", ""),
        (neighbour.url("es"), "es", ""),
        (english.url("en"), "en", "en inglés"),
    ]
    assert shown["en"] == [
        (both.url("en"), "en", ""),
        (english.url("en"), "en", ""),
        (neighbour.url("en"), "en", ""),
    ]


def test_a53_an_update_for_professionals_says_who_made_it_in_the_order_of_a_journal(client, update):
    page = body(client, update.url("en"))
    text = words(page)

    order = [
        "Written for health professionals.",
        "Update for professionals",
        "Starting in the emergency department",
        "Ana Pérez Ruiz",
        "First University",
        "Correspondence to Ana Pérez Ruiz, ana [at] example.org",
        "https://doi.org/10.1000/182",
        "Published January 5, 2026",
        "Cite this as",
        "Key points",
    ]
    assert sorted(order, key=text.index) == order
    assert "ana@example.org" not in page
    li = re.search(r"<li>Eva Li(.*?)</li>", page, re.S)[1]
    numbers = re.findall(r'<a href="#affiliation-(\d)"[^>]*>(\d)</a>', li)
    assert numbers == [("3", "3"), ("4", "4")]
    named = re.findall(r'<li id="affiliation-\d">([^<]+)', page)
    assert (named[:2], sorted(named[2:])) == (
        ["First University", "Second Clinic"],
        ["Fourth Clinic", "Third University"],
    )
    assert "Author with lived experience" in re.search(r"<li>Neil Dolan(.*?)</li>", page, re.S)[1]


def test_a54_numbers_of_references_never_stand_glued_together(client):
    article = ArticleFactory()
    codes = [f"STUDY{number}" for number in range(1, 8)]
    for position, code in enumerate(codes):
        ReferenceFactory(article=article, source=SourceFactory(code=code), position=position)
    SectionFactory(article=article, body_en="<p>A fact [STUDY5, STUDY6, STUDY7].</p>")

    page = body(client, article.url("en"))

    assert "A fact[5, 6, 7]." in words(page)
    for number in (5, 6, 7):
        assert f'<a href="#ref-{number}" id="cite-{number}-1">{number}</a>' in page
        assert f'<li id="ref-{number}">' in page
        assert f'<a href="#cite-{number}-1"' in page


def test_a55_reference_managers_read_the_citation_with_doi_and_authors_in_order(client, update):
    page = body(client, update.url("en"))
    address = {name: link for link, name in re.findall(r'<a href="([^"]+)">(RIS|BibTeX|CSL-JSON)</a>', page)}
    files = {name: client.get(link).content.decode() for name, link in address.items()}

    [ris] = rispy.loads(files["RIS"])
    [bibtex] = bibtexparser.loads(files["BibTeX"]).entries
    [csl] = json.loads(files["CSL-JSON"])

    names = ["Pérez Ruiz, Ana", "Dolan, Neil", "Li, Eva"]
    assert (ris["doi"], ris["authors"], ris["title"]) == (update.doi, names, update.title_en)
    assert (bibtex["doi"], bibtex["author"]) == (update.doi, " and ".join(names))
    assert (csl["DOI"], [f"{person['family']}, {person['given']}" for person in csl["author"]]) == (update.doi, names)
    assert {ris["year"], bibtex["year"], str(csl["issued"]["date-parts"][0][0])} == {"2026"}


def test_a56_the_update_and_the_page_in_plain_words_lead_to_each_other(client, update):
    plain = update.plain_version

    from_update, from_plain = body(client, update.url("en")), body(client, plain.url("en"))
    from_spanish = body(client, plain.url("es"))

    assert f'<a href="{plain.url("en")}" lang="en"' in from_update
    assert f'<a href="{update.url("en")}" lang="en"' in from_plain
    assert re.search(rf'<a href="{update.url("en")}" lang="en" hreflang="en">[^<]*</a> \(en inglés\)', from_spanish)
