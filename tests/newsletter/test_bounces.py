"""Test that what comes back is counted once, believed only where a standard says so, and ends the writing."""

import datetime
import uuid
from pathlib import Path

import pytest
from django.utils import timezone

from newsletter import actions
from newsletter.bounces import reports, verp
from newsletter.models import Bounce, ConsentEvent, Suppression

from .factories import CampaignFactory, DeliveryFactory, SubscriberFactory

SAMPLES = Path(__file__).parents[1] / "data" / "bounces"
COPY = uuid.UUID("0d9f3f6e-5a51-4a8e-9c39-2c8a5b0c7a11")
AT = timezone.now()


def sample(name, delivery=COPY):
    """Return a message of tests/data/bounces/ as it came to the sender's address of one copy."""
    return (
        (SAMPLES / f"{name}.eml").read_text(encoding="utf-8").replace("{{copy}}", verp.return_path(delivery)).encode()
    )


def sent(reader=None, **fields):
    values = {"state": "sent", "attempt": 1, "marked_at": AT, "dated_at": AT, "done_at": AT}
    return DeliveryFactory(**values, **({"subscriber": reader} if reader else {}), **fields)


def come_back(name, delivery, at=AT, source="mailbox"):
    return actions.record(report=reports.read(sample(name, delivery.pk)), source=source, at=at)


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("postfix-unknown-user", "hard", "5.1.1"),
        ("exchange-no-domain", "hard", "5.4.4"),
        ("qmail-like-full", "soft", "4.2.2"),
        ("headers-only", "hard", "5.1.1"),
        ("blocked", "blocked", "5.7.1"),
        ("complaint", "complaint", ""),
        ("gmail-no-such-user", "hard", "5.1.1"),
        ("outlook-no-such-user", "hard", "5.1.10"),
        ("exim-rejected", "hard", "5.2.1"),
        ("exim-old-text-only", "soft", ""),
        ("mailenable-odd", "soft", "5.2.2"),
        ("several-recipients", "hard", "5.1.2"),
        ("base64-status", "hard", "5.1.1"),
    ],
)
def test_a_report_says_what_became_of_which_copy(name, kind, status):
    report = reports.read(sample(name))

    assert (report.delivery_id, report.kind, report.status) == (COPY, kind, status)


@pytest.mark.parametrize(
    "name", ["vacation", "delayed", "body-says-550", "delivered", "not-a-message", "forwarded-report", "read-receipt"]
)
def test_what_is_no_report_of_a_failure_counts_for_nothing(name):
    assert reports.read(sample(name)) is None


@pytest.mark.parametrize("name", ["postfix-unknown-user", "complaint"])
def test_a_forged_address_names_no_copy(name):
    forged = sample(name).replace(verp.return_path(COPY)[-30:].encode(), b"0" * 20 + b"@example.org")

    assert reports.read(forged) is None


@pytest.mark.parametrize("address", ["", "b-1-2@x", "<>", "b-" + "0" * 32 + "-" + "0" * 20 + "@x", "é@x", "b-" * 5000])
def test_an_address_that_we_did_not_make_names_no_copy(address):
    assert verp.delivery_of(address) is None


def test_the_address_of_a_copy_names_it_also_in_capitals():
    address = verp.return_path(COPY)

    assert [verp.delivery_of(address), verp.delivery_of(f"<{address.upper()}>")] == [COPY, COPY]
    assert len(address.partition("@")[0]) <= 64


@pytest.mark.parametrize(("status", "kind"), [("4.7.0", "blocked"), ("5.7.26", "blocked"), ("4.2.2", "soft")])
def test_a_refusal_that_is_about_us_is_not_held_against_the_reader(status, kind):
    assert reports.kind_of(status) == kind


def test_parts_within_parts_without_end_are_nothing_and_break_nothing():
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000))

    assert reports.read(b"To: " + verp.return_path(COPY).encode() + b"\n" + deep) is None


@pytest.mark.parametrize("noise", [b"\xff\xfe" * 500, b"x" * 3_000_000, b"To: " + b"a," * 50_000 + b"\n"])
def test_noise_around_a_report_does_not_hide_it(noise):
    report = reports.read(sample("postfix-unknown-user").replace(b"This is the mail system.", noise[:1_000_000]))

    assert (report.delivery_id, report.status) == (COPY, "5.1.1")


@pytest.mark.parametrize("data", [b"", b"\x00" * 1000, b"Content-Type: multipart/report; boundary=\n\n" + b"--" * 9999])
def test_garbage_is_nothing_and_breaks_nothing(data):
    assert reports.read(data) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "reason"), [("postfix-unknown-user", "bounced"), ("complaint", "complained"), ("blocked", None)]
)
def test_a_hard_bounce_or_complaint_ends_the_writing_at_once(name, reason):
    copy = sent()
    reader = copy.subscriber

    assert come_back(name, copy) is True

    reader.refresh_from_db()
    assert reader.state == ("left" if reason else "confirmed")
    assert list(Suppression.objects.values_list("email_hash", "reason")) == (
        [(reader.email_hash, reason)] if reason else []
    )


@pytest.mark.django_db
def test_a_report_that_comes_twice_is_counted_once():
    copy = sent()

    assert [come_back("postfix-unknown-user", copy) for _turn in range(3)] == [True, False, False]
    assert (Bounce.objects.count(), ConsentEvent.objects.filter(kind="stopped").count()) == (1, 1)


@pytest.mark.django_db
def test_three_soft_bounces_of_the_last_five_end_the_writing_and_two_do_not():
    reader = SubscriberFactory()
    copies = [sent(reader, campaign=CampaignFactory(state="running")) for _edition in range(5)]
    states = []
    for copy in copies[:3]:
        come_back("qmail-like-full", copy)
        reader.refresh_from_db()
        states.append(reader.state)

    assert states == ["confirmed", "confirmed", "left"]


@pytest.mark.django_db
def test_soft_bounces_of_long_ago_do_not_count():
    reader = SubscriberFactory()
    for number in range(8):
        copy = sent(reader, campaign=CampaignFactory(state="running"), created_at=AT + datetime.timedelta(hours=number))
        if number in (0, 1, 7):
            come_back("qmail-like-full", copy)

    reader.refresh_from_db()
    assert reader.state == "confirmed"


@pytest.mark.django_db
def test_a_report_about_nobodys_copy_is_nothing():
    assert actions.record(report=reports.read(sample("complaint")), source="mailbox", at=AT) is False
    assert Bounce.objects.count() == 0


@pytest.mark.django_db
def test_a_report_after_the_reader_was_forgotten_is_kept_and_harms_nobody():
    copy = sent()
    type(copy).objects.filter(pk=copy.pk).forget_who()

    assert come_back("complaint", copy) is True
    assert Suppression.objects.count() == 0
