import email
import re
from email import policy

import pytest
from django.utils import timezone

from newsletter import render, tokens
from newsletter.models import CampaignText
from portal.lib import languages

from .factories import BlockFactory, CampaignFactory, SubscriberFactory


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two <strong>bold</strong> and <em>slanted</em>.</p>", "One.\n\nTwo bold and slanted."),
        ("<h3>Head</h3><p>Text</p>", "Head\n\nText"),
        ("<ul><li><p>a</p></li><li><p>b</p></li></ul><p>c</p>", "- a\n- b\n\nc"),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>", "1. a\n2. b\n  - c"),
        ('<p>See <a href="https://x.org/a">the page</a>, now.</p>', "See the page (https://x.org/a), now."),
        ('<p><a href="https://x.org/">https://x.org/</a></p>', "https://x.org/"),
        ('<p>Call <a href="tel:+18605550100">us</a>.</p>', "Call us (+18605550100)."),
        ("<p>a<br>b</p>", "a\nb"),
        ("<table><tbody><tr><th>a</th><td>b</td></tr><tr><th>c</th><td>d</td></tr></tbody></table>", "a | b\nc | d"),
        ("<blockquote><p>said</p></blockquote>", "said"),
        ("<p>&lt;b&gt; &amp; &nbsp;x</p>", "<b> & x"),
        ("", ""),
    ],
)
def test_rich_text_reads_the_same_as_plain_text(html, text):
    assert render.plain(html) == text


@pytest.mark.parametrize(("html", "empty"), [("", True), (None, True), ("<p>&nbsp; </p>", True), ("<p>a</p>", False)])
def test_what_shows_nothing_is_empty(html, empty):
    assert render.is_empty(html.replace("&nbsp;", "\xa0") if html else html) is empty


def message(language, **fields):
    reader = SubscriberFactory(language=language)
    text = render.campaign_text(campaign=CampaignFactory(**fields), language=language, at=timezone.now())
    places = render.places(
        subscriber_id=reader.pk, email=reader.email, language=language, message_id="<1@x>", at=timezone.now()
    )
    data = render.letter(text).fill(places)
    return reader, email.message_from_bytes(data, policy=policy.default), data


@pytest.mark.parametrize("language", languages.codes())
def test_a_message_says_who_writes_why_and_how_to_leave(department, site, language):
    reader, sent, data = message(language)

    text, html = [part.get_content() for part in sent.iter_parts()]
    leave = render.absolute("leave", language, k=tokens.leave_token(reader.pk))
    for part in (text, html.replace("&amp;", "&")):
        assert leave in part
        assert "131 Coventry Street" in part
        assert "Hartford, CT 06112" in part
    assert sent["List-Unsubscribe"] == f"<{leave}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["List-Id"] == "<newsletter.news.example.org>"
    assert sent["List-Archive"] == f"<{render.absolute('archive', language)}>"
    assert sent["List-Help"] == f"<{render.absolute('index', language)}>"
    assert (sent["To"], sent["Message-ID"], sent["Content-Language"]) == (reader.email, "<1@x>", language)
    assert f'<html lang="{language}"' in html
    assert b"%%" not in data


@pytest.mark.parametrize("language", languages.codes())
def test_a_message_has_no_picture_no_foreign_link_and_no_word_for_the_illness(department, site, language):
    _reader, sent, _data = message(language)

    _text, html = [part.get_content() for part in sent.iter_parts()]
    frame = f"{sent['From']} {sent['Subject']} {sent['List-Id']}".lower()
    assert "<img" not in html
    assert all(link.startswith("https://news.example.org/") for link in _links(html))
    assert not any(word in frame for word in ("overdose", "sobredosis", "addiction", "adicción", "opio"))


def _links(html):
    return [piece.split('"')[0] for piece in html.split('href="')[1:]]


def test_names_with_other_letters_reach_the_sender_line(department, site):
    department.name_es = "Salud de Peña, «Hartford»"
    department.save()

    _reader, sent, data = message("es")

    assert sent["From"].addresses[0].display_name == "Salud de Peña, «Hartford»"
    assert data.isascii()


def test_a_department_named_in_one_language_signs_in_the_other_too(department, site):
    department.name_es = None
    department.save()

    _reader, sent, _data = message("es")

    assert sent["From"].addresses[0].display_name == "Hartford Health"


def test_html_in_a_subject_and_a_place_in_a_text_stay_words(department, site):
    _reader, sent, _data = message("en", subject_en="<b>a & b</b>", body_en="<p>100%% sure, %%email%% too</p>")

    text, html = [part.get_content() for part in sent.iter_parts()]
    assert "<b>a & b</b>" in text
    assert "&lt;b&gt;a &amp; b&lt;/b&gt;" in html
    assert "100%% sure, %%email%% too" in text


