"""What staff read of the sender: what came back, how fast it goes, what holds it; nothing of it can be changed."""

from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from newsletter.models import Bounce, Pace, SenderGuard
from portal.accounts import roles
from portal.accounts.models import User

from .factories import THEN, CampaignFactory, DeliveryFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]
GUARD = {"instance_id": "i" * 40, "adopted_at": THEN}


@pytest.fixture
def staff(client):
    """Be a newsletter editor."""
    roles.sync()
    user = User.objects.create_user("editor", email="editor@example.org", is_staff=True)
    user.groups.set([Group.objects.get(name="newsletter editor")])
    client.force_login(user)
    return client


def bounces(count):
    for number in range(count):
        Bounce.objects.create(event_id=f"e{number}", delivery=DeliveryFactory(), kind="hard", source="mailbox", at=THEN)


def paces(count):
    moments = {"refilled_at": THEN, "planned_until": THEN}
    Pace.objects.bulk_create([Pace(domain=f"d{number}.example", tokens=1, **moments) for number in range(count)])


def page(staff, name):
    return unescape(staff.get(reverse(f"admin:newsletter_{name}_changelist")).content.decode())


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "make", "queries"), [("bounce", bounces, 5), ("pace", paces, 4)])
def test_a_list_needs_as_many_queries_for_one_as_for_three(
    staff, django_assert_max_num_queries, name, make, queries, count
):
    make(count)
    page(staff, name)

    with django_assert_max_num_queries(queries + 3):
        response = staff.get(reverse(f"admin:newsletter_{name}_changelist"))

    assert response.context["cl"].result_count == count


@pytest.mark.parametrize(("name", "make"), [("bounce", bounces), ("pace", paces)])
def test_a_long_list_is_paged(staff, name, make):
    make(51)

    shown = staff.get(reverse(f"admin:newsletter_{name}_changelist")).context["cl"]

    assert (len(shown.result_list), shown.paginator.num_pages) == (50, 2)


def test_a_bounce_names_the_reader_and_the_newsletter_and_says_what_comes_of_it(staff):
    copy = DeliveryFactory()
    Bounce.objects.create(event_id="1", delivery=copy, kind="complaint", source="mailbox", at=THEN)
    forgotten = DeliveryFactory(subscriber=None, email_norm="x", language="en", state="failed", done_at=THEN)
    Bounce.objects.create(event_id="2", delivery=forgotten, kind="hard", source="mailbox", at=THEN)

    said = page(staff, "bounce")

    for words in (copy.subscriber.email, "Address erased", "News of December", "this person gets no more mail"):
        assert words in said


@pytest.mark.parametrize("name", ["bounce", "pace", "senderguard"])
def test_nothing_of_it_can_be_added_changed_or_deleted(staff, name):
    bounces(1)
    paces(1)
    SenderGuard.objects.create(**GUARD)
    row = {"bounce": Bounce, "pace": Pace, "senderguard": SenderGuard}[name].objects.get()

    opened = staff.get(reverse(f"admin:newsletter_{name}_change", args=[row.pk]), follow=True)
    codes = [
        staff.post(reverse(f"admin:newsletter_{name}_add")).status_code,
        staff.post(reverse(f"admin:newsletter_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code,
    ]

    assert (opened.status_code, codes) == (200, [403, 403])
    assert 'name="_save"' not in opened.content.decode()


@pytest.mark.parametrize("name", ["bounce", "pace", "senderguard"])
def test_who_has_no_right_sees_nothing_of_it(client, name):
    client.force_login(User.objects.create_user("other", is_staff=True))

    assert client.get(reverse(f"admin:newsletter_{name}_changelist")).status_code == 403


def test_before_any_sender_worked_the_page_says_so(staff):
    assert "No sender has worked from this database yet." in page(staff, "senderguard")


def test_a_sender_at_work_is_held_by_nothing(staff):
    SenderGuard.objects.create(**GUARD, seen_at=timezone.now())

    said = page(staff, "senderguard")

    assert "Nothing holds the sender." in said
    assert "iiiiiiii…" in said and "i" * 9 not in said


@pytest.mark.parametrize(
    ("guard", "words"),
    [
        ({"seen_at": None}, "The sender has given no sign of life. "),
        ({"seen_at": THEN}, "The sender has given no sign of life since 11/20/2026"),
        ({"unreachable_since": THEN}, "The mail server has not answered since 11/20/2026"),
    ],
)
def test_what_holds_the_sender_is_said_with_what_to_do(staff, guard, words):
    SenderGuard.objects.create(**{**GUARD, "seen_at": timezone.now() - timedelta(minutes=1), **guard})

    said = page(staff, "senderguard").replace("</strong>", "")

    assert words in said
    assert "technician" in said.partition("For the technician")[0]


def test_held_campaigns_and_providers_that_are_left_alone_are_led_to(staff):
    SenderGuard.objects.create(**GUARD, seen_at=timezone.now())
    CampaignFactory(state="held")
    paces(2)
    Pace.objects.update(held_until=timezone.now() + timedelta(minutes=5))

    said = page(staff, "senderguard")

    assert "1 campaign is held back." in said and "2 mail providers put our mail off at the moment." in said
    for link in ("/admin/newsletter/campaign/?state__exact=held", "/admin/newsletter/pace/?held_until__isempty=0"):
        assert f'href="{link}"' in said
        assert staff.get(link).context["cl"].result_count == (1 if "campaign" in link else 2)
