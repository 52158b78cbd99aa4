"""Who may send from a database: not a copy of it, not one that was restored."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from newsletter import actions, render
from newsletter.delivery import guard, worker
from newsletter.models import SenderGuard

from .factories import CampaignFactory, SubscriberFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("department")]


def run():
    return worker.run(workers=1, forever=False, stop=threading.Event())


def begun():
    campaign = CampaignFactory()
    actions.begin(campaign=campaign, at=timezone.now())
    return campaign


def long_ago():
    SenderGuard.objects.update(seen_at=timezone.now() - guard.QUIET - timedelta(seconds=1))


@pytest.fixture
def copy(sink, settings, tmp_path):
    """Have sent something, then be another installation with a copy of the database."""
    SubscriberFactory()
    run()
    settings.VAR_DIR = tmp_path / "copy"
    return sink


def test_a_copied_database_is_not_sent_from(copy):
    campaign = begun()
    long_ago()

    with pytest.raises(guard.NotOurDatabaseError):
        run()

    campaign.refresh_from_db()
    assert (campaign.state, copy.messages) == ("held", [])


def test_a_second_installation_does_not_stop_the_living_one(copy, settings):
    first, second = settings.VAR_DIR.parent, settings.VAR_DIR
    campaign = begun()

    with pytest.raises(guard.NotOurDatabaseError):
        run()
    settings.VAR_DIR = first
    run()

    campaign.refresh_from_db()
    assert (campaign.state, len(copy.messages), second.exists()) == ("finished", 1, True)


def test_machines_that_share_a_name_are_one_installation(sink, settings, tmp_path):
    SubscriberFactory()
    settings.SENDER_ID = "x" * 32
    run()
    begun()
    settings.VAR_DIR = tmp_path / "second machine"
    settings.VAR_DIR.mkdir()

    assert run() == 1


def test_a_short_name_is_refused(sink, settings):
    settings.SENDER_ID = "short"

    with pytest.raises(ImproperlyConfigured, match="SENDER_ID to at least 32"):
        run()


def test_a_copy_that_was_adopted_sends_what_staff_release(copy):
    old = begun()
    guard.adopt(at=timezone.now())
    campaign = begun()

    run()

    old.refresh_from_db()
    assert (old.state, list(campaign.deliveries.values_list("state", flat=True))) == ("held", ["sent"])


def test_a_restored_database_is_not_sent_from_on_the_same_machine(sink):
    SubscriberFactory()
    run()
    backup = SenderGuard.objects.get().epoch
    campaign = begun()
    run()
    SenderGuard.objects.update(epoch=backup)
    type(campaign).objects.filter(pk=campaign.pk).update(state="running", finished_at=None)
    campaign.deliveries.update(state="queued", done_at=None)

    with pytest.raises(guard.RestoredDatabaseError, match="restored from a backup"):
        run()

    campaign.refresh_from_db()
    assert (campaign.state, len(sink.messages)) == ("held", 1)


def test_a_sign_of_life_given_while_another_sender_looks_is_no_restore(sink, monkeypatch):
    run()
    real = SenderGuard.objects.get_or_create

    def beaten_meanwhile(**values):
        found = real(**values)
        guard.beat(at=timezone.now())
        return found

    monkeypatch.setattr(SenderGuard.objects, "get_or_create", beaten_meanwhile)

    guard.check(at=timezone.now())


def test_a_restored_database_that_was_adopted_is_sent_from_again(sink):
    SubscriberFactory()
    run()
    SenderGuard.objects.update(epoch=0)
    guard.adopt(at=timezone.now())
    begun()

    assert run() == 1


def test_adopting_what_is_ours_holds_nothing_back(sink):
    SubscriberFactory()
    run()
    begun()

    guard.adopt(at=timezone.now())

    assert run() == 1


def test_a_sender_stops_when_another_installation_takes_over(sink, monkeypatch):
    SubscriberFactory.create_batch(3)
    begun()
    monkeypatch.setattr("newsletter.delivery.outbox.CLAIM", 1)
    real = render.places

    def taken_over(**fields):
        SenderGuard.objects.update(instance_id="another installation")
        return real(**fields)

    monkeypatch.setattr(render, "places", taken_over)
    with pytest.raises(guard.NotOurDatabaseError):
        run()

    assert len(sink.messages) == 1


def test_a_damaged_note_of_signs_counts_as_none(sink, var_dir):
    SubscriberFactory()
    (var_dir / "sender-epoch.txt").write_text("\x00\x00")
    begun()

    assert run() == 1
    assert int((var_dir / "sender-epoch.txt").read_text()) == SenderGuard.objects.get().epoch
