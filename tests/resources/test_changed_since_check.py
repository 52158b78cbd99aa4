"""Test that a check speaks only for what is still as it was read back."""

import datetime

import pytest
from django.utils import timezone

from resources.actions import record_verification
from resources.actions.changes import mark_changed, write_changes
from resources.actions.corrections import told
from resources.freshness import check_of
from resources.models import Correction, SearchDocument, ServiceAtLocation
from resources.search.answers import starts_today

from .factories import ListingFactory, PhoneFactory, UserFactory, VerificationFactory

NOW = datetime.datetime(2026, 12, 1, 15, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 12, 1)
READ = ["phone", "hours", "intake"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def checked(fixed_day):
    listing = ListingFactory(same_day_start="yes")
    PhoneFactory(listing=listing)
    VerificationFactory(listing=listing, at=NOW - datetime.timedelta(days=2), fields=READ)
    return listing


def loaded(listing):
    return ServiceAtLocation.objects.for_page().get(pk=listing.pk)


def test_a_number_changed_without_a_call_is_no_longer_called_checked(checked):
    number = {"pk": checked.phones.get().pk, "number": "860-555-0177", "extension": ""}
    write_changes(checked, {"phone": number}, by=UserFactory(), at=NOW)
    checked.save()

    assert list(check_of(loaded(checked), TODAY).fields) == ["hours", "how to start"]


def test_a_check_of_which_nothing_is_left_says_so(client, town, checked):
    mark_changed(checked, ["phones", "schedules", "walk_in"])
    checked.save()

    page = client.get(checked.url("en")).content.decode()

    assert "Checked by the department on November 29, 2026, but changed since. Call first." in page
    assert "Checked by the department by phone" not in page


def test_the_next_check_speaks_for_what_it_reads_back(checked):
    mark_changed(checked, ["phone"])
    checked.save()

    record_verification(
        listing=checked, method="phone", outcome="reached", by=UserFactory(), at=NOW, fields=["phone", "hours"]
    )

    assert list(check_of(loaded(checked), TODAY).fields) == ["phone", "hours"]
    assert SearchDocument.objects.get(listing=checked).card["check"][2] == ["phone", "hours"]


def test_a_number_edited_in_the_admin_is_no_longer_called_checked(client, town, checked):
    client.force_login(UserFactory(is_superuser=True))
    page = client.get(f"/admin/resources/serviceatlocation/{checked.pk}/change/")
    inlines = page.context["inline_admin_formsets"]
    forms = [page.context["adminform"].form, *(form for inline in inlines for form in inline.formset)]
    forms += [inline.formset.management_form for inline in inlines]
    sent = {
        form.add_prefix(name): form.get_initial_for_field(field, name)
        for form in forms
        for name, field in form.fields.items()
    }
    sent = {name: "" if value is None else value for name, value in sent.items()}

    response = client.post(page.request["PATH_INFO"], sent | {"phones-0-number": "860-555-0166"})

    assert response.status_code == 302
    assert ServiceAtLocation.objects.get(pk=checked.pk).changed_since_check == ["phone"]


@pytest.mark.parametrize(
    ("change", "says"),
    [({}, True), ({"takes_new_patients": "no"}, False), ({"changed_since_check": ["intake"]}, False)],
)
def test_today_is_said_only_while_the_answers_stand(checked, change, says):
    ServiceAtLocation.objects.filter(pk=checked.pk).update(status="open", **change)

    assert starts_today(loaded(checked), TODAY) is says


def test_today_is_not_said_after_a_call_that_failed(checked):
    VerificationFactory(listing=checked, at=NOW, outcome="wrong number", fields=[])

    assert starts_today(loaded(checked), TODAY) is False


@pytest.mark.parametrize(("days_ago", "count"), [(1, 1), (2, 1), (3, 0)])
def test_a_report_is_answered_by_a_later_check_that_read_it_back(checked, days_ago, count):
    day = TODAY - datetime.timedelta(days=days_ago)
    Correction.objects.create(listing=checked, field="phone", language="en", reported_on=day, due_on=TODAY)

    assert len(told(loaded(checked), timezone.now())) == count


def test_a_month_that_no_calendar_has_is_missing(client, town):
    assert client.get("/en/accuracy/99999999999999999999-1.txt").status_code == 404
