"""Hold the starter articles to the rules for content: cited, readable, kind, the same in every language."""

import datetime
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from portal.articles.actions.starter import load_starter
from portal.articles.models import Article, Section
from portal.editorial import reading
from portal.lib.richtext import TAGS
from portal.reference import quotes
from portal.reference.actions import load_starter as load_reference

STARTER = Path(settings.BASE_DIR) / "portal/articles/starter"
SOURCES = {
    source["code"]: source
    for source in json.loads((Path(settings.BASE_DIR) / "portal/reference/starter/sources.json").read_text())
}
TOPICS = json.loads((STARTER / "topics.json").read_text())
ARTICLES = {path.stem: json.loads(path.read_text()) for path in sorted((STARTER / "articles").glob("*.json"))}
LANGUAGES = [code for code, _name in settings.LANGUAGES]
OPTIONAL = {"kind", "is_emergency", "concept", "plain_version", "abstract", "conflicts", "doi", "expires_on"}
SHORTEST = {"guide": 450, "professional": 600, "question": 250, "news": 250}  # words


def codes(file, name):
    """Return the codes of the starter records of a file."""
    return {row[name] for row in json.loads((Path(settings.BASE_DIR) / "portal/reference/starter" / file).read_text())}


CONCEPTS = codes("concepts.json", "code")
ON_RECORD = {
    "fact": codes("facts.json", "code"),
    "line": codes("lines.json", "slug"),
    "term": codes("glossary.json", "code"),
}

TOKEN = re.compile(r"\[([A-Z0-9][A-Z0-9-]*(?:, [A-Z0-9][A-Z0-9-]*)*)\]")
PHONES = {"911", "988", "211", "1-800-662-4357", "1-800-563-4086", "1-800-222-1222", "(860) 757-4700"}
LONG_NUMBER = re.compile(r"(?:\+?\d[-. ]?)?(?:\(\d{3}\) ?|\b\d{3}[-. ])\d{3}[-. ]?\d{4}|\+?\d{10,}")
STIGMA = {
    "en": r"addicts?|addicted|abus\w+|junkies?|users?|clean|dirty|habits?|relapse\w*|inmates?|substitution|codependent|"
    r"victims?|alcoholics?|druggies?|high",
    "es": r"adict[oa]s?|drogadict\w+|toxicóman\w+|vici\w+|tecat\w+|abus\w+|limpi[oa]s?|suci[oa]s?|reca[ií]\w+|reos?|"
    r"pres[oa]s?|confinad[oa]s?|sustitu\w+|codependiente\w*|víctimas?|borrach\w+|drogad\w+",
}
FILLER = r"please note|click here|haga clic|tenga en cuenta que|por favor note"


def texts(article, language):
    """Yield every text of an article that a reader sees."""
    yield article["title"][language]
    yield article["summary"][language]
    yield from article["key_points"][language]
    for section in article["sections"]:
        yield section["heading"][language]
        yield section["body"][language]


def bodies(article, language):
    return [section["body"][language] for section in article["sections"]]


def cited(text):
    return [code for token in TOKEN.findall(text) for code in token.split(", ")]


def whole(article, language):
    parts = [f"<p>{text}</p>" for text in (article["title"][language], article["summary"][language])]
    parts += [f"<li>{point}</li>" for point in article["key_points"][language]]
    parts += [f"<h2>{section['heading'][language]}</h2>{section['body'][language]}" for section in article["sections"]]
    return "".join(parts)


