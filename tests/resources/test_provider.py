"""Test that a provider confirms or corrects its listing by a link, and that it never counts as a check."""

import datetime
import re
from email import message_from_bytes, policy
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from newsletter.models import SenderGuard
from portal.lib import mail
from resources import tokens
from resources.actions import provider
from resources.models import Proposal, ProviderMail, ServiceAtLocation, Verification
from tests.newsletter.sink import ACCEPT_AND_DROP, Sink

from .factories import ListingFactory, PhoneFactory, VerificationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day", "town")]

MONTH = datetime.date(2026, 12, 1)
DEFUNCT = {"status": "defunct", "status_since": datetime.date(2026, 11, 1)}


@pytest.fixture
def client():
    """Be a browser without an account: every form must do without Django's own token."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def listing():
    made = ListingFactory(name="Casa", contact_email="Front@Casa.example", takes_new_patients="yes")
    PhoneFactory(listing=made, number="860-555-0100")
    return made


@pytest.fixture(autouse=True)
def site(settings, tmp_path):
    settings.VAR_DIR, settings.SITE_URL = tmp_path, "https://find.example.org"
    return tmp_path


@pytest.fixture
def sink(settings, site):
    with Sink() as server:
        settings.EMAIL_URL = server.url
        yield server


def token(listing, month=MONTH):
    return tokens.provider_token(listing.pk, month, listing.contact_email)


def link(key, language="en"):
    with translation.override(language):
        return f"{reverse('resources:provider')}?k={key}"


def given(page):
    """Return what a browser would send of the form as it is shown."""
    texts = dict(re.findall(r'<input type="text" name="(\w+)" value="([^"]*)"', page))
    radios = dict(re.findall(r'<input type="radio" name="(\w+)" value="([^"]*)"[^>]* checked', page))
    words = {name: text.strip() for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)<', page)}
    return {**texts, **radios, **words}


def change(client, listing, **changes):
    address = link(token(listing))
    return client.post(address, given(client.get(address).content.decode()) | {"changes": "1"} | changes)


def waiting(listing):
    rows = Proposal.objects.waiting().filter(listing=listing).order_by("field")
    return {row.field: (row.before, row.after) for row in rows}


# The mail


def test_each_address_gets_one_mail_with_a_link_a_listing_in_every_language(sink, listing):
    other = ListingFactory(name="Puente", contact_email="front@casa.EXAMPLE")
    ListingFactory(name="Closed", contact_email="closed@example.org", **DEFUNCT)
    ListingFactory(name="Silent")

    call_command("send_provider_links")

    (arrived,) = sink.messages
    message = message_from_bytes(arrived.data, policy=policy.default)
    text = message.get_body(("plain",)).get_content()
    links = re.findall(r"https://find\.example\.org/(\w\w)/\S+\?k=(\S+)", text)
    assert arrived.recipient == "Front@Casa.example"
    read = [(code, tokens.read_provider(key)) for code, key in links]
    assert [(code, found.listing, found.month) for code, found in read] == [
        (code, row.pk, "202612") for code in ("en", "es") for row in (listing, other)
    ]
    html = message.get_body(("html",)).get_content()
    assert [key for _code, key in links] == re.findall(r'href="[^"]+\?k=([^"]+)"', html)


def test_sender_and_subject_say_nothing_of_what_it_is_about(sink, listing):
    call_command("send_provider_links")

    message = message_from_bytes(sink.messages[0].data, policy=policy.default)
    seen = f"{message['From']} {message['Subject']}"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"].startswith("Are these details still right? / ")
    assert re.findall(r"(?i)opioid|drug|addict|overdos|treat|sober|recovery|Casa", seen) == []


def test_a_month_has_one_mail_and_the_next_month_another(sink, listing, fixed_day):
    call_command("send_provider_links")
    call_command("send_provider_links")
    fixed_day.move_to(datetime.datetime(2027, 1, 1, 12, tzinfo=datetime.UTC))

    call_command("send_provider_links")

    assert len(sink.messages) == 2
    assert len({message.message_id for message in sink.messages}) == 2


@pytest.mark.parametrize(
    ("verb", "answer", "is_kept"),
    [("RCPT", "451 later", False), ("RCPT", "550 nobody", True), (".", ACCEPT_AND_DROP, True)],
)
def test_only_a_mail_that_was_certainly_not_taken_is_tried_again(sink, listing, verb, answer, is_kept):
    sink.once(verb, answer)

    call_command("send_provider_links")

    assert ProviderMail.objects.exists() == is_kept
    call_command("send_provider_links")
    assert len(sink.messages) == (0 if answer.startswith("550") else 1)


def test_without_a_server_nothing_is_noted_as_sent(settings, listing):
    settings.EMAIL_URL = "smtp://127.0.0.1:9"

    with pytest.raises(CommandError):
        call_command("send_provider_links")

    assert not ProviderMail.objects.exists()


def test_a_copy_of_the_database_mails_nobody(sink, listing):
    SenderGuard.objects.create(id=1, instance_id="x" * 32, adopted_at=timezone.now())

    with pytest.raises(CommandError, match="another installation"):
        call_command("send_provider_links")

    assert sink.messages == []


def test_an_address_that_no_server_can_be_given_stops_nobody_else(sink, listing, caplog):
    ListingFactory(contact_email="ana@exämple.org")
    ServiceAtLocation.objects.filter(pk=listing.pk).update(contact_email="ñ@example.org")

    call_command("send_provider_links")

    assert [message.recipient for message in sink.messages] == ["ana@xn--exmple-cua.org"]
    assert "@" not in caplog.text


def test_the_notes_of_who_got_a_mail_hold_no_address_and_go_after_three_months(sink, listing, fixed_day):
    call_command("send_provider_links")
    assert "casa" not in str(ProviderMail.objects.values().get())

    fixed_day.move_to(datetime.datetime(2027, 3, 5, 12, tzinfo=datetime.UTC))

    assert provider.forget_old_mails(timezone.now()) == 1


# The link


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_shows_what_is_listed_and_opening_it_changes_nothing(client, listing, language):
    response = client.get(link(token(listing), language))

    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}">' in page
    assert "(860) 555-0100" in page and "Casa" in page
    assert "no-store" in response["Cache-Control"] and response.cookies == {}
    assert not Verification.objects.exists() and not Proposal.objects.exists()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_link_that_is_no_good_says_why(client, listing, fixed_day, language):
    good = token(listing)
    foreign = tokens.signing.TimestampSigner(salt="newsletter.confirm.v1", sep=".").sign(good.partition(".")[0])
    cases = [("", 400), ("x" * 5000, 400), (good[:-1], 400), (foreign, 400), (good.replace("-", "0", 1), 400)]

    assert [(key, client.get(link(key, language)).status_code) for key, _status in cases] == cases
    assert client.post(link(good[:-1], language), {"right": "1"}).status_code == 400
    fixed_day.shift(datetime.timedelta(days=40))
    assert client.get(link(good, language)).status_code == 200
    fixed_day.shift(datetime.timedelta(seconds=1))
    late = client.post(link(good, language), {"right": "1"})
    assert late.status_code == 410
    assert not Verification.objects.exists()


@pytest.mark.parametrize("columns", [{"contact_email": "new@example.org"}, {"contact_email": ""}])
def test_a_link_dies_with_the_address_it_was_sent_to(client, listing, columns):
    key = token(listing)
    ServiceAtLocation.objects.filter(pk=listing.pk).update(**columns)

    assert client.get(link(key)).status_code == 410


def test_a_link_dies_with_its_listing(client, listing):
    key = token(listing)
    ServiceAtLocation.objects.filter(pk=listing.pk).update(merged_into=ListingFactory())

    assert client.get(link(key)).status_code == 410


# All still right


def test_all_still_right_is_recorded_apart_and_is_no_check(client, listing):
    address = link(token(listing))

    response = client.post(address, {"right": "1"})
    client.post(address, {"right": "1"})

    assert (response.status_code, response["Location"]) == (302, f"{address}&done=right")
    row = Verification.objects.get()
    assert (row.method, row.outcome, row.by, row.at, row.fields) == (
        "provider link",
        "reached",
        None,
        timezone.now(),
        Verification.Field.values,
    )
    page = client.get(f"/en/find/{listing.slug}/").content.decode()
    assert "Checked by the department" not in page
    assert ServiceAtLocation.objects.never_checked().filter(pk=listing.pk).exists()


def test_a_provider_waits_its_turn_before_it_holds_the_place_so_that_a_caller_is_never_locked_out(listing):
    with CaptureQueriesContext(connection) as queries:
        provider.confirm(listing=listing, at=timezone.now())

    locks = [query["sql"] for query in queries if "pg_advisory" in query["sql"] or "FOR UPDATE" in query["sql"]]
    assert "pg_advisory_xact_lock" in locks[0]


def test_the_providers_word_stands_with_its_day_until_it_asks_for_a_change(client, listing):
    def said():
        return provider.said_on(ServiceAtLocation.objects.for_page().get(pk=listing.pk))

    VerificationFactory(listing=listing)
    assert said() is None
    client.post(link(token(listing)), {"right": "1"})
    assert said() == datetime.date(2026, 12, 1)

    change(client, listing, walk_in="yes")

    assert said() is None


def test_another_sites_page_cannot_press_the_button(client, listing):
    response = client.post(link(token(listing)), {"right": "1"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (response.status_code, Verification.objects.count()) == (403, 0)


def test_one_link_sets_off_no_flood(client, listing):
    answers = [client.post(link(token(listing)), {"right": "1"}).status_code for _number in range(21)]

    assert answers == [302] * 20 + [429]


# Changes


def test_changes_wait_for_a_person_and_the_listing_stays_as_it_is(client, listing):
    phone = listing.phones.get()

    response = change(
        client, listing, phone="860 555 0199", walk_in="yes", hours_words="Sundays closed", spanish="staff"
    )

    assert response.status_code == 302
    assert waiting(listing) == {
        "hours words": ({"words": ""}, {"words": "Sundays closed"}),
        "phone": (
            {"pk": phone.pk, "number": "860-555-0100", "extension": ""},
            {"pk": phone.pk, "number": "860 555 0199", "extension": ""},
        ),
        "spanish": ("unknown", "staff"),
        "walk_in": ("unknown", "yes"),
    }
    page = client.get(f"/en/find/{listing.slug}/").content.decode()
    assert "(860) 555-0100" in page and "0199" not in page
    assert not Verification.objects.exists()


def test_a_form_sent_as_it_was_shown_asks_for_nothing(client, listing):
    change(client, listing)
    change(client, listing, phone="(860) 555-0100")

    assert waiting(listing) == {}


def test_a_newer_change_takes_the_place_of_the_one_that_waits_for_the_same_field(client, listing):
    change(client, listing, hours_words="first", walk_in="yes")

    change(client, listing, hours_words="second")

    assert {field: after for field, (_before, after) in waiting(listing).items()} == {
        "hours words": {"words": "second"},
        "walk_in": "yes",
    }
    replaced = Proposal.objects.filter(state="replaced", field="hours words")
    assert list(replaced.values_list("after", "decided_at")) == [({"words": "first"}, timezone.now())]


def test_a_change_can_be_taken_back(client, listing):
    change(client, listing, phone="860 555 0199")

    change(client, listing, phone="860-555-0100")

    assert waiting(listing) == {}


def test_while_a_change_waits_the_page_shows_it_and_offers_no_all_right(client, listing):
    change(client, listing, phone="860 555 0199")

    page = client.get(link(token(listing))).content.decode()

    assert 'value="860 555 0199"' in page
    assert 'name="right"' not in page


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"phone": "555"}, ["phone"]),
        ({"phone": "two"}, ["phone"]),
        ({"phone": "-1"}, ["phone"]),
        ({"phone": "1e9"}, ["phone"]),
        ({"extension": "0x"}, ["extension"]),
        ({"hours_words": "a" * 100_000}, ["hours_words"]),
        ({"services_words": "a\0b"}, ["services_words"]),
        ({"spanish": "fluent"}, ["spanish"]),
        ({"walk_in": "999"}, ["walk_in"]),
    ],
)
def test_a_wrong_form_comes_back_with_its_errors(client, listing, language, changes, wrong):
    response = client.post(link(token(listing), language), {"changes": "1"} | changes)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == wrong
    assert waiting(listing) == {}


@pytest.mark.parametrize(
    ("body", "kind"), [('{"right": "1"}', "application/json"), ("<right/>", "text/xml"), ("", "text/plain")]
)
def test_a_body_that_is_no_form_presses_no_button(client, listing, body, kind):
    client.post(link(token(listing)), body, content_type=kind)

    assert (Verification.objects.count(), waiting(listing)) == (0, {})


def test_a_listing_without_a_number_gets_one_proposed(client):
    listing = ListingFactory(contact_email="a@example.org")

    change(client, listing, phone="860 555 0199", extension="12")

    none = {"pk": None, "number": "", "extension": ""}
    assert waiting(listing) == {"phone": (none, none | {"number": "860 555 0199", "extension": "12"})}


def test_the_address_of_a_provider_stands_on_no_page(client, listing):
    for path in (f"/en/find/{listing.slug}/", link(token(listing))):
        assert "casa.example" not in client.get(path).content.decode().lower()


def test_a_file_instead_of_a_server_gets_the_mail_too(listing, site, settings):
    settings.EMAIL_URL = ""

    call_command("send_provider_links")

    (file,) = (site / "mail").glob("*.eml")
    links = re.findall(r"https://\S+", file.read_text())
    assert parse_qs(urlsplit(links[0]).query)["k"]
    assert mail.sender() == "newsletter@find.example.org"
