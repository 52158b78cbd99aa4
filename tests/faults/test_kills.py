"""Kill senders and the database in the midst of the work, and count what arrived.

`make faults` runs the long form; `make test` a short one. FAULT_MESSAGES and FAULT_KILLS set other sizes.
"""

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from newsletter import actions, tokens
from newsletter.models import Campaign, Delivery, Subscriber
from portal.lib.embedded_postgres import Server
from tests.newsletter.factories import CampaignFactory

from .copies import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("department", "site")]

WORKERS = 4
LONG = pytest.mark.faults


def sizes(messages, kills):
    return int(os.environ.get("FAULT_MESSAGES", messages)), int(os.environ.get("FAULT_KILLS", kills))


def running(count):
    """Make this many readers and a campaign to them that is running."""
    at = timezone.now()
    Subscriber.objects.bulk_create(
        Subscriber(
            email=f"Reader{number}@example.org",
            email_norm=f"reader{number}@example.org",
            email_hash=tokens.address_hash(f"reader{number}@example.org"),
            language=("en", "es")[number % 2],
            state="confirmed",
            requested_at=at,
            confirmed_at=at,
        )
        for number in range(count)
    )
    campaign = CampaignFactory(state="preparing")
    actions.start(campaign=campaign, at=at)
    return campaign


def moments(messages, kills):
    """Return, after how many messages to kill: at random, but not all at once."""
    return sorted(random.sample(range(messages // 50, messages - messages // 10), kills))


def until_finished(campaign, copy):
    deadline = time.monotonic() + PATIENCE
    while Campaign.objects.get(pk=campaign.pk).state != "finished":
        assert time.monotonic() < deadline, f"{states(campaign)} {copy.words()}"
        time.sleep(0.1)


def states(campaign):
    return Counter(campaign.deliveries.values_list("state", flat=True))


def report(what, campaign, mailbox, kills):
    """Print the figures and return (duplicates, sent but not at the server, without an end state, uncertain)."""
    arrived = mailbox.lines()
    sent = set(campaign.deliveries.filter(state="sent").values_list("message_id", flat=True))
    uncertain = set(campaign.deliveries.filter(state="uncertain").values_list("message_id", flat=True))
    open_states = Delivery.objects.exclude(state__in=["sent", "failed", "uncertain"]).count()
    delivered = len(uncertain & arrived.keys())
    doubles = sum(count - 1 for count in arrived.values())
    print(
        f"\n{what}: {campaign.deliveries.count()} messages, {kills} kills, {dict(states(campaign))}; arrived "
        f"{len(arrived)}, twice {doubles}, sent but not arrived {len(sent - arrived.keys())}, uncertain "
        f"{len(uncertain)}, of which arrived {delivered}"
    )
    assert arrived.keys() <= sent | uncertain
    return doubles, len(sent - arrived.keys()), open_states, len(uncertain)


def killed_again_and_again(messages, kills, mailbox, copy):
    campaign = running(messages)
    server = mailbox()
    here = copy("here", server.url)
    here.start(WORKERS)
    for moment in moments(messages, kills):
        server.until(moment, here)
        here.kill()
        here.start(WORKERS)
    until_finished(campaign, here)
    assert here.stop() == 0
    return campaign, server


def test_a_sender_that_is_killed_sends_nobody_two_copies(mailbox, copy):
    messages, kills = 1000, 5

    campaign, server = killed_again_and_again(messages, kills, mailbox, copy)

    doubles, lost, without_end, uncertain = report("sender killed", campaign, server, kills)
    assert (doubles, lost, without_end) == (0, 0, 0)
    assert uncertain <= WORKERS * kills


@LONG
def test_a_sender_that_is_killed_forty_times_sends_nobody_two_copies(mailbox, copy):
    messages, kills = sizes(40_000, 40)

    campaign, server = killed_again_and_again(messages, kills, mailbox, copy)

    doubles, lost, without_end, uncertain = report("sender killed", campaign, server, kills)
    assert (doubles, lost, without_end) == (0, 0, 0)
    assert uncertain <= WORKERS * kills


@LONG
def test_a_database_that_is_killed_six_times_costs_nobody_a_copy(mailbox, copy):
    messages, _kills = sizes(20_000, 6)
    kills = 6
    campaign = running(messages)
    server = mailbox()
    here = copy("here", server.url)
    here.start(WORKERS)
    for moment in moments(messages, kills):
        server.until(moment, here)
        kill_the_database()
    until_finished(campaign, here)
    assert here.stop() == 0

    doubles, lost, without_end, uncertain = report("database killed", campaign, server, kills)
    assert (doubles, lost, without_end) == (0, 0, 0)
    assert uncertain <= WORKERS * kills


def kill_the_database():
    """Kill the server of this suite and start it as the system would; only `make faults` has it for itself."""
    cluster = Server.below(Path(settings.VAR_DIR))
    process = int((cluster.data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
    connection.close()
    os.kill(process, signal.SIGKILL)
    cluster.start()
    deadline = time.monotonic() + 60
    while True:
        try:
            connection.ensure_connection()
        except Error:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        else:
            return


def test_a_second_installation_sends_nothing_and_readers_who_leave_are_honoured(mailbox, copy):
    """Worker on one copy of the site, web on another, and a third whose sender should not run at all."""
    messages = 600
    campaign = running(messages)
    server = mailbox()
    here, other = copy("here", server.url), copy("other", server.url)
    here.start(WORKERS)
    server.until(messages // 10, here)
    other.start(WORKERS)
    leaving = list(Subscriber.objects.order_by("-pk")[:20])
    for reader in leaving:
        actions.leave(subscriber_id=reader.pk, how="left by one click", at=timezone.now())
    left_at = server.count()
    here.kill()
    here.start(WORKERS)
    until_finished(campaign, here)
    here.stop()

    assert other.ended() == 1
    assert "another installation" in other.words()
    arrived = server.lines()
    assert sum(count - 1 for count in arrived.values()) == 0
    counts = states(campaign)
    assert counts["skipped"] + counts["sent"] + counts["uncertain"] == messages
    assert counts["skipped"] >= 1, f"{left_at} had arrived"
    skipped = set(campaign.deliveries.filter(state="skipped").values_list("message_id", flat=True))
    assert not skipped & arrived.keys()


@LONG
def test_faults_of_the_mail_server_lose_nobody(mailbox, copy):
    """One in twenty is put off, one in a hundred is kept without an answer."""
    messages, _kills = sizes(10_000, 0)
    campaign = running(messages)
    server = mailbox("RCPT=451 later:0.05", ".=accept and drop:0.01")
    here = copy("here", server.url)
    here.start(WORKERS)
    deadline = time.monotonic() + PATIENCE
    while Campaign.objects.get(pk=campaign.pk).state != "finished":
        assert time.monotonic() < deadline, f"{states(campaign)} {here.words()}"
        Delivery.objects.filter(state="retry").update(next_at=timezone.now())  # as if the pauses were over
        connection.cursor().execute("UPDATE newsletter_pace SET held_until = NULL, failures = 0")
        Delivery.objects.filter(state="queued", next_at__gt=timezone.now()).update(next_at=timezone.now())
        time.sleep(0.5)
    here.stop()

    doubles, lost, without_end, uncertain = report("451 to 5 %, accepted without an answer 1 %", campaign, server, 0)
    assert (doubles, lost, without_end) == (0, 0, 0)
    assert set(server.lines()) == set(campaign.deliveries.values_list("message_id", flat=True))
    assert campaign.deliveries.filter(attempt__gt=5).count() <= messages / 1000
