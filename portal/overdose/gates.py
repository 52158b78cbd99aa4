"""Say what an emergency guide must still get before a change of it may be approved in a language."""

from django.core.checks import Error, Tags, register
from django.db import connection, models
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.editorial import approvals
from portal.editorial.gates import Lists, Part, Problem, Text, parts
from portal.editorial.gates import problems as problems_of_text
from portal.lib import languages
from portal.reference import quotes
from portal.reference.gates import CITING, read_lists, unknown_sources, unknown_tokens
from portal.reference.models import Source

from .models import Citation, Guide, Passage


def page_of(guide: Guide) -> list[models.Model]:
    """Return the rows of a guide that a person approves together: its passages, then what those cite."""
    passages = list(guide.passages.select_related("line").order_by("position", "pk"))
    shown = [row.pk for row in approvals.page(lambda: passages)]  # what a hidden passage cites, nobody sees
    citations = Citation.objects.filter(passage__in=shown).select_related("source")
    return [guide, *passages, *citations.order_by("passage__position", "passage", "position", "pk")]


def cites(source: Source) -> bool:
    """Say whether a passage that readers see cites a source."""
    return Citation.objects.filter(source=source, is_hidden=False, passage__is_hidden=False).exists()


CITING.append(cites)


def problems(guide: Guide, language: str, known: Lists | None = None) -> list[Problem]:
    """Return what the rules find in a guide with the words that wait for approval; no rule can be set aside."""
    rows = approvals.page(lambda: page_of(Guide.objects.get(pk=guide.pk)))
    said: list[Part] = []
    for row in rows:
        if not isinstance(row, Citation):
            said += _parts(row, language)
    text = Text(
        language,
        said,
        known or read_lists(),
        is_emergency=True,
        spoken=lambda words: quotes.plain(words, language),
    )
    return [*problems_of_text(text), *unknown_sources(text), *unknown_tokens(text)]


def _parts(row: models.Model, language: str) -> list[Part]:
    """Return what a guide or one of its passages says; the sounds of English words are no text to grade."""
    if isinstance(row, Passage):
        heading = getattr(row, languages.column("heading", language)) or row.anchor
        return parts(row, {"heading": _("Heading"), "text": heading}, language)
    return parts(row, {"title": _("Title"), "summary": _("Summary")}, language)


def without_approval() -> list[Guide]:
    """Return the guides that lack a named approval of what readers see in some language."""
    found = []
    for guide in Guide.objects.order_by("pk"):
        shown = [row for row in page_of(guide) if not getattr(row, "is_hidden", False)]
        if any(approvals.lacking(shown).values()):
            found.append(guide)
    return found


@register(Tags.security, deploy=True)
def guides_are_approved(app_configs, **kwargs):
    """Fail `check --deploy` while an emergency guide lacks a named approval."""
    if Guide._meta.db_table not in connection.introspection.table_names():
        return []
    sentence = "Have a second person approve the emergency guide “{}” in every language: {}"
    return [
        Error(
            sentence.format(guide.topic, reverse("admin:overdose_guide_approve", args=[guide.pk])),
            id="overdose.E001",
        )
        for guide in without_approval()
    ]
