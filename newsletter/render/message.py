"""Turn a campaign into the message that goes out: two equal parts, in the reader's language, without a tracker."""

from collections.abc import Iterable
from email.headerregistry import Address
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.lib import languages, mail, site
from portal.reference.models import Department

from .. import tokens
from ..models import Block, Campaign, CampaignText, PageAlert, Subscriber
from .html import composed
from .parts import parts, subject_in

MAX_BYTES = 60_000  # Gmail hides the end of a message, and with it the way to leave, from about 100 kB
PLACES = {"leave": "%%leave%%", "preferences": "%%preferences%%"}


def absolute(name: str, language: str, *args, **query) -> str:
    """Return the full address of one of our pages in a language."""
    return f"{site.root()}{_path(name, language, args)}{'?' + urlencode(query) if query else ''}"


@lru_cache(maxsize=100)
def _path(name: str, language: str, args: tuple) -> str:
    with override(language):
        return reverse(f"newsletter:{name}", args=args)


def campaign_text(
    *, campaign: Campaign, language: str, at, variant: str = "", blocks: Iterable[Block] | None = None
) -> CampaignText:
    """Return what goes out in this language and to this mix of topics, not saved.

    The department's postal address must exist. `blocks` stand in for the saved ones in a preview.
    """
    context = {**_frame(campaign, language), "parts": parts(campaign, language, variant=variant, blocks=blocks)}
    subject = context["subject"]
    with override(language):
        html = composed(render_to_string("email/campaign.mjml", context))
        text = render_to_string("email/campaign.txt", context)
    digest = sha256("\0".join([subject, html, text]).encode()).hexdigest()
    return CampaignText(
        campaign=campaign,
        language=language,
        variant=variant,
        subject=subject,
        html=html,
        text=text,
        sha256=digest,
        frozen_at=at,
    )


def _frame(campaign: Campaign, language: str) -> dict:
    """Return what stands around the parts: who writes, what about, and the ways out."""
    subject, subject_language = subject_in(campaign, language)
    department = Department.objects.current()
    return {
        **PLACES,
        "subject": subject,
        "subject_language": subject_language,
        "language": language,
        "department": department,
        "name": _name(department, language),
        "archive": absolute("archive", language),
    }


def letter(text: CampaignText) -> mail.Letter:
    """Return the frozen text as a message that lacks only what differs from person to person."""
    language = text.language
    name = _name(Department.objects.current(), language)
    return mail.Letter(
        language=language,
        text=text.text,
        html=text.html,
        headers={
            "From": str(Address(name, addr_spec=mail.sender())),
            "To": "%%to%%",
            "Subject": text.subject,
            "Date": "%%date%%",
            "Message-ID": "%%message_id%%",
            "List-Id": f"<newsletter.{mail.domain()}>",
            "List-Unsubscribe": "<%%leave%%>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Help": f"<{absolute('index', language)}>",
            "List-Archive": f"<{absolute('archive', language)}>",
        },
    )


def size(campaign: Campaign, language: str) -> int:
    """Return how many bytes the message has before anybody's own links are in it."""
    return len(letter(campaign_text(campaign=campaign, language=language, at=None)).fill({}))


def places(*, subscriber_id: int | str, email: str, language: str, message_id: str, at) -> dict[str, str]:
    """Return what one person's copy says in the places of a letter."""
    return {
        "to": email,
        "date": format_datetime(at),
        "message_id": message_id,
        "leave": absolute("leave", language, k=tokens.leave_token(subscriber_id)),
        "preferences": absolute("preferences", language, k=tokens.preferences_token(subscriber_id)),
    }


def confirmation(subscriber: Subscriber, at) -> bytes:
    """Return the mail that asks whether the address is right; it repeats nothing that was typed into the form."""
    with override(subscriber.language):
        subject = _("Please confirm your e-mail address")
    link = absolute("confirm", subscriber.language, k=tokens.confirm_token(subscriber.pk))
    # One message for one wish: a second attempt carries the same Message-ID, which some receivers drop as a duplicate.
    named = f"{subscriber.pk}.{int(subscriber.requested_at.timestamp())}"
    asked = {
        "asks_for_page": PageAlert.objects.of(tokens.reader_key(subscriber.pk)).waiting().exists(),
        "is_reader": subscriber.state == Subscriber.State.CONFIRMED,
    }
    return _system_mail("confirm", subscriber, subject, named, at, asked, confirm=link)


def own_link(subscriber: Subscriber, at) -> bytes:
    """Return the mail with the link to a reader's own page, for one who has lost it."""
    with override(subscriber.language):
        subject = _("The link to your newsletter page")
    return _system_mail("link", subscriber, subject, f"{subscriber.pk}.{int(at.timestamp())}", at, {})


def _system_mail(
    kind: str, subscriber: Subscriber, subject: str, named: str, at, words: dict[str, bool], **links: str
) -> bytes:
    """Return a mail about the subscription itself, in the frame of the newsletter.

    `words` choose between sentences of the template; `links` fill places of their own.
    """
    language, department = subscriber.language, Department.objects.current()
    name = _name(department, language)
    context = {"language": language, "department": department, "name": name, "subject": subject, **words}
    context |= {**PLACES, **{place: f"%%{place}%%" for place in links}, "days": tokens.CONFIRM_FOR.days}
    with override(language):
        html = composed(render_to_string(f"email/{kind}.mjml", context))
        text = render_to_string(f"email/{kind}.txt", context)
    headers = {
        "From": str(Address(name, addr_spec=mail.sender())),
        "To": "%%to%%",
        "Subject": subject,
        "Date": "%%date%%",
        "Message-ID": "%%message_id%%",
        "List-Unsubscribe": "<%%leave%%>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    message_id = f"<{kind}.{named}@{mail.domain()}>"
    filled = places(
        subscriber_id=subscriber.pk, email=str(subscriber.email), language=language, message_id=message_id, at=at
    )
    return mail.Letter(language=language, text=text, html=html, headers=headers).fill({**filled, **links})


def _name(department: Department | None, language: str) -> str:
    """Return how the sender is called: the department and nothing about the subject, for others may see the screen."""
    if department is None:
        return _("Newsletter")
    names = [getattr(department, languages.column("name", code)) for code in [language, *languages.others(language)]]
    return next((" ".join(name.split()) for name in names if name), _("Newsletter"))
