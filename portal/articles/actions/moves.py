"""Move an article from state to state in one language: who may, what must hold, and a record of every move."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.editorial import approvals
from portal.editorial.models import Move
from portal.editorial.translations import unconfirmed_machine
from portal.lib import languages
from portal.reference.gates import read_lists

from .. import gates
from ..models import Article

State = Article.State
REVIEW_HOLDS_FOR = datetime.timedelta(days=365)  # where the reviewer chose no other day


class NotMovedError(Exception):
    """The move was not made; the sentence says why."""


def _has_words(article: Article, language: str) -> str:
    """Ask for a title and a section before anybody reads it."""
    has_body = article.sections.exclude(**{languages.column("body", language): ""}).filter(
        **{f"{languages.column('body', language)}__isnull": False}
    )
    if article.title_in(language) and has_body.exists():
        return ""
    return _("Write a title and a section in %(language)s first.") % {"language": languages.name(language)}


def _is_reviewed_elsewhere(article: Article, language: str) -> str:
    """Ask for a reviewed text to translate from."""
    reviewed = {State.TRANSLATION, State.READY, State.PUBLISHED}
    if any(state_in(article, code) in reviewed for code in languages.others(language)):
        return ""
    return _("No other language has passed medical review yet. Translate what is reviewed.")


def _is_confirmed(article: Article, language: str) -> str:
    """Ask a person to stand for what a machine wrote."""
    if unconfirmed_machine(article, language):
        return _("A machine wrote some of it, and nobody has confirmed that.")
    return ""


def _all_are_ready(article: Article, language: str) -> str:
    """On an emergency page, ask for every language at once."""
    waits = [code for code in languages.codes() if state_in(article, code) not in {State.READY, State.PUBLISHED}]
    if article.is_emergency and waits:
        names = ", ".join(languages.name(code) for code in waits)
        return _("An emergency page goes out in every language at once. Not ready: %(languages)s.") % {
            "languages": names
        }
    return ""


def _is_approved(article: Article, language: str) -> str:
    """On an emergency page, ask for a named approval of every word by somebody who did not write it."""
    if not article.is_emergency:
        return ""
    missing = approvals.lacking(approvals.page(lambda: gates.page_of(article)), proposed=True)
    names = ", ".join(languages.name(code) for code, rows in missing.items() if rows)
    if not names:
        return ""
    return _("A second person must approve its words first: %(languages)s.") % {"languages": names}


@dataclass(frozen=True)
class Step:
    """A move: from which states to which, who may make it, and what must hold."""

    name: str
    label: Promise
    sources: tuple[str, ...]
    target: str
    permissions: tuple[str, ...]  # any of them
    holds: tuple[Callable[[Article, str], str], ...] = ()  # each returns why not, or ""
    needs_note: bool = False
    passes_gates: bool = False


WRITE, REVIEW = "articles.submit_article", "articles.review_article"
TRANSLATE, PUBLISH = "articles.translate_article", "articles.publish_article"

STEPS = (
    Step(
        "submit",
        gettext_lazy("Send to medical review"),
        (State.DRAFT,),
        State.MEDICAL_REVIEW,
        (WRITE, TRANSLATE, PUBLISH),
        (_has_words,),
    ),
    Step("review", gettext_lazy("Medically right: pass on"), (State.MEDICAL_REVIEW,), State.TRANSLATION, (REVIEW,)),
    Step(
        "translate",
        gettext_lazy("Start translating"),
        (State.DRAFT,),
        State.TRANSLATION,
        (TRANSLATE, PUBLISH),
        (_is_reviewed_elsewhere,),
    ),
    Step(
        "finish",
        gettext_lazy("Languages agree: ready"),
        (State.TRANSLATION,),
        State.READY,
        (TRANSLATE, PUBLISH),
        (_has_words, _is_confirmed),
    ),
    Step(
        "return",
        gettext_lazy("Send back to the writer"),
        (State.MEDICAL_REVIEW, State.TRANSLATION, State.READY),
        State.DRAFT,
        (WRITE, REVIEW, TRANSLATE, PUBLISH),
        needs_note=True,
    ),
    Step(
        "publish",
        gettext_lazy("Publish"),
        (State.READY,),
        State.PUBLISHED,
        (PUBLISH,),
        (_all_are_ready, _is_approved),
        passes_gates=True,
    ),
    Step("withdraw", gettext_lazy("Take off the site"), (State.PUBLISHED,), State.DRAFT, (PUBLISH,)),
    Step("archive", gettext_lazy("Archive"), (State.PUBLISHED,), State.ARCHIVED, (PUBLISH,)),
    Step("reopen", gettext_lazy("Work on it again"), (State.ARCHIVED,), State.DRAFT, (WRITE, PUBLISH)),
)
BY_NAME = {step.name: step for step in STEPS}


def state_in(article: Article, language: str) -> str:
    """Return where the article stands in this language."""
    return getattr(article, languages.column("state", language))


def steps_for(article: Article, language: str, by: User) -> list[tuple[Step, list[str]]]:
    """Return the moves from here that this person may make, each with the reasons why not yet."""
    state = state_in(article, language)
    return [
        (step, reasons(article, language, step))
        for step in STEPS
        if state in step.sources and any(by.has_perm(permission) for permission in step.permissions)
    ]


def reasons(article: Article, language: str, step: Step) -> list[str]:
    """Return why a move is not possible yet, gates left out."""
    return [reason for holds in step.holds if (reason := holds(article, language))]


def obstacles(article: Article, language: str, step: Step) -> list[gates.Problem]:
    """Return what the gates find where this step must pass them, for every language that goes out with it."""
    if not step.passes_gates:
        return []
    known = read_lists()
    found = [gates.problems(article, code, known) for code in _together(article, language, step)]
    return list(dict.fromkeys(problem for problems in found for problem in problems))


def may_set_aside(article: Article, found: list[gates.Problem]) -> bool:
    """Say whether a publisher may publish in spite of these problems."""
    return not article.is_emergency and not any(problem.rule in gates.NEVER_SET_ASIDE for problem in found)


def _together(article: Article, language: str, step: Step) -> list[str]:
    """Return the languages that move in one step: of an emergency page all that stand where this one does."""
    if not (article.is_emergency and step.passes_gates):
        return [language]
    return [code for code in languages.codes() if state_in(article, code) in step.sources]


@transaction.atomic
def move(
    article: Article,
    *,
    language: str,
    step: Step,
    by: User,
    at: datetime.datetime,
    note: str = "",
    publish_at: datetime.datetime | None = None,
    expires_at: datetime.datetime | None = None,
    set_aside: bool = False,
) -> None:
    """Make one move in one language, and in all at once where an emergency page is published.

    `article` is as the person saw it: where somebody else moved it meanwhile, nothing happens. `set_aside` publishes in
    spite of what the gates find; `note` then says why. Raises `NotMovedError`.
    """
    seen = {code: state_in(article, code) for code in _together(article, language, step)}
    current = Article.objects.select_for_update().get(pk=article.pk)
    _refuse_unless_allowed(current, language, step, by, seen)
    overridden = _overridden(current, language, step, note, set_aside)
    for code, state in seen.items():
        made = Move(row=article, language=code, from_state=state, to_state=step.target, by=by, at=at, note=note)
        made.overridden = overridden
        _write(made, _dates(current, code, step, at, publish_at, expires_at) | _review(current, step, by, at))
    _finish(current, step, by, at, note)


def _overridden(current: Article, language: str, step: Step, note: str, set_aside: bool) -> list[str]:
    """Return the rules that this move sets aside; raises `NotMovedError` where a gate stays shut."""
    if step.needs_note and not note:
        raise NotMovedError(_("Say why."))
    broken = [problem for problem in obstacles(current, language, step) if not problem.is_warning]
    if broken and not (set_aside and note and may_set_aside(current, broken)):
        raise NotMovedError(broken[0].message)
    return sorted({problem.rule for problem in broken})


def _write(made: Move, values: dict) -> None:
    """Write the new state where the article still has the old one, and that it moved; raises `NotMovedError`."""
    column = languages.column("state", made.language)
    unmoved = Article.objects.filter(pk=made.object_id, **{column: made.from_state})
    if not unmoved.update(**values, **{column: made.to_state}):
        raise NotMovedError(_moved_meanwhile())
    made.save()


def _refuse_unless_allowed(current: Article, language: str, step: Step, by: User, seen: dict[str, str]) -> None:
    if any(state_in(current, code) != state for code, state in seen.items()) or not seen:
        raise NotMovedError(_moved_meanwhile())
    if not any(by.has_perm(permission) for permission in step.permissions) or seen[language] not in step.sources:
        raise NotMovedError(_("Your role may not make this move from here."))
    if why_not := reasons(current, language, step):
        raise NotMovedError(why_not[0])


def _moved_meanwhile() -> str:
    return _("Somebody else has moved it meanwhile. Look at it again.")


def _dates(current, language, step, at, publish_at, expires_at) -> dict:
    """Return the moments a publication sets: a page that was out keeps its first day."""
    if step.target != State.PUBLISHED:
        return {}
    column, end = languages.column("published_at", language), languages.column("expires_at", language)
    before = getattr(current, column)
    return {column: publish_at or (before if before and before <= at else at), end: expires_at}


def _review(current, step, by, at) -> dict:
    """Return what a passed review writes down, with a next one where the reviewer set none."""
    if step.name != "review":
        return {}
    today = timezone.localdate(at)
    due = current.next_review_on
    later = due if due and due > today else today + REVIEW_HOLDS_FOR
    return {"last_reviewed_on": today, "reviewed_by": by, "next_review_on": later}


def _finish(current, step, by, at, note) -> None:
    """Tell a second person of what left the site; forget who wrote what is published now."""
    if State.PUBLISHED in step.sources:
        approvals.tell(current, by=by, at=at, note=note)
    elif step.target == State.PUBLISHED and not current.is_emergency:
        approvals.changes_of(gates.page_of(current)).delete()
