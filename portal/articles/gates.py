"""Say what an article must still get before it may be published in a language, and where.

`WORDING` holds for every public text, also when it is changed later; `PUBLISHING` for the moment of publication.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from django.core.checks import Error, Tags, register
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.editorial import approvals
from portal.editorial.gates import Lists, Problem, Text, parts
from portal.editorial.gates import problems as problems_of_text
from portal.editorial.translations import unconfirmed_machine
from portal.lib import languages
from portal.reference import citations, quotes
from portal.reference.gates import CITING, expired_facts, read_lists, unknown_sources, unknown_tokens
from portal.reference.models import Source

from .models import Article, Image, Section, Video

LONG_SECTION = 60  # words; a section of fewer may state nothing that needs a source


@dataclass(frozen=True)
class Draft:
    """An article in one language as somebody would publish it, saved or not."""

    article: Article
    sections: list[Section]
    language: str
    text: Text

    @property
    def shown(self) -> list[tuple[int, Section]]:
        """The sections that readers would see, each with its place in the form."""
        return [(place, part) for place, part in enumerate(self.sections) if not part.is_hidden]

    def said(self, row: Article | Section, field: str) -> str:
        """Return what a row says in this language, or ""."""
        return getattr(row, languages.column(field, self.language)) or ""


def draft(article: Article, sections: list[Section], language: str, known: Lists) -> Draft:
    """Return what the rules look at."""
    fields = {"title": _("Title"), "summary": _("Summary"), "key_points": _("Key points"), "abstract": _("Abstract")}
    said = parts(article, fields, language)
    for place, section in enumerate(sections):
        if not section.is_hidden:
            heading = getattr(section, languages.column("heading", language)) or section.anchor
            said += parts(section, {"heading": _("Heading"), "body": heading}, language, place)
    is_graded = article.kind != Article.Kind.PROFESSIONAL
    text = Text(language, said, known, article.is_emergency, is_graded, lambda words: quotes.plain(words, language))
    return Draft(article, sections, language, text)


def whole(one: Draft) -> Iterator[Problem]:
    """Say what is empty in this language."""
    labels = {"title": _("the title"), "slug": _("the address"), "summary": _("the summary")}
    for field, label in labels.items():
        if not one.said(one.article, field):
            message = _("Fill in %(field)s in %(language)s.")
            values = {"field": label, "language": languages.name(one.language)}
            yield Problem("whole", message % values, languages.column(field, one.language))
    if not one.shown:
        yield Problem("whole", _("The article has no section that readers see."))
    for place, section in one.shown:
        for field in ("heading", "body"):
            if not one.said(section, field):
                message = _("Section “%(section)s” is not whole in %(language)s. Write it, or hide the section.")
                values = {"section": str(section), "language": languages.name(one.language)}
                yield Problem("whole", message % values, languages.column(field, one.language), place)


def pictures(one: Draft) -> Iterator[Problem]:
    """Say which picture beside the text is not described in this language."""
    rows: list[tuple[int | None, Article | Section]] = [(None, one.article), *one.shown]
    for place, row in rows:
        if row.image and not getattr(row.image, languages.column("alt", one.language)):
            message = _("The picture “%(picture)s” is not described in %(language)s. Describe it among the pictures.")
            values = {"picture": row.image.file.name, "language": languages.name(one.language)}
            yield Problem("alt", message % values, "image", place)


def wording(one: Draft) -> Iterator[Problem]:
    """Apply the rules for any text."""
    yield from problems_of_text(one.text)
    yield from unknown_sources(one.text)
    yield from unknown_tokens(one.text)


def facts_in_date(one: Draft) -> Iterator[Problem]:
    """Ask for facts that hold today."""
    yield from expired_facts(one.text)


def reviewed(one: Draft) -> Iterator[Problem]:
    """Ask for a medical review that still holds."""
    yield from review_problems(one.article)


def review_problems(row: Article | Video) -> Iterator[Problem]:
    """Ask for a review of a page or video that still holds."""
    due = row.next_review_on
    if row.last_reviewed_on is None:
        yield Problem("review", _("Nobody has reviewed it. Fill in who did and when."), "last_reviewed_on")
    elif due is None:
        yield Problem("review", _("Say when it must be reviewed again."), "next_review_on")
    elif due <= timezone.localdate():
        message = _("Its next review was due on %(day)s.") % {"day": languages.long_date(due, languages.current())}
        yield Problem("review", message, "next_review_on")


def cited(one: Draft) -> Iterator[Problem]:
    """Ask for at least one source, and warn of long sections without any."""
    codes = {code for part in one.text.parts for code in citations.codes_in(part.words)}
    if not codes and not (one.article.pk and one.article.references.exists()):
        yield Problem("references", _("It has no reference. Cite a source for what it states."))
    for place, section in one.shown:
        body = one.said(section, "body")
        if len(body.split()) >= LONG_SECTION and not citations.codes_in(body) and not quotes.codes_in(body):
            message = _("“%(section)s” cites no source.") % {"section": one.said(section, "heading") or section}
            yield Problem("references", message, languages.column("body", one.language), place, is_warning=True)


def twin(one: Draft) -> Iterator[Problem]:
    """Ask for every other language too: ready, or out already."""
    out = {Article.State.READY, Article.State.PUBLISHED}
    for code in languages.others(one.language):
        if getattr(one.article, languages.column("state", code)) not in out:
            message = _("%(language)s is neither ready nor published. Both languages should go out together.")
            yield Problem("twin", message % {"language": languages.name(code)})


def machine_drafts(one: Draft) -> Iterator[Problem]:
    """Refuse what a machine wrote and no named person has confirmed."""
    yield from machine_problems(one.article, one.language)


def machine_problems(row: Article | Video, language: str) -> Iterator[Problem]:
    """Refuse a machine's words in a page or video until a named person has confirmed them."""
    found = unconfirmed_machine(row, language) if row.pk else []
    if found:
        message = ngettext(
            "A machine wrote %(count)s text in %(language)s, and nobody has confirmed it: %(fields)s.",
            "A machine wrote %(count)s texts in %(language)s, and nobody has confirmed them: %(fields)s.",
            len(found),
        )
        fields = ", ".join(dict.fromkeys(found))
        values = {"count": len(found), "language": languages.name(language), "fields": fields}
        yield Problem("machine", message % values)


