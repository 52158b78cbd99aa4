"""What the one who answers for the newsletter is told, and that all is quiet otherwise."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from newsletter.models import Bounce, SenderGuard
from portal.waiting import waiting_for
from tests.newsletter.factories import DeliveryFactory, SubscriberFactory

pytestmark = pytest.mark.django_db

ALERTS = ("Mail server out of reach", "Copies refused as unwanted mail, last seven days",
          "Unusually many sign-ups in the last hour")  # fmt: skip


@pytest.fixture
def sender():
    user = get_user_model().objects.create_user("editor", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="send_campaign"))
    return user


def alerts(user):
    return {queue.title: queue.count for queue in waiting_for(user) if queue.title in ALERTS}


def ago(**span):
    return timezone.now() - timedelta(**span)


def test_nobody_is_alarmed_while_all_is_well(sender):
    SubscriberFactory.create_batch(10, requested_at=ago(minutes=10))
    SenderGuard.objects.create(instance_id="x", adopted_at=ago(days=1), unreachable_since=ago(minutes=14))
    Bounce.objects.create(event_id="1", delivery=DeliveryFactory(), kind="blocked", at=ago(days=8), source="mailbox")
    Bounce.objects.create(event_id="2", delivery=DeliveryFactory(), kind="soft", at=ago(days=1), source="mailbox")

    assert alerts(sender) == {}


def test_a_mail_server_out_of_reach_for_a_quarter_of_an_hour_is_told(sender):
    SenderGuard.objects.create(instance_id="x", adopted_at=ago(days=1), unreachable_since=ago(minutes=16))

    assert alerts(sender) == {ALERTS[0]: 1}


def test_refusals_as_unwanted_mail_are_told(sender):
    Bounce.objects.create(event_id="1", delivery=DeliveryFactory(), kind="blocked", at=ago(days=1), source="mailbox")

    assert alerts(sender) == {ALERTS[1]: 1}


@pytest.mark.parametrize(
    ("before", "now", "is_told"), [(0, 11, True), (0, 10, False), (668, 20, False), (668, 21, True)]
)
def test_five_times_the_usual_sign_ups_are_told(sender, before, now, is_told):
    SubscriberFactory.create_batch(before, requested_at=ago(days=3))
    SubscriberFactory.create_batch(now, requested_at=ago(minutes=20))

    assert alerts(sender) == ({ALERTS[2]: now} if is_told else {})


def test_who_may_not_send_is_told_nothing():
    SenderGuard.objects.create(instance_id="x", adopted_at=ago(days=1), unreachable_since=ago(hours=1))

    assert alerts(get_user_model().objects.create_user("writer", is_staff=True)) == {}
