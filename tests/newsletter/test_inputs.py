"""Inputs 60 to 84 of the design's list, each under its number: bad addresses, and what can be done with a link.

`ELSEWHERE` names the tests of a number that stand beside what they belong to; every number is one or the other.
"""

import re
from email import message_from_bytes, policy
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from newsletter import actions, render, tokens
from newsletter.bounces import verp
from newsletter.models import ConsentEvent, Subscriber, Suppression
from portal.lib import mail
from portal.reference.models import Department

from .factories import CampaignFactory, ConsentTextFactory, SubscriberFactory
from .test_import import verdicts
from .test_views import ONE_CLICK, address, fields

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department", "site", "consent_text")]

NUMBERS = range(60, 85)
ELSEWHERE = {
    66: ["test_views:test_an_address_is_kept_as_typed", "test_views:test_upper_and_lower_case_are_one_person"],
    71: ["test_views:test_only_who_may_get_mail_gets_it"],
    73: ["test_tokens:test_a_token_is_read_back_and_no_bit_of_it_may_differ"],
    74: ["test_views:test_a_spoilt_link_is_refused_and_changes_nothing"],
    75: ["test_views:test_after_seven_days_the_link_is_too_old"],
    76: ["test_views:test_a_link_for_another_purpose_is_refused"],
    77: ["test_views:test_an_old_confirmation_link_brings_nobody_back"],
    81: ["test_tokens:test_a_confirm_token_of_the_key_before_works_while_that_is_listed"],
    82: ["test_views:test_a_form_from_another_day_is_asked_for_again"],
}
BAD_ADDRESSES = [
    (60, "a@b.co\r\nBcc: v@x.co"),
    (60, "a@b.co%0d%0aBcc:v@x.co"),
    (60, "a@b.co%0a"),
    (60, "a@b.co\u2028Bcc: v@x.co"),
    (60, "a\x00@b.co"),
    (61, "=?utf-8?q?x?= <a@b.co>"),
    (61, '"<evil@x.co>" <a@b.co>'),
    (62, "a" * 65 + "@b.co"),
    (62, "a" * 308 + "@example.org"),
    (62, "a" * 309 + "@example.org"),
    (62, "a@" + "b" * 64 + ".co"),
    (62, "a@" + ("b" * 60 + ".") * 5 + "example"),
    (63, "a@b.co\u202e"),
    (63, "a@b\u200b.co"),
    (63, "\ufeffa@b.co"),
    (64, "a@ex\u0430mple.\u202eorg"),
    (65, "peña@example.org"),
    (65, "用户@例え.jp"),
    (68, "a@[127.0.0.1]"),
    (68, "a@127.0.0.1"),
    (68, "a@10.0.0.1"),
    (68, "a@localhost"),
    (68, "a@printer.local"),
    (68, "a@x.invalid"),
    (68, "a@x.onion"),
    (69, "a,b@c.co"),
    (69, "a@b.co;c@d.co"),
    (69, "<a@b.co>"),
    (69, "mailto:a@b.co"),
    (69, "a@@b.co"),
    (69, "a@b@c.co"),
    (69, '"quoted"@x.co'),
    (69, "@b.co"),
    (69, "a@"),
    (69, "a@.co"),
    (69, "a@-b.co"),
]
IDS = [f"{number}-{place}" for place, (number, _typed) in enumerate(BAD_ADDRESSES)]


@pytest.fixture
def consent_text():
    return ConsentTextFactory()


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def reader():
    return SubscriberFactory(email="reader@example.org")


@pytest.fixture
def forms(client, fixed_day):
    """Return what sends an address by each of the two forms that set off a mail."""

    def send(email, **headers):
        signing_up = client.post(address("index"), fields(client, fixed_day, email=email), **headers)
        token = re.search(r'name="token" value="([^"]+)"', client.get(address("lost-link")).content.decode()).group(1)
        fixed_day.shift(3)
        asking = client.post(address("lost-link"), {"email": email, "token": token, "website": ""}, **headers)
        return [signing_up, asking]

    return send