class Outline(HTMLParser):
    """Collect tags, links and the text of each paragraph or list item; refuse what is not closed in order."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.blocks, self.open = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, sorted(name for name, _value in attrs)))
        self.links += [value for name, value in attrs if name == "href"]
        self.open.append(tag)
        if tag in {"p", "li"}:
            self.blocks.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and any(tag in {"p", "li"} for tag in self.open):
            self.blocks[-1] += data
        else:
            assert not data.strip()


every_article = pytest.mark.parametrize("key", ARTICLES)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def test_there_are_enough_articles_of_every_kind_on_every_shelf():
    assert len(ARTICLES) >= 22
    assert {article.get("kind", "guide") for article in ARTICLES.values()} == set(Article.Kind)
    assert {article["topic"] for article in ARTICLES.values()} == {topic["key"] for topic in TOPICS}


@every_article
def test_an_article_is_whole_and_names_things_that_exist(key):
    article = ARTICLES[key]

    assert set(article) - OPTIONAL == {
        "key", "topic", "slug", "title", "summary", "key_points", "sections", "references", "related",
    }  # fmt: skip
    assert article["key"] == key
    assert article["topic"] in {topic["key"] for topic in TOPICS}
    assert article.get("concept") in {None, *CONCEPTS}
    assert ({article.get("plain_version")} | set(article["related"])) - {None} <= set(ARTICLES) - {key}
    assert {section.get("kind", "text") for section in article["sections"]} <= set(Section.Kind)
    assert len({len(article["key_points"][language]) for language in LANGUAGES}) == 1
    assert 3 <= len(article["key_points"][LANGUAGES[0]]) <= 6
    assert 4 <= len(article["sections"]) <= 7
    assert all(text.strip() == text != "" for language in LANGUAGES for text in texts(article, language))


@every_article
@every_language
def test_what_an_article_quotes_by_a_token_is_on_record(key, language):
    quoted = quotes.codes_in(" ".join(texts(ARTICLES[key], language)))

    assert [(kind, code) for kind, code in quoted if code not in ON_RECORD[kind]] == []


@every_article
def test_an_update_for_professionals_has_a_version_in_plain_words_and_an_abstract(key):
    article = ARTICLES[key]
    is_update = article.get("kind") == "professional"

    assert ("plain_version" in article, set(article.get("abstract", ())) == set(LANGUAGES)) == (is_update, is_update)


@every_language
def test_addresses_and_icons_hold(language):
    article_slugs = [article["slug"][language] for article in ARTICLES.values()]
    topic_slugs = [topic["slug"][language] for topic in TOPICS]
    icons = Path(settings.BASE_DIR) / "static/icons"

    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in article_slugs + topic_slugs)
    assert len(set(article_slugs)) == len(article_slugs)
    assert len(set(topic_slugs)) == len(topic_slugs)
    assert [topic["icon"] for topic in TOPICS if not (icons / f"{topic['icon']}.svg").exists()] == []


@every_article
def test_anchors_are_plain_and_stand_once(key):
    anchors = [section["anchor"] for section in ARTICLES[key]["sections"]]

    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", anchor) for anchor in anchors)
    assert len(set(anchors)) == len(anchors)


@every_article
def test_every_language_cites_the_same_sources_in_the_same_places(key):
    places = [
        [[cited(block) for block in Outline(body).blocks] for body in bodies(ARTICLES[key], language)]
        for language in LANGUAGES
    ]

    assert all(place == places[0] for place in places)


@every_article
@every_language
def test_references_are_the_sources_in_the_order_of_their_first_citation(key, language):
    codes = cited(" ".join(bodies(ARTICLES[key], language)))

    assert ARTICLES[key]["references"] == list(dict.fromkeys(codes))


@every_article
def test_every_source_was_seen_or_read_second_hand(key):
    marks = {code: SOURCES[code]["mark"] for code in ARTICLES[key]["references"]}

    assert set(marks.values()) <= {"seen", "second-hand"}


@every_article
@every_language
def test_no_token_hides_where_it_is_not_rendered(key, language):
    article = ARTICLES[key]
    plain = [article["title"], article["summary"], *(section["heading"] for section in article["sections"])]

    assert not any("[" in text[language] for text in plain)
    assert not any("[" in point for point in article["key_points"][language])
    assert all("[" not in TOKEN.sub("", body) for body in bodies(article, language))


@every_article
@every_language
def test_a_paragraph_with_a_figure_cites_a_source(key, language):
    blocks = [block for body in bodies(ARTICLES[key], language) for block in Outline(body).blocks]

    uncited = [block for block in blocks if re.search(r"\d|%", TOKEN.sub("", block)) and not cited(block)]

    assert uncited == []


@every_article
@every_language
def test_summaries_and_key_points_state_no_figure(key, language):
    article = ARTICLES[key]
    plain = " ".join([article["title"][language], article["summary"][language], *article["key_points"][language]])

    assert re.findall(r"\d+|%", plain.replace("911", "")) == []


@every_article
@every_language
def test_an_article_is_easy_to_read_and_of_one_sitting(key, language):
    text = whole(ARTICLES[key], language)
    words = reading.count("".join(bodies(ARTICLES[key], language)), language).words

    assert reading.passes(text, language), reading.score(text, language)
    assert SHORTEST[ARTICLES[key].get("kind", "guide")] <= words <= 1100
    assert len(ARTICLES[key]["summary"][language]) <= 200


@every_article
@every_language
def test_words_put_the_person_first(key, language):
    said = reading.plain(whole(ARTICLES[key], language))

    assert re.findall(rf"\b(?:{STIGMA[language]})\b", said, flags=re.IGNORECASE) == []
    assert re.findall(FILLER, said, flags=re.IGNORECASE) == []
    assert [sign for sign in "!¡–—" if sign in said] == []


@every_article
@every_language
def test_html_stays_within_what_the_editor_keeps(key, language):
    outlines = [Outline(body) for body in bodies(ARTICLES[key], language)]

    tags = {tag for outline in outlines for tag, _attributes in outline.tags}
    attributes = {name for outline in outlines for _tag, names in outline.tags for name in names}
    assert tags <= TAGS
    assert attributes <= {"href"}


@every_article
@every_language
def test_phone_numbers_are_those_on_record(key, language):
    outlines = [Outline(body) for body in bodies(ARTICLES[key], language)]
    said = " ".join(texts(ARTICLES[key], language))
    dialled = {link.removeprefix("tel:") for outline in outlines for link in outline.links if link.startswith("tel:")}
    on_record = {"".join(filter(str.isdigit, number)).removeprefix("1") for number in PHONES}

    assert set(LONG_NUMBER.findall(re.sub(r'href="[^"]*"', "", said))) <= PHONES
    assert {number.removeprefix("+1") for number in dialled} <= on_record


@every_article
@every_language
def test_links_stay_on_the_site_and_in_the_language(key, language):
    links = [link for body in bodies(ARTICLES[key], language) for link in Outline(body).links]

    assert [link for link in links if not link.startswith(("tel:", f"/{language}/"))] == []


@pytest.mark.parametrize("code", SOURCES)
def test_a_source_says_what_the_record_needs(code):
    source = SOURCES[code]

    assert list(source) == [
        "code", "title", "authors", "publisher", "year", "published_on", "url", "doi", "mark", "language", "note",
    ]  # fmt: skip
    assert re.fullmatch(r"[A-Z0-9][A-Z0-9-]+", code)
    assert source["title"] and source["publisher"] and source["note"]
    assert source["mark"] in {"seen", "second-hand"}
    assert source["language"] in LANGUAGES
    assert source["url"].startswith("https://") or source["url"] == ""
    assert not source["doi"] or re.fullmatch(r"10\.\d{4,}/\S+", source["doi"])
    assert source["published_on"] is None or source["published_on"].startswith(str(source["year"]))


def test_source_codes_stand_once():
    rows = json.loads((Path(settings.BASE_DIR) / "portal/reference/starter/sources.json").read_text())

    assert len(rows) == len(SOURCES)


@pytest.mark.django_db
def test_news_that_hold_until_a_day_leave_the_lists_when_it_is_over(time_machine):
    time_machine.move_to(datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC), tick=False)
    load_reference()
    load_starter()
    news = Article.objects.filter(key="buprenorphine-by-phone-or-video")

    time_machine.move_to(datetime.datetime(2027, 1, 1, 4, 59, tzinfo=datetime.UTC), tick=False)
    before = [news.published(code).exists() for code in LANGUAGES]
    time_machine.move_to(datetime.datetime(2027, 1, 1, 5, 0, tzinfo=datetime.UTC), tick=False)
    after = [news.published(code).exists() for code in LANGUAGES]

    assert (before, after) == ([True, True], [False, False])
