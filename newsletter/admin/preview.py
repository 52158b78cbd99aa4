"""Show what readers get while it is written: in a frame that runs nothing, sends nothing and leads nowhere."""

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from portal.lib import languages

from .. import render
from ..actions import pages
from ..models import Block, Campaign

MOST_PARTS = 50
LAST = 9999
# Field -> (its words, the choices); the width is the style sheet's matter alone.
OPTIONS = [
    ("preview_language", _("Language"), [(code, languages.name(code)) for code in languages.codes()]),
    ("preview_part", _("Part"), [("html", _("As most see it")), ("text", _("Text alone"))]),
    ("preview_width", _("Width"), [("phone", _("Phone")), ("wide", _("Wide"))]),
    ("preview_scheme", _("Colours"), [("light", _("Light")), ("dark", _("Dark"))]),
]
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
STYLE_OF_A_TAG = re.compile(r'\sstyle="([^"]*)"')
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINK = re.compile(r'\shref="([^"]*)"')
DARK = "(prefers-color-scheme: dark)"


@permission_required("newsletter.change_campaign", raise_exception=True)
@require_http_methods(["GET", "POST"])
def show(request):
    """Show a saved campaign, or what the form holds right now, which is not saved."""
    data = request.POST or request.GET
    if languages.columns("subject")[0] in data:
        campaign, blocks = _typed(data)
    else:  # opened just now, or its words are fixed
        number = request.GET.get("campaign", "")
        campaign = get_object_or_404(Campaign, pk=int(number) if re.fullmatch("[0-9]{1,18}", number) else 0)
        blocks = None
    language = data.get("preview_language", "")
    language = language if language in languages.codes() else languages.codes()[0]
    text = render.campaign_text(campaign=campaign, language=language, blocks=blocks, variant="", at=None)
    if data.get("preview_part") == "text":
        return _framed(_filled(text.text, language), "text/plain; charset=utf-8", [])
    html = inert(_filled(text.html, language), is_dark=data.get("preview_scheme") == "dark")
    return _framed(html, "text/html; charset=utf-8", styles(html))


def _typed(data):
    """Return the campaign and its parts as they stand in the form."""
    campaign = Campaign(only_reason=data.get("only_reason", ""))
    for column in languages.columns("subject", "body"):
        setattr(campaign, column, data.get(column, ""))
    count = min(int(data.get("blocks-TOTAL_FORMS", "")), MOST_PARTS) if _is_count(data) else 0
    blocks = [_block(data, f"blocks-{number}-") for number in range(count) if not data.get(f"blocks-{number}-DELETE")]
    return campaign, sorted(blocks, key=lambda block: block.position)


def _is_count(data) -> bool:
    return re.fullmatch("[0-9]{1,4}", data.get("blocks-TOTAL_FORMS", "")) is not None


def _block(data, prefix) -> Block:
    position = data.get(f"{prefix}position", "")
    is_number = re.fullmatch("[0-9]{1,4}", position)
    block = Block(page=data.get(f"{prefix}page", "").replace("\x00", ""), position=int(position) if is_number else LAST)
    for column in languages.columns("title", "body"):
        setattr(block, column, data.get(f"{prefix}{column}", ""))
    pages.copy_into(block)
    return block


def inert(html: str, *, is_dark: bool) -> str:
    """Return a message whose links lead nowhere and say where they would, in light or dark whatever the screen is."""
    html = COMMENT.sub("", html)
    html = LINK.sub(lambda match: f' href="#" title="{match[1]}"', html)
    return html.replace(f"@media {DARK}", "@media all" if is_dark else "@media not all")


def _filled(text: str, language: str) -> str:
    """Return a message with the links of nobody in its places."""
    for name, mark in render.PLACES.items():
        text = text.replace(mark, f"{render.absolute(name, language)}?k=…")
    return text


def styles(html: str) -> list[str]:
    """Return the hash of each style in a message, as a policy names it."""
    found = [*STYLE.findall(html), *map(unescape, STYLE_OF_A_TAG.findall(html))]
    return [f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in dict.fromkeys(found)]


def _framed(content, content_type, hashes):
    """Answer under a policy of its own: nothing is loaded, nothing runs, and only our own pages may frame it."""
    policy = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'", "sandbox"]
    if hashes:
        policy.append(f"style-src 'unsafe-hashes' {' '.join(hashes)}")
    response = HttpResponse(content, content_type=content_type)
    response["Content-Security-Policy"] = "; ".join(policy)
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
