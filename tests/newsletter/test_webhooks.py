"""What a mail service tells: believed only with its secret, only while fresh, and each event once."""

import base64
import hashlib
import hmac
import json
import time

import pytest
from django.utils import timezone

from newsletter.bounces import events, verp
from newsletter.models import Bounce, Suppression
from portal.lib import mail

from .test_bounces import sent

pytestmark = pytest.mark.django_db

ADDRESS = "/mail-events"
SECRET = "service:very-secret-words"
KEY = "mailgun-signing-key"


def local(copy):
    return verp.return_path(copy.pk).partition("@")[0]


@pytest.fixture
def postmark(settings, client):
    """Be Postmark: a password in the address, no signature."""
    settings.EMAIL_SERVICE = "postmark"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "token", "WEBHOOK_SECRET": SECRET}

    def post(event, secret=SECRET, **headers):
        password = base64.b64encode(secret.encode()).decode()
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return client.post(
            ADDRESS, body, content_type="application/json", headers={"authorization": f"Basic {password}", **headers}
        )

    return post


@pytest.fixture
def mailgun(settings, client):
    """Be Mailgun: each request signed, with its moment."""
    settings.EMAIL_SERVICE = "mailgun"
    settings.ANYMAIL = {"MAILGUN_API_KEY": "key", "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}

    def post(event, age=0, token="t" * 50, key=KEY):
        moment = str(int(time.time() - age))
        signature = hmac.new(key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
        signed = {"timestamp": moment, "token": token, "signature": signature}
        return client.post(ADDRESS, {"signature": signed, "event-data": event}, content_type="application/json")

    return post


def bounce(copy, **fields):
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 4323372036854775807,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": "reader@example.net",
        "BouncedAt": "2026-11-20T16:33:54.9070259Z",
        "Details": "action failed",
        "Metadata": {"copy": local(copy)},
        **fields,
    }


def failed(copy, **fields):
    return {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "timestamp": time.time(),
        "recipient": "reader@example.net",
        "user-variables": {"copy": local(copy)},
        "delivery-status": {"code": 550, "message": "5.1.1 no such user"},
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, "hard"),
        ({"Type": "SoftBounce"}, "soft"),
        ({"Type": "SoftBounce", "Details": "smtp;552 5.2.2 full"}, "soft"),
        ({"Type": "Blocked"}, "blocked"),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complaint"),
        ({"Type": "BadEmailAddress"}, "hard"),
    ],
)
def test_each_event_is_counted_as_what_it_means(postmark, fields, kind):
    copy = sent()

    response = postmark(bounce(copy, **fields))

    assert (response.status_code, response.content) == (200, b"")
    assert list(Bounce.objects.values_list("delivery", "kind", "source")) == [(copy.pk, kind, "mail service")]
    assert Suppression.objects.count() == (kind in ("hard", "complaint"))


@pytest.mark.parametrize("kind", ["Transient", "AutoResponder", "Subscribe"])
def test_an_event_that_is_no_failure_counts_for_nothing(postmark, kind):
    assert postmark(bounce(sent(), Type=kind)).status_code == 200
    assert Bounce.objects.count() == 0


def test_a_repeated_event_is_counted_once(postmark):
    copy = sent()

    answers = [postmark(bounce(copy)).status_code for _turn in range(3)]

    assert (answers, Bounce.objects.count()) == ([200, 200, 200], 1)


@pytest.mark.parametrize("secret", ["service:wrong", "", SECRET[:-1]])
def test_without_the_secret_nothing_is_believed_or_told(postmark, secret):
    response = postmark(bounce(sent()), secret=secret)

    assert (response.status_code, response.content, Bounce.objects.count()) == (403, b"", 0)


@pytest.mark.parametrize("service", sorted(events.VIEWS))
def test_no_service_is_believed_without_its_secret(client, settings, service):
    settings.EMAIL_SERVICE = service
    settings.ANYMAIL = {f"{service.upper()}_API_KEY": "key"}

    assert client.post(ADDRESS, b"{}", content_type="application/json").status_code == 403


@pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning")  # of SendGrid, by its makers
@pytest.mark.parametrize("service", sorted(events.VIEWS))
@pytest.mark.parametrize("password", [None, "service:wrong"])
def test_no_service_is_believed_without_its_proof(client, settings, service, password):
    settings.EMAIL_SERVICE = service
    settings.ANYMAIL = {f"{service.upper()}_API_KEY": "key", mail.event_key(service): SECRET}
    proof = {"authorization": f"Basic {base64.b64encode(password.encode()).decode()}"} if password else {}

    answers = [
        client.post(ADDRESS, b"[]", content_type="application/json", headers=proof),
        client.post(ADDRESS, {"mandrill_events": "[]", "timestamp": str(time.time())}, headers=proof),
    ]

    assert {answer.status_code for answer in answers} <= {400, 403}
    assert (Bounce.objects.count(), Suppression.objects.count()) == (0, 0)


def test_without_a_secret_set_nothing_is_believed(postmark, settings):
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "token"}

    assert postmark(bounce(sent())).status_code == 403


def test_without_a_service_nothing_is_believed(client, settings):
    settings.EMAIL_SERVICE = ""

    assert client.post(ADDRESS, {}, content_type="application/json").status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"RecordType": 7}', b'{"RecordType": "Bounce", "Metadata": 7}'],
)
def test_what_cannot_be_read_is_refused_without_a_word(postmark, body):
    response = postmark(body)

    assert response.status_code in (200, 400)
    assert (response.content, Bounce.objects.count()) == (b"", 0)


@pytest.mark.parametrize("copy", ["", "b-1-2", "b-" + "0" * 32 + "-" + "0" * 20, None, 7])
def test_an_event_about_no_copy_of_ours_counts_for_nothing(postmark, copy):
    event = bounce(sent())
    event["Metadata"] = {"copy": copy}

    assert postmark(event).status_code == 200
    assert Bounce.objects.count() == 0


def test_a_signed_event_counts(mailgun):
    copy = sent()

    assert mailgun(failed(copy)).status_code == 200
    assert list(Bounce.objects.values_list("kind", "status")) == [("hard", "5.1.1")]


def test_a_temporary_failure_that_the_service_repeats_itself_is_none(mailgun):
    assert mailgun(failed(sent(), severity="temporary")).status_code == 200
    assert Bounce.objects.count() == 0


@pytest.mark.parametrize("age", [301, -301, 10**6])
def test_a_request_signed_long_ago_or_in_the_future_is_refused(mailgun, age):
    response = mailgun(failed(sent()), age=age)

    assert (response.status_code, response.content, Bounce.objects.count()) == (403, b"", 0)


def test_a_request_signed_four_minutes_ago_counts(mailgun):
    assert mailgun(failed(sent()), age=240).status_code == 200
    assert Bounce.objects.count() == 1


def test_a_wrong_signature_is_refused(mailgun):
    response = mailgun(failed(sent()), key="another-key")

    assert (response.status_code, response.content, Bounce.objects.count()) == (403, b"", 0)


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_a_post_is_heard(client, method):
    assert getattr(client, method)(ADDRESS).status_code == 405


def test_the_kind_is_kept_with_the_moment_it_was_told(postmark):
    before = timezone.now()

    postmark(bounce(sent()))

    assert before <= Bounce.objects.get().at <= timezone.now()
