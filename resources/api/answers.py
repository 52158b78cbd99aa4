"""Answer as HSDS's pages and RFC 9457's problems say, open to every origin, and not again what a caller already has."""

import datetime
import hashlib
import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import condition

from portal.lib import ratelimit
from portal.reference.alerts import out_state

from ..hsds import rows
from ..hsds.package import as_json

MINUTE = 60
MOST_A_MINUTE = 600
KEPT_FOR = 60  # seconds for which a cache may answer in our place


class ProblemError(Exception):
    """A question that cannot be answered: its status, and in a sentence why."""

    def __init__(self, status: int, detail: str, errors: list[dict[str, str]] | None = None):
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors


TITLES = {400: "Bad request", 404: "Not found", 422: "Not a question we can answer", 429: "Too many questions"}


def answer(value: Any) -> HttpResponse:
    """Return the value as JSON."""
    return HttpResponse(as_json(value), content_type="application/json")


def page(contents: list[Any], *, number: int, size: int, total: int) -> HttpResponse:
    """Return one page of a list in the specification's envelope; `size` is how many rows a page may have."""
    pages = math.ceil(total / size)
    envelope = {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }
    return answer(envelope)


def problem(error: ProblemError) -> HttpResponse:
    """Return what is wrong with the question as RFC 9457 says it."""
    body = {"type": "about:blank", "title": TITLES[error.status], "status": error.status, "detail": error.detail}
    if error.errors:
        body["errors"] = error.errors
    response = HttpResponse(as_json(body), status=error.status, content_type="application/problem+json")
    if error.status == 429:
        response["Retry-After"] = str(MINUTE)
    return response


def open_data(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard an endpoint: a limit a network, 304 for an answer the caller has, and headers that let anybody read."""

    @wraps(run)
    def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
        if ratelimit.allowed("hsds", ratelimit.network(request), (MOST_A_MINUTE, MINUTE)):
            newest, tag = _state(request)
            response = condition(lambda *_a, **_k: tag, lambda *_a, **_k: newest)(run)(request, **path)
            response["Cache-Control"] = f"public, max-age={KEPT_FOR}"
        else:
            response = problem(ProblemError(429, f"Ask at most {MOST_A_MINUTE} times a minute."))
            response["Cache-Control"] = "no-store"  # the refusal is this network's alone
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return guarded


def known_parameters(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a parameter that an endpoint does not know: a filter that is misspelt must not give everything."""

    @wraps(view)
    def checked(request: HttpRequest, **values: Any) -> HttpResponse:
        known = type(values["query"]).model_fields if "query" in values else {}
        if unknown := sorted(request.GET.keys() - known.keys()):
            reasons = [{"name": name[:40], "reason": "No such parameter here."} for name in unknown[:10]]
            raise ProblemError(422, "A parameter is not as described.", reasons)
        return view(request, **values)

    return checked


def _state(request: HttpRequest) -> tuple[datetime.datetime, str]:
    """Return since when the answer may be as it is, and its tag: the day decides too, and the alerts that are out."""
    newest, state = rows.state()
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    alerted, alerts = out_state(now)
    parts = f"{state}|{midnight}|{alerts}|{request.get_full_path()}"
    return max(filter(None, (newest, midnight, alerted))), f'W/"{hashlib.sha256(parts.encode()).hexdigest()[:32]}"'
