"""Judge a link before it goes to everybody: encrypted, straight to its page, and the page is there."""

import re
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve
from django.utils.translation import get_language_from_path, override

from portal.lib import languages, site

# Hosts that only count clicks and pass on, and the marks that others put on links to know who came from where.
PASSING_ON = {
    "bit.ly", "buff.ly", "goo.gl", "hubs.ly", "lnkd.in", "mailchi.mp", "ow.ly", "t.co", "tinyurl.com", "trib.al",
    "awstrack.me", "list-manage.com", "lnks.gd", "links.govdelivery.com", "safelinks.protection.outlook.com",
    "sendgrid.net", "urldefense.com", "urldefense.proofpoint.com",
}  # fmt: skip
MARKS = re.compile(r"utm_|mc_[ce]id$|fbclid$|gclid$|msclkid$|dclid$|_hs(enc|mi)$|mkt_tok$|igshid$")
HREF = re.compile(r'href="([^"]*)"')


def is_open(url: str) -> bool:
    """Say whether others on the way can read along; our own pages are as safe as the site is."""
    return urlsplit(url).scheme not in ("https", "tel", "mailto") and not _is_ours(url)


def is_tracked(url: str) -> bool:
    """Say whether somebody learns who followed the link."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    passes_on = any(host == known or host.endswith(f".{known}") for known in PASSING_ON)
    return passes_on or any(MARKS.match(name.lower()) for name, _value in parse_qsl(parts.query, True))


def is_dead(url: str) -> bool:
    """Say whether one of our own pages answers a visitor with an error; other sites are not asked."""
    path = urlsplit(url).path or "/"
    if not _is_ours(url) or path.startswith(settings.STATIC_URL):
        return False
    if path.startswith("/admin/"):
        return True  # for staff only
    with override(get_language_from_path(path) or languages.current()):
        try:
            return _status(path) >= 400
        except Exception:  # also one that is not found: a page that fails is no page for readers
            return True


def _status(path: str) -> int:
    """Answer as a visitor's request would be answered, without the way over the network."""
    match = resolve(path)
    request = HttpRequest()
    request.method, request.path, request.path_info, request.resolver_match = "GET", path, path, match
    request.META |= {"SERVER_NAME": settings.ALLOWED_HOSTS[0].lstrip(".*") or "localhost", "SERVER_PORT": "443"}
    return match.func(request, *match.args, **match.kwargs).status_code


def _is_ours(url: str) -> bool:
    return f"{url}/".startswith(f"{site.root()}/")
