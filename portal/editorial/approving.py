"""Show a page as it would be after approval, take a named person's word for it, and take things off at once.

The features' admins name the page; this module does the rest, the same for articles, guides and telephone lines.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.accounts.models import User
from portal.lib import languages
from portal.lib.richtext import RichTextField

from . import approvals
from .gates import Part, Problem
from .models import Approval
from .translations.difference import difference

FORM = "admin/editorial/guarded_form.html"  # the form of a record that many pages share


@dataclass(frozen=True)
class Page:
    """What one person approves in one go."""

    root: models.Model
    rows: Callable[[], Sequence[models.Model]]  # read anew at each call
    problems: Callable[[str], list[Problem]]  # of the words as they would be, in a language
    permission: str
    back: str  # the address of the form
    spoken: Callable[[str, str], str] = lambda words, language: words  # puts in what a text quotes, in a language


@dataclass(frozen=True)
class Line:
    """One field of a row as readers see it and as they would."""

    label: str
    words: str
    changes: list[tuple[str, str]]


class ApprovalForm(forms.Form):
    """Which language a person approves, and the fingerprint of what was on the screen."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
    read = forms.CharField(max_length=64)


def approve_page(request: HttpRequest, page: Page) -> HttpResponse:
    """Show the page for approval, or record one."""
    if not request.user.has_perm(page.permission):
        raise PermissionDenied
    form = ApprovalForm(request.POST if request.method == "POST" else None)
    error = ""
    if request.method == "POST":
        error = _approve(request, page, form.cleaned_data) if form.is_valid() else _("Choose a language.")
        if not error:
            return redirect(request.path)
    context = {**admin.site.each_context(request), **_shown(request, page), "error": error}
    return render(request, "admin/editorial/approve.html", context, status=422 if error else 200)


def _approve(request: HttpRequest, page: Page, chosen: dict[str, Any]) -> str:
    """Record the approval; return why not, or ""."""
    blocking = [problem for problem in page.problems(chosen["language"]) if not problem.is_warning]
    if blocking:
        return blocking[0].message
    try:
        is_whole = approvals.approve(page.rows, **chosen, by=cast(User, request.user), at=timezone.now())
    except approvals.OwnChangeError:
        return _("You wrote some of these words. Somebody else must approve them.")
    except approvals.TextChangedError:
        return _("The words have changed since you opened this page. Read them again.")
    said = _("Approved in every language. Readers see it now.") if is_whole else _("Approved. Another language waits.")
    messages.success(request, said)
    return ""


def _shown(request: HttpRequest, page: Page) -> dict[str, Any]:
    """Return what the template needs."""
    live = {(type(row), row.pk): row for row in page.rows()}
    proposed = approvals.page(page.rows)
    lacking = approvals.lacking(proposed, proposed=True)
    authors = approvals.authors_of(proposed)
    return {
        "title": _("Approve: %(page)s") % {"page": page.root},
        "page": page,
        "authors": authors,
        "is_own": request.user in authors,
        "tongues": [
            {
                **_tongue(page, proposed, code),
                "is_approved": not lacking[code],
                "rows": [(_name(row, code), _lines(page, live[type(row), row.pk], row, code)) for row in proposed],
            }
            for code in approvals.tongues(proposed)
        ],
    }


def _name(row: models.Model, language: str) -> str:
    with override(language):
        return str(row)


def _tongue(page: Page, proposed: Sequence[models.Model], language: str) -> dict[str, Any]:
    """Return how the page stands in one language."""
    problems = page.problems(language)
    return {
        "code": language,
        "name": languages.name(language),
        "read": approvals.seen(proposed, language),
        "problems": problems,
        "is_blocked": any(not problem.is_warning for problem in problems),
        "last": _last_approval(proposed, language),
    }


def _last_approval(rows: Sequence[models.Model], language: str) -> Approval | None:
    approved = approvals.of_rows(Approval.objects.filter(language=language), rows)
    return approved.select_related("by").order_by("-at", "-pk").first()


def _lines(page: Page, live: models.Model, row: models.Model, language: str) -> list[Line]:
    """Return the fields of a row that say something, with what would change in each."""
    lines = []
    for column in approvals.columns(type(row), language):
        field = approvals.field_of(type(row), column)
        now, then = _said(live, field), _said(row, field)
        is_order = isinstance(field, models.PositiveSmallIntegerField)
        if now != then or (then and not is_order):
            label = getattr(field, "translated_field", field).verbose_name
            blocks = Part("", then, column, is_html=isinstance(field, RichTextField)).blocks
            words = page.spoken("\n".join(block.words for block in blocks), language)
            changes = [(kind, page.spoken(piece, language)) for kind, piece in difference(now, then)]
            lines.append(Line(str(label), words, changes))
    return lines


def _said(row: models.Model, field: Any) -> str:
    """Return a value in words: a choice by its label, another record by its name."""
    if field.choices:
        return str(dict(field.flatchoices).get(getattr(row, field.attname), ""))
    if isinstance(field, models.BooleanField):
        return _("Yes") if getattr(row, field.attname) else ""
    value = getattr(row, field.name)
    return "" if value is None else str(value)


def hide(request: HttpRequest, row: models.Model, *, permission: str, back: str) -> HttpResponse:
    """Take a row off the site at once, by one person and one click; POST only."""
    if request.method != "POST" or not request.user.has_perm(permission):
        raise PermissionDenied
    if approvals.remove(row, by=cast(User, request.user), at=timezone.now()):
        text = _("“%(what)s” is off the site in every language. A second person will be told.")
        messages.success(request, text % {"what": row})
    return redirect(back)


def save_shared(request: HttpRequest, row: models.Model, *, is_guarded: bool) -> None:
    """Save a record that many pages share; where an emergency page shows it, the new words wait."""
    if not is_guarded:
        row.save()
        approvals.changes_of([row]).delete()
    elif approvals.save(row, by=cast(User, request.user), at=timezone.now(), is_public=True):
        tell_that_it_waits(request)


def frame(row: models.Model | None, address: str) -> dict[str, Any]:
    """Return what stands above the form of such a record; `address` names its page of approval, "" for none."""
    waits = row is not None and approvals.changes_of([row]).exists()
    return {"waits": waits, "approve_url": reverse(address, args=[row.pk]) if row and waits and address else ""}


def tell_that_it_waits(request: HttpRequest) -> None:
    """Say that a saved change is not on the page yet."""
    messages.warning(
        request,
        _("Readers still see the approved words. Yours go out once a second person has approved every language."),
    )
