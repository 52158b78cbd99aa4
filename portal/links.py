"""Ask each night some of the pages elsewhere that this site leads to: politely, one after the other.

Each link is asked once a week, one that failed again the next night. A page that is promised in a language must say
in its header or its `lang` that it is in it.
"""

import datetime
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from portal.articles.models import Article, Section, Video
from portal.lib import fetch, languages
from portal.overdose.models import Passage
from portal.reference.models import Department, Line, LinkCheck, SiteLink, Source

MOST_A_NIGHT = 200
PAUSE_SECONDS = 2.0  # between two questions to one host
MOST_SECONDS = 45 * 60  # then the night's other work comes first
OK_FOR, FAILED_FOR = datetime.timedelta(days=6, hours=12), datetime.timedelta(hours=12)
_HREF = re.compile(r'href="(https?://[^"]+)"')
_LANG = re.compile(rb"<html\b[^>]*?\slang\s*=\s*[\"']?([A-Za-z-]+)", re.I)
_NO_HEAD = {400, 403, 404, 405, 406, 501}
_KEPT_OUT = {401, 403, 406, 429, 999}  # what sites answer to machines and not to people
Result = LinkCheck.Result
Link = tuple[str, str]  # an address, and the language in which it is promised


def check_links(at: datetime.datetime, *, sleep: Callable[[float], None] = time.sleep) -> str:
    """Ask what is due, at most 200 links; returns how many were asked and how many failed.

    A copy without an address of its own asks nobody: it could not say who asks.
    """
    if not settings.SITE_URL:
        return "none, as SITE_URL is not set"
    bring_up_to_date()
    asked = failed = 0
    ends = time.monotonic() + MOST_SECONDS
    last: dict[str, float] = {}
    for link in LinkCheck.objects.due(at, ok_for=OK_FOR, failed_for=FAILED_FOR)[:MOST_A_NIGHT]:
        if time.monotonic() > ends:
            break
        # Two machines may do this at once: who moves the moment asks.
        if not LinkCheck.objects.filter(pk=link.pk, checked_at=link.checked_at).update(checked_at=at):
            continue
        _wait_for_turn(link.url, last, sleep)
        link.note(*answer_of(link), on=timezone.localdate(at))
        asked += 1
        failed += link.failed_days > 0
    return f"{asked} asked, {failed} failed"


def _wait_for_turn(url: str, last: dict[str, float], sleep: Callable[[float], None]) -> None:
    """Leave a host in peace for a while before it is asked again."""
    host = urlsplit(url).netloc.lower()
    left = last.get(host, 0.0) + PAUSE_SECONDS - time.monotonic()
    if host in last and left > 0:
        sleep(left)
    last[host] = time.monotonic()


def answer_of(link: LinkCheck) -> tuple[str, str]:
    """Ask one page; return the result and a word more."""
    try:
        answer = None if link.language else fetch.fetch(link.url, method="HEAD")
        if answer is None or answer.status in _NO_HEAD:
            answer = fetch.fetch(link.url, language=link.language)
    except fetch.RefusedAddressError as error:
        return Result.REFUSED, str(error)
    except fetch.FetchError as error:
        return Result.SILENT, str(error)
    if answer.status in _KEPT_OUT:
        return Result.UNSURE, str(answer.status)
    if answer.status in (404, 410):
        return Result.GONE, str(answer.status)
    if answer.status >= 400:
        return Result.BROKEN, str(answer.status)
    return _in_its_language(link, answer)


def _in_its_language(link: LinkCheck, answer: fetch.Answer) -> tuple[str, str]:
    """Compare the language that a page names with the one that is promised; one that names none is not blamed."""
    named = _LANG.search(answer.body)
    said = [part.strip().lower() for part in answer.language.split(",") if part.strip()]
    said = [named[1].decode().lower()] if named else said
    if not link.language or not said:
        return Result.OK, answer.url if answer.hops else ""
    is_kept = any(one.partition("-")[0] == link.language.partition("-")[0] for one in said)
    return (Result.OK, "") if is_kept else (Result.LANGUAGE, ", ".join(said))


def bring_up_to_date() -> None:
    """Note each address that a page now leads to, and forget those that no page has any more."""
    places: dict[Link, list[str]] = defaultdict(list)
    for url, language, place in _all():
        if url.startswith(("http://", "https://")) and len(url) <= 2000:
            places[url, language].append(place[:300])
    known = {(link.url, link.language): link for link in LinkCheck.objects.all()}
    LinkCheck.objects.bulk_create(
        [
            LinkCheck(url=url, language=code, found_in=names[:9])
            for (url, code), names in places.items()
            if (url, code) not in known
        ],
        ignore_conflicts=True,
    )
    changed = []
    for key, link in known.items():
        if key in places and link.found_in != places[key][:9]:
            link.found_in = places[key][:9]
            changed.append(link)
    LinkCheck.objects.bulk_update(changed, ["found_in"], batch_size=500)
    LinkCheck.objects.filter(pk__in=[link.pk for key, link in known.items() if key not in places]).delete()


def _all() -> Iterator[tuple[str, str, str]]:
    """Yield each address with the language in which it is promised, if any, and where it stands."""
    for code in languages.codes():
        body, heading = languages.column("body", code), languages.column("heading", code)
        sections = Section.objects.filter(article__in=Article.objects.published(code), is_hidden=False)
        yield from _of_texts(sections.order_by("pk").values_list(body, heading))
        text = languages.column("text", code)
        passages = Passage.objects.filter(is_hidden=False).order_by("pk")
        yield from _of_texts(passages.values_list(text, heading))
        site, name = languages.column("url", code), languages.column("name", code)
        yield from ((url, code, said) for url, said in SiteLink.objects.in_order().values_list(site, name) if url)
    for line in Line.objects.filter(is_hidden=False).exclude(url=""):
        yield line.url, _promised(line.url) or settings.LANGUAGE_CODE, line.name or line.slug
    for source in Source.objects.order_by("pk"):
        if source.link:
            yield source.link, "", f"[{source.code}]"
    for video in Video.objects.public().exclude(url=""):
        yield video.url, "", video.title
    for department in Department.objects.exclude(url=""):
        yield department.url, "", department.name


def _of_texts(rows) -> Iterator[tuple[str, str, str]]:
    """Yield the links in texts, each with the heading that it stands below."""
    for text, heading in rows:
        for url in map(unescape, _HREF.findall(text or "")):
            yield url, _promised(url), heading or ""


def _promised(url: str) -> str:
    """Return the language that an address itself promises: `/es/…`, `es.example.org`."""
    parts = urlsplit(url)
    named = {parts.path.strip("/").partition("/")[0].lower(), (parts.hostname or "").partition(".")[0]}
    return next((code for code in languages.codes() if code in named), "")
