"""How fast mail leaves: in all, for one domain, and for a domain that refuses."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from newsletter import actions
from newsletter.delivery import errands, outbox, pace, worker
from newsletter.models import Delivery, Pace

from .factories import CampaignFactory, DeliveryFactory, SubscriberFactory

pytestmark = pytest.mark.django_db(transaction=True)


def claimed(**counts):
    """Claim this many rows at each domain."""
    for domain, count in counts.items():
        for number in range(count):
            reader = SubscriberFactory(email=f"{domain}{number}@{domain.capitalize()}.example")
            DeliveryFactory(subscriber=reader)
    number = outbox.enlist()
    return number, outbox.claim(worker=number, at=timezone.now(), limit=1000)


def allotted(rows):
    found = pace.allot(rows)
    return Counter(pace.domain_of(row.email) for row in found.now), found


def later_by(seconds):
    """Turn the database's clock on, as far as budgets go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE newsletter_pace SET refilled_at = refilled_at - %(by)s, planned_until = planned_until - %(by)s, "
            "held_until = held_until - %(by)s",
            {"by": timedelta(seconds=seconds)},
        )


def test_without_rates_everything_may_leave():
    _number, rows = claimed(big=5, small=2)

    assert (allotted(rows)[0], pace.budget(50), Pace.objects.count()) == ({"big.example": 5, "small.example": 2}, 50, 0)


def test_the_rate_in_all_is_shared_and_refilled(settings):
    settings.SEND_PER_SECOND = 20

    began = timezone.now()
    taken = [pace.budget(15), pace.budget(15), pace.budget(15)]
    pace.refund(4)
    taken.append(pace.budget(15))
    refilled = 20 * (timezone.now() - began).total_seconds()
    later_by(10)

    assert (taken[0], pace.budget(50)) == (15, 20)
    assert 20 + 4 <= sum(taken) <= 20 + 4 + refilled


def test_a_domain_gets_its_share_and_the_rest_goes_back_for_moments_of_their_own(settings):
    settings.SEND_PER_DOMAIN_PER_MINUTE = 60
    number, rows = claimed(big=12, small=2)

    counts, found = allotted(rows)
    outbox.defer(worker=number, later=found.later)

    assert counts == {"big.example": 6, "small.example": 2}
    moments = sorted(Delivery.objects.filter(state="queued").values_list("next_at", flat=True))
    gaps = [round((after - before).total_seconds()) for before, after in zip(moments, moments[1:], strict=False)]
    assert (len(moments), gaps) == (6, [1] * 5)
    assert outbox.claim(worker=number, at=moments[0] - timedelta(milliseconds=1)) == []
    assert len(outbox.claim(worker=number, at=moments[2])) == 3


def test_what_is_planned_for_later_is_planned_behind_what_was_planned_before(settings):
    settings.SEND_PER_DOMAIN_PER_MINUTE = 60
    _number, rows = claimed(big=20)
    first, second = pace.allot(rows[:10]), pace.allot(rows[10:])

    assert [len(found.now) for found in (first, second)] == [6, 0]
    assert max(moment for _row, moment in first.later) < min(moment for _row, moment in second.later)


def test_nobody_waits_longer_than_half_an_hour_for_another_look(settings):
    settings.SEND_PER_DOMAIN_PER_MINUTE = 1
    _number, rows = claimed(big=60)

    last = max(moment for _row, moment in pace.allot(rows).later)

    assert last <= timezone.now() + 2 * pace.FARTHEST


def test_any_number_of_senders_keeps_the_rate(settings):
    settings.SEND_PER_SECOND = 30
    taken = []

    def take():
        taken.extend(pace.budget(7) for _turn in range(20))
        connection.close()

    threads = [threading.Thread(target=take) for _number in range(4)]
    began = timezone.now()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 30 <= sum(taken) <= 31 + 30 * (timezone.now() - began).total_seconds()


