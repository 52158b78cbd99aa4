"""Turn a campaign into the message that goes out: two equal parts, in the reader's language, without a tracker."""

import re
from email.headerregistry import Address
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from html.parser import HTMLParser
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.lib import languages, mail, richtext
from portal.reference.models import Department

from . import tokens
from .models import Campaign, CampaignText, Subscriber

MAX_BYTES = 60_000  # Gmail hides the end of a message, and with it the way to leave, from about 100 kB
PLACES = {"leave": "%%leave%%", "preferences": "%%preferences%%"}


def absolute(name: str, language: str, *args, **query) -> str:
    """Return the full address of one of our pages in a language."""
    site = settings.SITE_URL or "http://127.0.0.1:8000"
    return f"{site}{_path(name, language, args)}{'?' + urlencode(query) if query else ''}"


@lru_cache(maxsize=100)
def _path(name: str, language: str, args: tuple) -> str:
    with override(language):
        return reverse(f"newsletter:{name}", args=args)


def campaign_text(*, campaign: Campaign, language: str, at, variant: str = "") -> CampaignText:
    """Return what goes out in this language and to this mix of topics, not saved.

    The department's postal address must exist.
    """
    subject = getattr(campaign, languages.column("subject", language)) or ""
    body = richtext.clean(getattr(campaign, languages.column("body", language)) or "")
    department = Department.objects.current()
    context = {
        **PLACES,
        "subject": subject,
        "language": language,
        "department": department,
        "name": _name(department, language),
        "archive": absolute("archive", language),
        "items": _news(campaign, language, variant),
    }
    with override(language):
        html = render_to_string("email/campaign.html", {**context, "body": SafeString(body)})
        text = render_to_string("email/campaign.txt", {**context, "body": SafeString(plain(body))})
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


def _news(campaign: Campaign, language: str, variant: str) -> list[dict]:
    """Return the news of a digest for readers of a language and a mix of topics ("0" stands for no topic)."""
    if not campaign.is_digest:
        return []
    topics = set(variant.split("-"))
    return [
        {"title": item.title, "summary": item.summary, "url": item.url, "language": item.text_language}
        for item in campaign.digest_run.items.filter(language=language)
        if str(item.topic_id or 0) in topics
    ]


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
    language = subscriber.language
    department = Department.objects.current()
    context = {
        "confirm": "%%confirm%%",
        "language": language,
        "department": department,
        "name": _name(department, language),
        "days": tokens.CONFIRM_FOR.days,
    }
    with override(language):
        subject = _("Please confirm your e-mail address")
        html = render_to_string("email/confirm.html", {**context, "subject": subject})
        text = render_to_string("email/confirm.txt", context)
    message = mail.Letter(
        language=language,
        text=text,
        html=html,
        headers={
            "From": str(Address(context["name"], addr_spec=mail.sender())),
            "To": "%%to%%",
            "Subject": subject,
            "Date": "%%date%%",
            "Message-ID": "%%message_id%%",
            "List-Unsubscribe": "<%%leave%%>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    # One message for one wish: a second attempt carries the same Message-ID, which some receivers drop as a duplicate.
    message_id = f"<confirm.{subscriber.pk}.{int(subscriber.requested_at.timestamp())}@{mail.domain()}>"
    filled = places(
        subscriber_id=subscriber.pk, email=str(subscriber.email), language=language, message_id=message_id, at=at
    )
    return message.fill({**filled, "confirm": absolute("confirm", language, k=tokens.confirm_token(subscriber.pk))})


def _name(department: Department | None, language: str) -> str:
    """Return how the sender is called: the department and nothing about the subject, for others may see the screen."""
    if department is None:
        return _("Newsletter")
    names = [getattr(department, languages.column("name", code)) for code in [language, *languages.others(language)]]
    return next((name for name in names if name), _("Newsletter"))


def plain(html: str) -> str:
    """Return rich text as plain text that says the same, each link's address after its words."""
    reader = _PlainText()
    reader.feed(html)
    reader.close()
    return reader.text()


def is_empty(html: str | None) -> bool:
    """Say whether rich text shows nothing."""
    return not strip_tags(html or "").replace("\xa0", " ").strip()


class _PlainText(HTMLParser):
    """Read the few tags that `portal.lib.richtext` lets through."""

    BLOCKS = {"p", "h3", "ul", "ol", "blockquote", "table", "tr"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines = [""]
        self.lists: list[int | None] = []  # the next number of each open list, None for bullets
        self.href = ""

    def handle_starttag(self, tag, attrs):
        if tag in self.BLOCKS:
            self._break(blank=tag != "tr" and not self.lists)
        if tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "br":
            self.lines.append("")
        elif tag in ("td", "th") and self.lines[-1]:
            self.lines[-1] += " | "
        elif tag == "a":
            self.href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag):
        if tag == "a" and self.href:
            address = self.href.removeprefix("mailto:").removeprefix("tel:")
            if address not in self.lines[-1]:
                self.lines[-1] += f" ({address})"
            self.href = ""
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in self.BLOCKS:
            self._break(blank=tag != "tr" and not self.lists)

    def handle_data(self, data):
        words = " ".join(data.split())
        if not words:
            self.lines[-1] += " " if self.lines[-1] and not self.lines[-1].endswith(" ") else ""
            return
        before = " " if data[0].isspace() and self.lines[-1] and not self.lines[-1].endswith(" ") else ""
        self.lines[-1] += before + words + (" " if data[-1].isspace() else "")

    def text(self) -> str:
        """Return the lines, never more than one blank between two."""
        kept: list[str] = []
        for line in (line.rstrip() for line in self.lines):
            if line or (kept and kept[-1]):
                kept.append(line)
        return "\n".join(kept).strip()

    def _item(self):
        self._break(blank=False)
        number = self.lists[-1] if self.lists else None
        self.lines[-1] += "  " * (len(self.lists) - 1) + ("- " if number is None else f"{number}. ")
        if number is not None:
            self.lists[-1] = number + 1

    def _break(self, *, blank: bool):
        if re.fullmatch(r" *(-|\d+\.) ", self.lines[-1]):
            return  # nothing on the line yet but an item's own mark
        if self.lines[-1]:
            self.lines.append("")
        if blank:
            self.lines.append("")