Rule = Callable[[Draft], Iterator[Problem]]
WORDING: tuple[Rule, ...] = (whole, wording, pictures)
PUBLISHING: tuple[Rule, ...] = (*WORDING, reviewed, cited, facts_in_date, twin, machine_drafts)
NEVER_SET_ASIDE = {"whole", "machine"}  # a page that is not there, and words nobody answers for


def problems(article: Article, language: str, known: Lists | None = None) -> list[Problem]:
    """Return what stands between an article, with the words that wait for approval, and its publication."""
    proposed, sections = copy.copy(article), [copy.copy(section) for section in article.sections.all()]
    approvals.propose([proposed, *sections])
    one = draft(proposed, sections, language, known or read_lists())
    return [problem for rule in PUBLISHING for problem in rule(one)]


def video_problems(video: Video, known: Lists) -> list[Problem]:
    """Return what the rules find in a video, in any language, as somebody would publish it; each problem once."""
    return list(dict.fromkeys(problem for code in languages.codes() for problem in _of_video(video, code, known)))


def _of_video(video: Video, language: str, known: Lists) -> Iterator[Problem]:
    """Ask for what lists show of a video, then hold its words to the rules; the rest the model refuses to lack."""
    if not video.poster:
        yield Problem("poster", _("Choose the picture that stands there before the video starts."), "poster")
    column = languages.column("summary", language)
    if not getattr(video, column):
        message = _("Say in %(language)s what the video shows.") % {"language": languages.name(language)}
        yield Problem("summary", message, column)
    fields = {"title": _("Title"), "summary": _("What it shows"), "transcript": _("Words of the video")}
    said = parts(video, fields, language)
    text = Text(language, said, known, spoken=lambda words: quotes.plain(words, language))
    yield from problems_of_text(text)
    yield from unknown_tokens(text)
    yield from expired_facts(text)
    yield from review_problems(video)
    yield from machine_problems(video, language)


def new_problems(before: list[Draft], after: list[Draft]) -> list[Problem]:
    """Return what a change of public texts breaks that held before; warnings never stop it."""

    def broken(drafts: list[Draft]) -> list[Problem]:
        return [p for one in drafts for rule in WORDING for p in rule(one) if not p.is_warning]

    known = {problem.rule for problem in broken(before)}
    return [problem for problem in broken(after) if problem.rule not in known]


def wording_problems(article: Article, language: str) -> list[Problem]:
    """Return what the rules for public words find in an article with the words that wait for approval."""
    rows = approvals.page(lambda: page_of(article))
    sections = [row for row in rows if isinstance(row, Section)]
    one = draft(cast(Article, rows[0]), sections, language, read_lists())
    return [problem for rule in WORDING for problem in rule(one)]


def is_guarded(article: Article | None) -> bool:
    """Say whether a change of its words must wait for a second person: an emergency page that is out."""
    if article is None or not article.is_emergency:
        return False
    states = {getattr(article, column) for column in languages.columns("state")}
    return Article.State.PUBLISHED in states


def _guarded() -> models.QuerySet[Article]:
    """Keep the emergency articles that are out in some language."""
    out = models.Q()
    for column in languages.columns("state"):
        out |= models.Q(**{column: Article.State.PUBLISHED})
    return Article.objects.filter(out, is_emergency=True)


def cites(source: Source) -> bool:
    """Say whether an emergency article that is out lists a source."""
    return _guarded().filter(references__source=source, references__is_hidden=False).exists()


CITING.append(cites)


def shows(image: Image) -> bool:
    """Say whether an emergency article that is out shows a picture."""
    return _guarded().filter(models.Q(image=image) | models.Q(sections__image=image)).exists()


def page_of(article: Article) -> list[models.Model]:
    """Return the rows of an article that a person approves together."""
    return [article, *article.sections.all(), *article.references.all()]


def without_approval() -> list[Article]:
    """Return the emergency articles that are out and lack a named approval of what readers see; a few queries."""
    out = _guarded().select_related("topic").prefetch_related("sections", "references").order_by("pk")
    pages = {article: page_of(article) for article in out if article.published_urls()}
    shown = [row for rows in pages.values() for row in rows if not getattr(row, "is_hidden", False)]
    lacking = {row for rows in approvals.lacking(shown).values() for row in rows}
    return [article for article, rows in pages.items() if not lacking.isdisjoint(rows)]


@register(Tags.security, deploy=True)
def emergency_articles_are_approved(app_configs, **kwargs):
    """Fail `check --deploy` while a published emergency article lacks a named approval."""
    if Article._meta.db_table not in connection.introspection.table_names():
        return []
    sentence = "Have a second person approve the emergency article “{}” in every language: {}"
    return [
        Error(
            sentence.format(article.key, reverse("admin:articles_article_approve", args=[article.pk])),
            id="articles.E001",
        )
        for article in without_approval()
    ]
