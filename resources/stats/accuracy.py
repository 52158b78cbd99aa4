"""Reckon the figures of the public accuracy page."""

from dataclasses import dataclass

from django.db.models import Count, Q

from ..models import AccuracySample
from .interval import Share, share


@dataclass(frozen=True)
class Month:
    """One month's measurement: what was drawn, and of it how much was right."""

    sample: AccuracySample
    size: int
    scored: int
    unreached: int
    exact: Share | None
    functional: Share | None
    spanish: Share | None


def months() -> list[Month]:
    """Return the measurements, the newest first, in one query; one not finished yet has no shares."""
    score = {
        "size": Count("listings"),
        "scored": Count("listings", Q(listings__scored_at__isnull=False)),
        "unreached": Count("listings", Q(listings__scored_at__isnull=False, listings__answers={})),
        "exact": Count("listings", Q(listings__is_exact=True)),
        "functional": Count("listings", Q(listings__is_functional=True)),
        "spanish": Count("listings", Q(listings__is_spanish_right=True)),
        "stated": Count("listings", Q(listings__is_spanish_right__isnull=False)),
    }
    samples = AccuracySample.objects.defer("drawn_from").annotate(**score)
    return [_month(sample) for sample in samples.order_by("-month")]


def _month(sample) -> Month:
    is_public = sample.published_at is not None
    return Month(
        sample=sample,
        size=sample.size,
        scored=sample.scored,
        unreached=sample.unreached,
        exact=share(sample.exact, sample.size) if is_public else None,
        functional=share(sample.functional, sample.size) if is_public else None,
        spanish=share(sample.spanish, sample.stated) if is_public else None,
    )
