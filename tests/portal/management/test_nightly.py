"""Test the work of the night: what runs when, and that one failure stops nothing else."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.management.commands import nightly
from resources.models import AccuracySample, Correction
from tests.resources.factories import ListingFactory, UserFactory

pytestmark = pytest.mark.django_db

MONTHLY = {"listings drawn for this month's calls", "monthly links sent to providers"}


def moment(*parts):
    return datetime.datetime(*parts, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.mark.parametrize(("day", "is_monthly"), [(1, True), (7, True), (8, False), (31, False)])
def test_what_is_monthly_runs_on_the_first_days_of_a_month(day, is_monthly):
    names = {name for name, _job in nightly.schedule(moment(2026, 12, day, 3))}

    assert names & MONTHLY == (MONTHLY if is_monthly else set())


def test_a_night_does_everything_and_twice_the_same_changes_nothing(fixed_day, capsys):
    listing, closed_at = ListingFactory(contact_email="a@example.org"), timezone.now() - datetime.timedelta(days=31)
    row = {"listing": listing, "field": "phone", "reported_on": closed_at.date(), "due_on": closed_at.date()}
    Correction.objects.create(text="old", state="refused", closed_at=closed_at, closed_by=UserFactory(), **row)

    call_command("nightly")
    first = capsys.readouterr().out
    call_command("nightly")

    assert Correction.objects.get().text == ""
    assert AccuracySample.objects.count() == 1
    assert "texts of old reports erased: 1" in first
    assert "1 mails to providers sent." in first
    again = capsys.readouterr().out
    assert "texts of old reports erased: 0" in again
    assert "0 mails to providers sent." in again


def test_a_job_that_fails_is_named_and_does_not_stop_the_others(fixed_day, settings, caplog):
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    ListingFactory(contact_email="a@example.org")

    with pytest.raises(CommandError, match="^1 jobs of the night failed"):
        call_command("nightly")

    assert "The nightly job failed: monthly links sent to providers" in caplog.text
    assert AccuracySample.objects.exists()


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (moment(2026, 12, 1, 2, 59), moment(2026, 12, 1, 3)),
        (moment(2026, 12, 1, 3), moment(2026, 12, 2, 3)),
        (moment(2026, 12, 31, 23), moment(2027, 1, 1, 3)),
        (moment(2027, 3, 13, 12), moment(2027, 3, 14, 3)),  # the clocks go forward at 2:00
    ],
)
def test_the_next_night_begins_at_three(now, due):
    assert nightly.next_night(now) == due


def test_between_the_nights_only_the_limits_are_swept(fixed_day, capsys):
    ListingFactory()
    due = timezone.now() + datetime.timedelta(hours=1)

    later = nightly.Command().watch(due)

    assert (later, capsys.readouterr().out, AccuracySample.objects.exists()) == (due, "", False)
