"""Do what the buttons below a campaign say."""

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib import mail

from .. import actions
from ..actions.checks import Problem
from ..models import Campaign

State = Campaign.State
UNTESTED = _("Send yourself a test first, after the last change, and read it.")


def stops(campaign) -> list[Problem]:
    """List what stands against a start by staff: what no sender would send, and words that nobody has read as mail."""
    found = actions.problems(campaign)
    if not found and not campaign.is_digest and not actions.is_tested(campaign):
        found.append(Problem(str(UNTESTED)))
    return found


def _test(request, campaign):
    if not request.user.email:
        return messages.ERROR, _("Your account has no e-mail address. Ask whoever manages the accounts to enter it.")
    if found := actions.problems(campaign):
        return messages.ERROR, " ".join(map(str, found))
    try:
        actions.send_test(campaign=campaign, email=request.user.email, at=timezone.now())
    except (mail.UnreachableError, mail.RefusedError, mail.UnknownOutcomeError) as error:
        return messages.ERROR, _("The mail server did not take the test: %(why)s") % {"why": error}
    return messages.SUCCESS, _("A test in each language is on its way to you. Read both before you go on.")


def _start(request, campaign):
    if found := stops(campaign):
        return messages.ERROR, " ".join(map(str, found))
    actions.begin(campaign=campaign, at=timezone.now())
    if campaign.state == State.SCHEDULED:
        return messages.SUCCESS, _("The campaign is scheduled.")
    return messages.SUCCESS, _("The campaign starts within a minute.")


def _unschedule(request, campaign):
    campaign.move(State.DRAFT)
    return messages.SUCCESS, _("The campaign is a draft again.")


def _pause(request, campaign):
    campaign.move(State.PAUSED)
    return messages.SUCCESS, _("The campaign is paused. A message that is being handed over right now still arrives.")


def _resume(request, campaign):
    actions.resume(campaign=campaign)
    if campaign.state == State.DRAFT:
        return messages.SUCCESS, _("The campaign is a draft again.")
    return messages.SUCCESS, _("The campaign goes on.")


def _cancel(request, campaign):
    actions.cancel(campaign=campaign, at=timezone.now())
    return messages.SUCCESS, _("The campaign is cancelled. Nobody else gets it.")


# Button -> (its words, what it does, in which states it stands there, whether it takes the right to send).
BUTTONS = {
    "_test": (_("Send a test to me"), _test, {State.DRAFT, State.SCHEDULED}, False),
    "_start": (_("Start, or schedule"), _start, {State.DRAFT}, True),
    "_unschedule": (_("Back to draft"), _unschedule, {State.SCHEDULED}, True),
    "_pause": (_("Pause"), _pause, {State.RUNNING}, True),
    "_resume": (_("Go on"), _resume, {State.PAUSED, State.HELD}, True),
    "_cancel": (_("Cancel for good"), _cancel, set(Campaign.WOULD_SEND) | {State.HELD}, True),
}  # fmt: skip


def offered(request, campaign) -> list[tuple[str, str]]:
    """Return (name, words) of the buttons that this person may press now."""
    may_send = request.user.has_perm("newsletter.send_campaign")
    return [
        (name, words)
        for name, (words, _do, states, needs_right) in BUTTONS.items()
        if campaign.state in states and (may_send or not needs_right)
    ]
