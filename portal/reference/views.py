"""Show the glossary, and the alerts that are out and were out."""

import datetime

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.lib import languages

from .models import Alert
from .quotes import Word, glossary, sorted_by

WORDS_A_PAGE = 50
EARLIER_FOR = datetime.timedelta(days=365)


@require_safe
def words(request):
    """Show the glossary of the active language by its letters, all of it or one letter."""
    every = sorted(glossary(languages.current()), key=lambda word: sorted_by(word.term))
    chosen = request.GET.get("letter", "")[:1].upper()
    found = [word for word in every if not chosen or _letter(word) == chosen]
    context = {
        "page": Paginator(found, WORDS_A_PAGE).get_page(request.GET.get("page")),
        "letters": sorted({_letter(word) for word in every}),
        "chosen": chosen,
    }
    return render(request, "reference/glossary.html", context)


def _letter(word: Word) -> str:
    return sorted_by(word.term)[:1].upper()


@require_safe
def alerts(request):
    """Show the alerts that are out now with who says so, and those of the last year that are over."""
    now = timezone.now()
    rows = Alert.objects.out().select_related("source", "area")
    earlier = rows.filter(ends_at__lte=now, ends_at__gt=now - EARLIER_FOR).order_by("-ends_at", "pk")
    return render(request, "reference/alerts.html", {"now": list(rows.shown(now)), "earlier": list(earlier[:50])})
