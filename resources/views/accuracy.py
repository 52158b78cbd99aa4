"""Show in public how exact the directory is, month by month."""

import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..models import AccuracySample
from ..stats.accuracy import months


@require_safe
def accuracy(request):
    """Show what each month's calls found, and how the places were drawn."""
    measured = months()
    published = [month for month in measured if month.sample.published_at]
    running = [month for month in measured if not month.sample.published_at]
    return render(request, "resources/accuracy.html", {"months": published, "running": running})


@require_safe
def draw(request, year, month):
    """Give seed and numbers of a published sample as plain text, with which anybody can repeat the draw."""
    try:
        sample = AccuracySample.objects.published().get(month=datetime.date(year, month, 1))
    except (ValueError, OverflowError, AccuracySample.DoesNotExist) as error:
        raise Http404 from error
    drawn = sample.listings.order_by("position").values_list("listing__short_code", flat=True)
    lines = [
        f"seed: {sample.seed}",
        f"drawn at: {timezone.localtime(sample.drawn_at).isoformat(timespec='seconds')}",
        f"drawn: {' '.join(map(str, drawn))}",
        f"drawn from: {' '.join(map(str, sample.drawn_from))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
