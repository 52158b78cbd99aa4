"""Fetching what came back, from a mailbox on this machine."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter import actions
from newsletter.bounces import mailbox
from newsletter.models import Bounce
from portal.management.commands import nightly

from .imap import Mailbox
from .test_bounces import sample, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def box():
    with Mailbox({}) as server:
        yield server


def test_the_mailbox_is_emptied_and_what_counts_is_counted(box):
    copies = [sent(), sent()]
    box.contents = {str(number): sample("complaint", copy.pk) for number, copy in enumerate(copies)} | {"9": b"spam"}

    assert (actions.collect(box.url), box.contents) == (2, {})


def test_what_could_not_be_kept_stays_and_is_counted_next_time(box, monkeypatch):
    box.contents = {"1": sample("complaint", sent().pk), "2": sample("complaint", sent().pk)}
    with monkeypatch.context() as patch:
        patch.setattr(Bounce.objects, "get_or_create", lambda **_values: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.collect(box.url)
    left = list(box.contents)

    assert (left, actions.collect(box.url), box.contents) == (["1", "2"], 2, {})


def test_a_mailbox_that_keeps_everything_is_counted_once(box):
    box.contents = {"1": sample("complaint", sent().pk)}
    box.refuses_to_delete = True

    assert [actions.collect(box.url) for _visit in range(2)] == [1, 0]
    assert (list(box.contents), Bounce.objects.count()) == (["1"], 1)


def test_a_full_mailbox_is_worked_through_in_visits(box, monkeypatch):
    monkeypatch.setattr(mailbox, "MOST_AT_ONCE", 3)
    box.contents = {str(number): b"Subject: spam\r\n\r\nspam" for number in range(7)}

    left = []
    for _visit in range(3):
        actions.collect(box.url)
        left.append(len(box.contents))

    assert left == [4, 1, 0]


def test_of_a_huge_message_only_the_beginning_is_fetched(box):
    copy = sent()
    box.contents = {"1": sample("postfix-unknown-user", copy.pk) + b"x" * 5_000_000}

    assert actions.collect(box.url) == 1


def test_an_empty_mailbox_is_no_error(box):
    assert actions.collect(box.url) == 0


@pytest.mark.parametrize(
    "change",
    [lambda url: url.replace("secret", "wrong"), lambda url: url.replace("INBOX", "Bounces")],
    ids=["password", "folder"],
)
def test_a_mailbox_that_does_not_open_is_left_as_it_is(box, change):
    box.contents = {"1": b"spam"}

    with pytest.raises(mailbox.MailboxError):
        actions.collect(change(box.url))
    assert box.contents == {"1": b"spam"}


def test_a_server_that_hangs_up_or_is_not_there_is_an_error_of_its_own(box):
    box.is_silent = True

    for url in (box.url, "imap://bounces:secret@127.0.0.1:1/INBOX"):
        with pytest.raises(mailbox.MailboxError):
            actions.collect(url)


def test_the_work_of_every_few_minutes_goes_on_without_the_mailbox(settings):
    settings.BOUNCES_URL = "imap://bounces:secret@127.0.0.1:1/INBOX"
    due = timezone.now() + timedelta(hours=1)

    assert nightly.Command().watch(due) == due


@pytest.mark.parametrize(
    "url", ["imap://a:b@mail.example.org", "imaps://mail.example.org", "pop://a:b@mail.example.org", "x"]
)
def test_an_address_that_cannot_be_used_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="BOUNCES_URL"):
        actions.collect(url)


def test_the_command_says_what_it_counted_or_why_not(box, settings, capsys):
    settings.BOUNCES_URL = box.url
    box.contents = {"1": sample("complaint", sent().pk)}
    call_command("collect_bounces")
    settings.BOUNCES_URL = ""
    call_command("collect_bounces")
    settings.BOUNCES_URL = "imap://bounces:secret@127.0.0.1:1/INBOX"

    with pytest.raises(CommandError, match="could not be read: ConnectionRefusedError"):
        call_command("collect_bounces")
    assert capsys.readouterr().out == "1 reports counted.\nNo mailbox is set (BOUNCES_URL), so nothing was read.\n"
