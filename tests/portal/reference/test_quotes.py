import datetime

import pytest

from portal.reference.quotes import Quotes, codes_in, expired, fill, plain, unknown

from .factories import FactFactory, GlossaryTermFactory, LineFactory, StaffFactory

pytestmark = pytest.mark.django_db


def test_a_fact_stands_in_each_language_where_its_token_was():
    FactFactory(code="interval")

    assert fill("<p>Wait {fact:interval}.</p>", "en") == "<p>Wait 2 to 3 minutes.</p>"
    assert fill("<p>Espere {fact:interval}.</p>", "es") == "<p>Espere 2 o 3 minutos.</p>"


def test_a_changed_fact_is_seen_at_once():
    fact = FactFactory(code="interval")
    before = fill("{fact:interval}", "en")

    fact.value_en = "5 minutes"
    fact.save()

    assert (before, fill("{fact:interval}", "en")) == ("2 to 3 minutes", "5 minutes")


def test_an_expired_fact_keeps_its_place_on_the_page():
    FactFactory(code="interval", expires_on=datetime.date(2020, 1, 1))

    assert fill("Wait {fact:interval}.", "en") == "Wait 2 to 3 minutes."


def test_a_change_that_waits_is_not_shown():
    FactFactory(code="interval", proposed_en="5 minutes", proposed_es="5 minutos")

    assert fill("{fact:interval}", "es") == "2 o 3 minutos"


def test_a_law_that_counsel_has_not_approved_is_a_link_to_its_source():
    fact = FactFactory(code="law", kind="law", needs_counsel=True, source__url="https://example.org/law")

    assert fill("{fact:law}", "en") == (
        '<a href="https://example.org/law" rel="noopener noreferrer external">Read the state’s page on this law</a>'
    )

    fact.approved_by, fact.approved_on, fact.approval_note = StaffFactory(), fact.source_date, "A. Counsel, Nov 22"
    fact.save()

    assert fill("<p>{fact:law}</p>", "en") == "<p>2 to 3 minutes</p>"


def test_a_line_is_its_name_and_a_link_that_calls():
    LineFactory(slug="help")
    LineFactory(slug="911", name_en="911", name_es="911", phone="911")

    assert fill("{line:help}", "es") == 'Línea de Ayuda, <a href="tel:+1-860-555-0100">(860) 555-0100</a>'
    assert fill("{line:911}", "es") == '<a href="tel:911">911</a>'
    assert fill("{line:911|llame al 911}", "es") == '<a href="tel:911">llame al 911</a>'


def test_a_glossary_word_leads_to_its_explanation_on_the_page():
    GlossaryTermFactory(code="opioid", term_en="opioid", definition_en="See {fact:count} & more.")
    FactFactory(code="count", value_en="<990>", value_es="<990>")
    page = Quotes("en")

    first, second = page.fill("An {term:opioid} is."), page.fill("Of {term:opioid|opioids} here.")

    assert first == 'An <a class="term" href="#word-opioid" id="met-opioid">opioid</a> is.'
    assert second == 'Of <a class="term" href="#word-opioid">opioids</a> here.'
    assert [(word.code, word.term, word.definition) for word in page.words] == [
        ("opioid", "opioid", "See &lt;990&gt; &amp; more.")
    ]


def test_mail_and_print_have_the_word_without_a_link():
    GlossaryTermFactory(code="opioid", term_es="opioide")

    assert fill("{term:opioid} y {term:opioid|opioides}", "es") == "opioide y opioides"


@pytest.mark.parametrize("kind", ["fact", "line", "term"])
def test_a_token_that_nothing_answers_leaves_its_words_or_nothing(kind):
    text = f"<p>A{{{kind}:gone}}B{{{kind}:gone|words}}C</p>"

    assert fill(text, "en") == "<p>ABwordsC</p>"
    assert unknown(text) == [f"{{{kind}:gone}}"]


@pytest.mark.parametrize(
    "text", ["", None, "{", "{}", "{fact:}", "{fact:A B}", "{other:x}", "{fact:x|<b>}", "{{fact}}"]
)
def test_braces_that_are_no_token_stay(text):
    assert fill(text, "en") == (text or "")
    assert codes_in(text) == []


def test_what_a_record_says_is_never_html():
    FactFactory(code="evil", value_en="<script>x</script>", value_es="x")
    LineFactory(slug="evil", name_en="<b>x</b>")

    assert fill("{fact:evil} {line:evil}", "en") == (
        '&lt;script&gt;x&lt;/script&gt; &lt;b&gt;x&lt;/b&gt;, <a href="tel:+1-860-555-0100">(860) 555-0100</a>'
    )


def test_plain_text_stays_plain():
    FactFactory(code="count", value_en="1 & 2", value_es="1 y 2")

    assert plain("A & B < C: {fact:count}", "en") == "A & B < C: 1 & 2"


def test_the_tokens_of_a_text_are_found_once_in_their_order():
    assert codes_in("{term:b} {fact:a} {term:b|other} {line:c}") == [("term", "b"), ("fact", "a"), ("line", "c")]


def test_the_expired_facts_of_a_text_are_named():
    day = datetime.date(2026, 12, 1)
    old = FactFactory(code="old", expires_on=day)
    FactFactory(code="new", expires_on=day + datetime.timedelta(days=1))
    FactFactory(code="elsewhere", expires_on=day)

    assert expired("{fact:old} {fact:new} {line:x}", day) == [old]


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_asks_once_whatever_it_quotes(count, django_assert_num_queries):
    facts, terms = FactFactory.create_batch(count), GlossaryTermFactory.create_batch(count)
    text = "".join(f"{{fact:{fact.code}}}" for fact in facts) + "".join(f"{{term:{term.code}}}" for term in terms)
    fill(text, "en")  # what does not change is kept in the process
    page = Quotes("en")

    with django_assert_num_queries(1):
        filled = [page.fill(text) for _turn in range(3)]

    assert all("2 to 3 minutes" in part for part in filled)


def test_a_page_that_quotes_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Quotes("en").fill("<p>No tokens.</p>") == "<p>No tokens.</p>"


def test_a_line_that_was_taken_off_leaves_no_number():
    LineFactory(slug="wrong", is_hidden=True)

    assert fill("Call {line:wrong|the line}.", "en") == "Call the line."
    assert unknown("{line:wrong}") == ["{line:wrong}"]


def test_the_address_of_a_link_quotes_nothing():
    LineFactory(slug="911", phone="911")
    html = '<p><a href="https://example.org/{line:911}">{line:gone|words}</a></p>'

    assert fill(html, "en") == '<p><a href="https://example.org/{line:911}">words</a></p>'
