"""Say at every moment how far a campaign has come and what comes next."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Campaign

State = Campaign.State
WRITE, TEST, START, UNDER_WAY, REPORT = range(5)
STEPS = (
    gettext_lazy("Write"),
    gettext_lazy("Read a test"),
    gettext_lazy("Start, or schedule"),
    gettext_lazy("It goes out"),
    gettext_lazy("Look at the report"),
)
# What comes next in the states in which nothing is written any more; for the list, too.
NEXT = {
    State.DRAFT: gettext_lazy("Write it, test it, start it."),
    State.SCHEDULED: gettext_lazy("Nothing: it starts by itself. To change it first, press “Back to draft”."),
    State.PREPARING: gettext_lazy("Wait a minute and load this page again: the sender is about to begin."),
    State.RUNNING: gettext_lazy("Nothing: one copy leaves after the other. To stop for a while, press “Pause”."),
    State.PAUSED: gettext_lazy("Press “Go on” to send the rest, or “Cancel for good”."),
    State.FINISHED: gettext_lazy("Look at the report: what was refused, and what is uncertain."),
    State.CANCELLED: gettext_lazy("Nothing: nobody else gets it. To send it after all, write a new campaign."),
    State.HELD: gettext_lazy("See why it is held back, then press “Go on” or “Cancel for good”."),
}


class Step(NamedTuple):
    """One step of the way of every campaign."""

    words: str
    is_done: bool
    is_now: bool


class Obstacle(NamedTuple):
    """What stands against a start, and the place on a page where it is put right."""

    words: str
    url: str


def beside(request, campaign, problems, readers) -> dict:
    """Return what the page of a campaign, or of a new one (None), says of the way it goes."""
    place = _place(campaign, problems)
    steps = [Step(words, number < place, number == place) for number, words in enumerate(STEPS)]
    return {
        "steps": [] if campaign and campaign.state == State.CANCELLED else steps,
        "next": _next(request, campaign, place, problems, readers),
        "next_button": {TEST: "_test", START: "_start"}.get(place, ""),
        "problems": [Obstacle(problem.words, _url(request, problem.column)) for problem in problems if problem.column],
    }


def after(campaign, *, is_left_to_decide: bool) -> str:
    """Return what comes next for one who looks at the report."""
    if campaign.state != State.FINISHED:
        return str(NEXT[campaign.state])
    if is_left_to_decide:
        return _("Decide about the copies that came to no good end: the buttons are below the counts.")
    return _("Nothing: it has gone out. What comes back later is counted here.")


def _place(campaign, problems) -> int:
    if campaign is None or campaign.state == State.DRAFT:
        is_written = campaign is not None and not any(problem.column for problem in problems)
        return (TEST if problems else START) if is_written else WRITE
    return REPORT if campaign.state == State.FINISHED else UNDER_WAY


def _next(request, campaign, place: int, problems, readers) -> str:
    """Return the one sentence that says what to do now."""
    if campaign is not None and campaign.state != State.DRAFT:
        return str(NEXT[campaign.state])
    if place == WRITE and campaign is None:
        return _("Write the subject and the text in both languages, then press “Save” below. Nothing is sent yet.")
    if place == WRITE:
        return _("Put right what is listed at the top of this page, then press “Save” below.")
    if place == TEST:
        return _test(request)
    return _start(request, campaign, readers)


def _test(request) -> str:
    if not request.user.email:
        return _("Your account has no e-mail address to send a test to. Ask whoever manages the accounts to enter it.")
    words = _("Press “Send a test to me”. It goes to %(address)s, once in each language. Read both.")
    return words % {"address": request.user.email}


def _start(request, campaign, readers) -> str:
    if not request.user.has_perm("newsletter.send_campaign"):
        return _("Ask somebody who may send, such as a newsletter editor, to start it.")
    count = {"count": sum(number for _language, number in readers)}
    if campaign.start_at and campaign.start_at > now():
        moment = date_format(localtime(campaign.start_at), "DATETIME_FORMAT")
        words = _("Press “Start, or schedule”. It goes out on %(moment)s; today it would reach readers: %(count)d.")
        return words % {"moment": moment, **count}
    words = _(
        "Press “Start, or schedule”. It goes out at once, for no later day is filled in; readers who get it: %(count)d."
    )
    return words % count


def _url(request, column: str) -> str:
    if column != "department":
        return f"#id_{column}"
    may_enter = request.user.has_perm("reference.change_department")
    return reverse("admin:reference_department_changelist") if may_enter else ""
