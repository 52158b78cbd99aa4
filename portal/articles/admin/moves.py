"""Show where an article stands in each language, make its moves, have it approved and take sections off at once."""

from http import HTTPStatus

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.editorial import approvals, approving
from portal.editorial.models import Move
from portal.lib import languages
from portal.reference import quotes
from portal.reference.gates import read_lists

from .. import gates, tokens
from ..actions import moves, revisions
from ..forms import MoveForm
from ..models import Article, Section

may_change = permission_required("articles.change_article", raise_exception=True)
MOVES_SHOWN = 20


def urls(own):
    """Return the addresses of these pages; `own` wraps each as the admin's."""
    return [
        path("<int:pk>/move/<str:language>/<slug:name>/", own(move), name="articles_article_move"),
        path("<int:pk>/approve/", own(approve), name="articles_article_approve"),
        path("section/<int:pk>/hide/", own(hide_section), name="articles_section_hide"),
    ]


@may_change
def move(request, pk, language, name):
    """Ask for what a move needs, and make it."""
    article = get_object_or_404(Article, pk=pk)
    step = moves.BY_NAME.get(name)
    if step is None or language not in languages.codes():
        raise Http404
    problems = moves.obstacles(article, language, step)
    is_blocked = any(not problem.is_warning for problem in problems)
    may_set_aside = is_blocked and moves.may_set_aside(article, problems)
    initial = {"seen": moves.state_in(article, language), "expires_at": _expiry(article, language)}
    data = request.POST if request.method == "POST" else None
    form = MoveForm(data, initial=initial, step=step, may_set_aside=may_set_aside)
    if request.method == "POST" and form.is_valid() and _made(request, article, language, step, form):
        return redirect("admin:articles_article_change", pk)
    context = {**admin.site.each_context(request), **_page(article, language, step)} | {
        "form": form,
        "problems": problems,
    }
    return render(request, "admin/articles/article/move.html", context, status=422 if form.errors else 200)


def _page(article, language, step):
    title = _("%(move)s: %(article)s, %(language)s") % {
        "move": step.label,
        "article": article,
        "language": languages.name(language),
    }
    back = reverse("admin:articles_article_change", args=[article.pk])
    return {"title": title, "article": article, "step": step, "back": back}


def _expiry(article, language):
    return getattr(article, languages.column("expires_at", language))


def _made(request, article, language, step, form):
    """Make the move; say what stopped it in the form."""
    values = dict(form.cleaned_data)
    setattr(article, languages.column("state", language), values.pop("seen"))
    try:
        moves.move(article, language=language, step=step, by=request.user, at=timezone.now(), **values)
    except moves.NotMovedError as reason:
        form.add_error(None, str(reason))
        return False
    revisions.record(article, by=request.user, at=timezone.now(), note=f"{languages.name(language)}: {step.label}")
    messages.success(request, _("Done: %(move)s.") % {"move": step.label})
    return True


@may_change
def approve(request, pk):
    """Show an article for approval by a second person."""
    article = get_object_or_404(Article, pk=pk)
    page = approving.Page(
        root=article,
        rows=lambda: gates.page_of(Article.objects.prefetch_related("references__source").get(pk=pk)),
        problems=lambda language: gates.wording_problems(article, language),
        permission="articles.review_article",
        back=reverse("admin:articles_article_change", args=[pk]),
        spoken=quotes.plain,
    )
    response = approving.approve_page(request, page)
    if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
        revisions.record(article, by=request.user, at=timezone.now(), note=_("Approval"))
    return response


@may_change
def hide_section(request, pk):
    """Take a section off the page in every language."""
    section = get_object_or_404(Section, pk=pk)
    back = reverse("admin:articles_article_change", args=[section.article_id])
    response = approving.hide(request, section, permission="articles.publish_article", back=back)
    note = _("Taken off the site: %(part)s") % {"part": section}
    revisions.record(section.article, by=request.user, at=timezone.now(), note=note)
    return response


def panel(request, article):
    """Return what the change form shows above its fields."""
    prefetch_related_objects([article], Prefetch("sections", Section.objects.select_related("image")), "references")
    known = read_lists()
    sections = [part for part in article.sections.all() if not part.is_hidden]
    may_hide = request.user.has_perm("articles.publish_article")
    may_approve = article.is_emergency and request.user.has_perm("articles.review_article")
    changes = approvals.changes_of(gates.page_of(article))
    return {
        "workflow": [_tongue(request, article, code, known) for code in languages.codes()],
        "waits": any(change.values for change in changes),
        "approve_url": reverse("admin:articles_article_approve", args=[article.pk]) if may_approve else "",
        "sections_to_hide": [
            (part, reverse("admin:articles_section_hide", args=[part.pk])) for part in sections if may_hide
        ],
        "moves_made": _made_so_far(article),
    }


def _tongue(request, article, language, known):
    """Return where the article stands in one language, and where it may go."""
    state = moves.state_in(article, language)
    return {
        "name": languages.name(language),
        "state": Article.State(state).label,
        "dates": _dates(article, language),
        "preview": tokens.preview_url(article.pk, language),
        "problems": gates.problems(article, language, known),
        "moves": [
            {
                "label": step.label,
                "reasons": reasons,
                "url": reverse("admin:articles_article_move", args=[article.pk, language, step.name]),
            }
            for step, reasons in moves.steps_for(article, language, request.user)
        ],
    }


def _dates(article, language):
    """Say in words when it goes out, or went, and when it ends."""
    if moves.state_in(article, language) != Article.State.PUBLISHED:
        return ""
    at, end = (getattr(article, languages.column(name, language)) for name in ("published_at", "expires_at"))
    begins = _("Since %(moment)s") if article.is_published(language) else _("Scheduled for %(moment)s")
    said = begins % {"moment": _moment(at)}
    return f"{said}, " + _("until %(moment)s") % {"moment": _moment(end)} if end else said


def _moment(at):
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _made_so_far(article):
    """Return the moves made, the newest first, each as a sentence."""
    kind = ContentType.objects.get_for_model(Article)
    made = Move.objects.filter(content_type=kind, object_id=article.pk).select_related("by").order_by("-at", "-pk")
    sentence = _("%(moment)s, %(person)s, %(language)s: from “%(before)s” to “%(after)s”.")
    lines = []
    for one in made[:MOVES_SHOWN]:
        values = {
            "moment": _moment(one.at),
            "person": one.by.get_full_name() or one.by.username,
            "language": languages.name(one.language),
            "before": Article.State(one.from_state).label,
            "after": Article.State(one.to_state).label,
        }
        aside = _("Rules set aside: %(rules)s.") % {"rules": ", ".join(one.overridden)} if one.overridden else ""
        lines.append(" ".join(part for part in (sentence % values, aside, one.note) if part))
    return lines
