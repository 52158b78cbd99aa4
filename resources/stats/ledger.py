"""Sum up the reports of mistakes, for the public ledger."""

import math
from dataclasses import dataclass
from statistics import median

from django.db.models import Count
from django.utils import timezone

from ..models import Correction

State = Correction.State


@dataclass(frozen=True)
class Ledger:
    """How many reports came and what became of them; `days` is the median until the answer, None before the first."""

    told: int
    accepted: int
    refused: int
    waiting: int
    days: int | None
    kinds: list[tuple[str, str, int]]  # (field, its words, how many were accepted), the most frequent first


def summary() -> Ledger:
    """Return the sums of all reports, in two queries."""
    by_state: dict[str, int] = {}
    by_field: dict[str, int] = {}
    for state, field, count in Correction.objects.values_list("state", "field").annotate(Count("pk")):
        by_state[state] = by_state.get(state, 0) + count
        if state == State.ACCEPTED:
            by_field[field] = count
    kinds = [(field.value, str(field.label), by_field[field]) for field in Correction.Field if field in by_field]
    return Ledger(
        told=sum(by_state.values()),
        accepted=by_state.get(State.ACCEPTED, 0),
        refused=by_state.get(State.REFUSED, 0),
        waiting=by_state.get(State.OPEN, 0),
        days=_median_days(),
        kinds=sorted(kinds, key=lambda kind: -kind[2]),
    )


def _median_days() -> int | None:
    """Return the days within which half of the reports were answered, rounded up so that it never flatters."""
    decided = Correction.objects.exclude(closed_at=None).values_list("reported_on", "closed_at")
    days = [(timezone.localdate(closed_at) - reported_on).days for reported_on, closed_at in decided]
    return math.ceil(median(days)) if days else None