def test_a_domain_is_left_alone_after_three_temporary_refusals_and_the_others_are_not():
    _number, rows = claimed(bad=2, good=2)
    for _turn in range(pace.REFUSALS):
        pace.failed("bad.example")

    counts, found = allotted(rows)

    assert (counts, found.failing) == ({"good.example": 2}, {"bad.example"})
    assert all(moment > timezone.now() + timedelta(seconds=50) for _row, moment in found.later)


def test_a_domain_is_left_alone_longer_each_time_and_no_longer_once_it_answers():
    _number, rows = claimed(bad=1)
    waits = []
    for _turn in range(pace.REFUSALS + 3):
        pace.failed("bad.example")
        until = Pace.objects.get().held_until
        waits.append(round((until - timezone.now()).total_seconds() / 60) if until else 0)
    pace.recovered("bad.example")

    assert (waits, allotted(rows)[0]) == ([0, 0, 1, 5, 15, 15], {"bad.example": 1})


def test_two_refusals_do_not_stop_a_domain():
    _number, rows = claimed(bad=1)
    for _turn in range(pace.REFUSALS - 1):
        pace.failed("bad.example")

    assert allotted(rows)[0] == {"bad.example": 1}


def test_the_row_of_a_domain_is_forgotten_after_a_day():
    pace.failed("old.example")
    later_by(25 * 3600)
    pace.failed("new.example")

    assert (pace.forget_idle(), list(Pace.objects.values_list("domain", flat=True))) == (1, ["new.example"])


@pytest.mark.usefixtures("department")
def test_the_sender_keeps_the_rate_of_a_domain(sink, settings):
    settings.SEND_PER_DOMAIN_PER_MINUTE = 30
    for number in range(10):
        SubscriberFactory(email=f"a{number}@big.example")
    SubscriberFactory(email="b@small.example")
    campaign = CampaignFactory()
    actions.begin(campaign=campaign, at=timezone.now())

    worker.run(workers=2, forever=False, stop=threading.Event())

    domains = Counter(message.recipient.partition("@")[2] for message in sink.messages)
    assert domains == {"big.example": 3, "small.example": 1}
    assert campaign.deliveries.filter(state="queued", next_at__gt=timezone.now()).count() == 7


@pytest.mark.usefixtures("department")
def test_a_domain_that_puts_everything_off_costs_few_attempts_and_holds_up_nobody(sink):
    """F12: one domain greylists everything, the other is served meanwhile."""
    for number in range(60):
        SubscriberFactory(email=f"a{number}@grey.example")
        SubscriberFactory(email=f"b{number}@good.example")
    campaign = CampaignFactory()
    actions.begin(campaign=campaign, at=timezone.now())
    sink.answer = lambda verb, recipient: "451 later" if verb == "RCPT" and "grey" in recipient else None

    worker.run(workers=1, forever=False, stop=threading.Event())

    assert len(sink.messages) == 60
    tried = campaign.deliveries.filter(attempt__gt=0).exclude(state="sent").count()
    assert 3 <= tried <= outbox.CLAIM + pace.REFUSALS
    sink.answer = lambda verb, recipient: None
    later_by(3600)
    campaign.deliveries.exclude(state="sent").update(next_at=timezone.now())
    worker.run(workers=1, forever=False, stop=threading.Event())
    assert len({message.message_id for message in sink.messages}) == len(sink.messages) == 120
    assert Pace.objects.get(domain="grey.example").failures == 0


def test_an_urgent_alert_goes_before_what_waits(settings):
    old = DeliveryFactory.create_batch(3)
    urgent = DeliveryFactory(campaign=CampaignFactory(state="running", kind="urgent"))

    first = outbox.claim(worker=outbox.enlist(), at=timezone.now(), limit=2)

    assert [row.id == urgent.pk for row in first].count(True) == 1
    assert len(old) == 3


def test_the_house_is_kept_again_after_the_clock_was_set_back():
    done = []
    house = errands.House()
    house.jobs = [(timedelta(minutes=1), done.append)]
    at = timezone.now()

    for moment in (at, at + timedelta(seconds=59), at + timedelta(minutes=1), at - timedelta(hours=2)):
        house.keep(moment)

    assert done == [at, at + timedelta(minutes=1), at - timedelta(hours=2)]