def test_the_frozen_text_is_known_by_its_hash(department, site):
    campaign = CampaignFactory()

    first, again = [render.campaign_text(campaign=campaign, language="en", at=None) for _turn in range(2)]
    other = render.campaign_text(campaign=campaign, language="es", at=None)

    assert isinstance(first, CampaignText)
    assert first.sha256 == again.sha256 != other.sha256


@pytest.mark.parametrize("language", languages.codes())
def test_the_confirmation_repeats_nothing_from_the_form_but_the_address_it_goes_to(department, site, language):
    pending = SubscriberFactory(state="pending", email="Buy-Pills+now@example.org", language=language)

    data = render.confirmation(pending, timezone.now())

    sent = email.message_from_bytes(data, policy=policy.default)
    text, html = [part.get_content() for part in sent.iter_parts()]
    confirm = f"{render.absolute('confirm', language)}?k={pending.pk}."
    assert confirm in text and confirm in html
    assert "pills" not in (text + html + sent["Subject"]).lower()
    assert (sent["Auto-Submitted"], sent["To"]) == ("auto-generated", "Buy-Pills+now@example.org")
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("language", languages.codes())
@pytest.mark.parametrize(("make", "button"), [(render.confirmation, "confirm"), (render.own_link, "preferences")])
def test_a_mail_about_the_subscription_looks_like_the_newsletter(department, site, language, make, button):
    reader = SubscriberFactory(language=language)

    data = make(reader, timezone.now())

    sent = email.message_from_bytes(data, policy=policy.default)
    text, html = [part.get_content() for part in sent.iter_parts()]
    campaign = render.campaign_text(campaign=CampaignFactory(), language=language, at=None).html
    styles = [re.findall("<style>(.*?)</style>", each, re.S) for each in (html.replace("\r", ""), campaign)]
    [link] = re.findall(r'<a class="button" href="([^"]*)" style="[^"]*#ffffff[^"]*"', html)
    assert (sent.get_content_type(), sent["Content-Language"]) == ("multipart/alternative", language)
    assert styles[0] == styles[1] and "@media (prefers-color-scheme: dark)" in styles[0][0]
    assert (f'<html lang="{language}"' in html, "<h1 style=" in html, sent["Subject"] in html) == (True, True, True)
    assert link.startswith(f"{render.absolute(button, language)}?k=") and link in text
    assert department.street in text and department.street in html
    assert [word for word in ("@import", "url(", "<link", "<img", "<script", "src=") if word in html] == []
    assert max(map(len, data.split(b"\r\n"))) <= 998


def test_without_an_address_of_the_site_links_lead_to_this_machine(db, settings):
    settings.SITE_URL = ""

    assert render.absolute("archive", "en") == "http://127.0.0.1:8000/en/newsletter/archive/"


def test_nothing_is_fetched_when_a_mail_is_opened(department, site):
    for language in languages.codes():
        html = render.campaign_text(campaign=CampaignFactory(), language=language, at=None).html

        assert [
            word for word in ("@import", "url(", "<link", "<img", "<script", "src=", "background=") if word in html
        ] == []


def test_styles_stand_in_the_tags_and_the_dark_ones_apart(department, site):
    html = render.campaign_text(campaign=CampaignFactory(), language="en", at=None).html

    [style] = re.findall("<style>(.*?)</style>", html, re.S)
    assert "@media (prefers-color-scheme: dark)" in style
    assert '<h1 style="' in html
    assert '<meta name="color-scheme" content="light dark">' in html


def test_a_digest_of_thirty_items_is_small_enough_for_every_mail_program(department, site):
    campaign = CampaignFactory()
    words = {
        "kind": "page",
        "page": "article:x",
        "summary_en": "w" * 400,
        "url_en": f"https://news.example.org/{'x' * 200}/",
    }
    BlockFactory.create_batch(30, campaign=campaign, title_en="T" * 120, **words)

    assert render.size(campaign, "en") <= render.MAX_BYTES


@pytest.mark.parametrize(
    "body", ["<p>a<br>b</p>", "<p>&nbsp;&amp;é</p>", "<table><tr><td colspan=2>a</td></tr></table>", "<p lang=es>a"]
)
def test_whatever_the_editor_lets_through_can_be_composed(department, site, body):
    text = render.campaign_text(campaign=CampaignFactory(body_en=body), language="en", at=None)

    assert "</html>" in text.html