def test_every_number_has_its_test():
    own = {int(found[1]) for name in globals() if (found := re.match(r"test_input_(\d+)_", name))}
    own |= {number for number, _typed in BAD_ADDRESSES}
    missing = [
        f"{module}:{name}"
        for places in ELSEWHERE.values()
        for module, name in (place.split(":") for place in places)
        if not hasattr(import_module(f"tests.newsletter.{module}"), name)
    ]

    assert (sorted(own | ELSEWHERE.keys()), missing) == (list(NUMBERS), [])


@pytest.mark.parametrize(("number", "typed"), BAD_ADDRESSES, ids=IDS)
def test_an_address_that_mail_cannot_reach_is_refused_by_its_field_in_both_forms(forms, number, typed):
    answers = forms(typed)

    assert [answer.status_code for answer in answers] == [422, 422]
    assert [list(answer.context["form"].errors) for answer in answers] == [["email"], ["email"]]
    assert Subscriber.objects.count() == 0


NAMES = [
    "News\r\nBcc: v@x.co",
    "=?utf-8?q?evil?=",
    '"<evil@x.co>"',
    "a, b <c@x.co>",
    "N" * 200,
    "Ñ" * 200,
    "\u2028\x00",
]


@pytest.mark.parametrize("name", NAMES)
def test_input_61_a_name_stays_one_name_of_our_own_address(name):
    Department.objects.update(name_en=name.replace("\x00", ""))
    reader = SubscriberFactory(state="pending")
    text = render.campaign_text(campaign=CampaignFactory(), language="en", at=timezone.now())

    for data in (render.confirmation(reader, timezone.now()), render.letter(text).fill({"to": reader.email})):
        message = message_from_bytes(data, policy=policy.default)
        assert [each.addr_spec for each in message["From"].addresses] == [mail.sender()]
        assert (message["Bcc"], len(message.get_all("From"))) == (None, 1)
        assert max(map(len, data.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    ("typed", "stored", "reads_as"),
    [
        ("n@español.es", "n@xn--espaol-zwa.es", "español.es"),
        ("n@xn--80ak6aa92e.com", "n@xn--80ak6aa92e.com", "аррӏе.com"),
        ("n@gооgle.com", "n@xn--ggle-55da.com", "gооgle.com"),  # two of its letters are Cyrillic
    ],
)
def test_input_64_a_domain_in_other_letters_is_stored_for_mail_and_shown_to_staff_as_it_reads(
    forms, admin_client, typed, stored, reads_as
):
    forms(typed)

    page = admin_client.get(reverse("admin:newsletter_subscriber_changelist")).content.decode()
    assert Subscriber.objects.get().email == stored
    assert f"{stored} (reads as {reads_as}: letters of other alphabets can imitate a known name)" in page


@pytest.mark.parametrize("local", ["postmaster", "ABUSE", "noreply", "no-reply", "all"])
def test_input_67_an_office_signs_up_itself_and_comes_by_no_list(forms, local):
    forms(f"{local}@example.org")

    assert Subscriber.objects.get().state == "pending"
    assert verdicts(f"{local}@example.com,en,2026-01-05,paper form 7") == ["office"]


def test_input_70_what_we_send_from_is_nobodys_address(forms, reader):
    own = [mail.sender(), mail.sender().upper(), verp.return_path(UUID(int=7)), verp.return_path(UUID(int=7)).upper()]

    codes = {answer.status_code for email in own for answer in forms(email)}

    assert (codes, Subscriber.objects.count()) == ({422}, 1)


@pytest.mark.parametrize(
    "emails", [["ana@example.org"] * 100, [f"n{number}@d{number}.example.org" for number in range(100)]]
)
def test_input_72_a_hundred_at_once_cause_one_mail_an_address_and_five_a_network(client, fixed_day, emails):
    sent = fields(client, fixed_day)

    codes = [client.post(address("index"), {**sent, "email": email}).status_code for email in emails]

    assert codes == [302] * 5 + [429] * 95
    assert Subscriber.objects.filter(confirmation_due_at__isnull=False).count() == len(set(emails[:5]))


def test_input_78_the_link_of_one_reader_does_nothing_to_another(client, reader):
    other = SubscriberFactory()

    client.post(address("leave", k=tokens.leave_token(reader.pk)), ONE_CLICK)
    spoilt = tokens.leave_token(reader.pk).replace(str(reader.pk), str(other.pk), 1)
    answer = client.post(address("leave", k=spoilt), ONE_CLICK)

    reader.refresh_from_db()
    other.refresh_from_db()
    assert (answer.status_code, reader.state, other.state) == (400, "left", "confirmed")


def test_input_79_after_the_address_is_erased_leaving_is_done(client, reader):
    actions.erase(subscriber_id=reader.pk, at=timezone.now())

    answers = [client.post(address("leave", k=tokens.leave_token(reader.pk)), data) for data in (ONE_CLICK, {})]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == b"OK\n"


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("headers", [{}, {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}])
def test_input_80_looking_changes_nothing(client, reader, method, headers):
    pending = SubscriberFactory(state="pending", requested_at=timezone.now())
    links = [
        address("confirm", k=tokens.confirm_token(pending.pk)),
        address("leave", k=tokens.leave_token(reader.pk)),
        address("preferences", k=tokens.preferences_token(reader.pk)),
        address("erase", k=tokens.preferences_token(reader.pk)),
        address("lost-link"),
    ]

    for link in links:
        getattr(client, method)(link, headers=headers)

    assert set(Subscriber.objects.values_list("state", flat=True)) == {"pending", "confirmed"}
    assert ConsentEvent.objects.count() == 0


@pytest.mark.parametrize("host", ["evil.example", "news.example.org.evil.example", "news.example.org:99999"])
def test_input_83_no_mail_and_no_answer_repeats_the_host_of_a_request(client, reader, host):
    answer = client.post(address("lost-link"), {"email": reader.email}, headers={"Host": host})

    said = render.own_link(reader, timezone.now()) + render.confirmation(reader, timezone.now())
    assert b"evil" not in said
    assert b"https://news.example.org/" in said.replace(b"=\r\n", b"")
    assert "evil" not in answer.content.decode() + answer.headers.get("Location", "")
    with pytest.raises(NoReverseMatch):  # staff get a new password from a person, never by mail
        reverse("admin_password_reset")


WORK = {"SELECT", "INSERT", "UPDATE", "DELETE"}  # what begins and ends a transaction is left out
KINDS = ["unknown", "pending", "confirmed", "left", "complained"]


@pytest.mark.parametrize("form", ["index", "lost-link"])
def test_input_84_every_address_costs_the_same_statements(fixed_day, form):
    for state in ("pending", "confirmed", "left"):
        SubscriberFactory(email=f"{state}@example.org", state=state)
    gone = SubscriberFactory(email="complained@example.org", state="left")
    Suppression.objects.create(email_hash=gone.email_hash, reason="complained", at=timezone.now())
    client = Client(REMOTE_ADDR="203.0.113.9")
    sent = fields(client, fixed_day)
    client.post(address(form), {**sent, "email": "first@example.org"})  # what a process reads once

    said = {}
    for number, kind in enumerate(KINDS):
        client = Client(REMOTE_ADDR=f"198.51.{number}.1")
        with CaptureQueriesContext(connection) as queries:
            client.post(address(form), {**sent, "email": f"{kind}@example.org"})
        statements = [query["sql"].split() for query in queries]
        said[kind] = [re.sub(r"\d+", "", " ".join(words[:3])) for words in statements if words[0] in WORK]

    assert said == dict.fromkeys(KINDS, said["unknown"])
    due = Subscriber.objects.filter(confirmation_due_at__isnull=False).exclude(email_norm="first@example.org")
    wanted = {"index": {"unknown", "pending", "left"}, "lost-link": {"confirmed"}}[form]
    assert {row.email_norm.partition("@")[0] for row in due} == wanted


@pytest.mark.parametrize("make", [tokens.leave_token, tokens.preferences_token, tokens.confirm_token])
def test_input_84_a_forged_link_costs_no_statement_about_anybody(client, reader, make):
    name = {tokens.leave_token: "leave", tokens.preferences_token: "preferences", tokens.confirm_token: "confirm"}[make]
    good = make(reader.pk)
    forged = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        f"{reader.pk}.{'A' * 43}",
        make(reader.pk + 999)[:-1] + "_",
    ]
    client.get(address(name, k=forged[0]))

    for token in forged:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(name, k=token)).status_code == 400
        assert [query["sql"] for query in queries if "newsletter_" in query["sql"]] == []
