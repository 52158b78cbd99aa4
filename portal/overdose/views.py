"""Show an emergency guide whole on one page, in its order."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import override
from django.views.decorators.http import require_safe

from portal.editorial.translations import staleness, with_staleness
from portal.lib import languages
from portal.reference.citations import Citations
from portal.reference.quotes import Quotes

from .models import Guide, Passage


@dataclass
class Part:
    """A passage with its place on the page; only a step has a number and neighbours."""

    passage: Passage
    text: SafeString
    cited: SafeString
    number: int | None = None
    before: Passage | None = None
    after: Passage | None = None


@require_safe
def guide(request, topic):
    """Show the guide: its steps with the ways between them, its sections and its sources."""
    found = get_object_or_404(with_staleness(Guide.objects.for_page(), languages.current()), topic=topic)
    if not found.title:  # a new language: the steps in another one help, an empty page does not
        with override(languages.complete()[0]):
            return redirect(found.get_absolute_url())
    return render(request, "overdose/guide.html", _shown(found))


def _shown(found):
    """Return what the page of a guide shows."""
    sources = {citation.source.code: citation.source for shown in found.shown for citation in shown.citations.all()}
    citations = Citations(sources.values())
    quotes = Quotes(languages.current())
    parts = _parts(found.shown, citations, quotes)
    by_kind = {part.passage.kind: part for part in parts}
    return {
        "guide": found,
        "stale": staleness(found.staleness),
        "parts": parts,
        "step_count": sum(part.number is not None for part in parts),
        "check": by_kind.get(Passage.Kind.CHECK),
        "not_breathing": by_kind.get(Passage.Kind.NOT_BREATHING),
        "breathing": by_kind.get(Passage.Kind.BREATHING),
        "words": quotes.words,
        "references": citations.entries,
        "updated_at": max([found.updated_at, *(shown.updated_at for shown in found.shown)]),
    }


def _parts(passages: list[Passage], citations: Citations, quotes: Quotes) -> list[Part]:
    """Join each passage to what it quotes and to the numbers of its sources, and each step to the steps beside it."""
    parts = []
    for passage in passages:
        codes = [citation.source.code for citation in passage.citations.all()]
        cited = citations.link(f"[{', '.join(codes)}]" if codes else "")
        parts.append(Part(passage, citations.link(quotes.fill(passage.text)), cited))
    steps = [part for part in parts if part.passage.is_step]
    for number, part in enumerate(steps, start=1):
        part.number = number
        part.before = steps[number - 2].passage if number > 1 else None
        part.after = steps[number].passage if number < len(steps) else None
    return parts
