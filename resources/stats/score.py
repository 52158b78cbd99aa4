"""Score the listings of a sample by what a caller hears: once, and never by who checked the listing last."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ..models import AccuracySample, Change, SampledListing, Verification
from .shown import FIELDS

# What has to be right for somebody to start care there. What the page does not state is not scored.
FUNCTIONAL = ("open", "phone", "services", "new_patients")
SPANISH = "spanish"
MOST_TRIES = 3
SCORE = "score"  # how the history names a corrected score, the month after it


class NotAllowedError(Exception):
    """This score may not be written: by this person, today, or any more."""


def stated(row: SampledListing) -> list[str]:
    """Return the fields that the page stated, in their order."""
    return [field for field in FIELDS if any(field in words for words in row.shown.values())]


def may_score(row: SampledListing, by) -> bool:
    """Say whether this person is somebody else than who last checked the listing."""
    return _last_verifier(row) != by.pk


def next_for(sample: AccuracySample, by, at: datetime.datetime) -> SampledListing | None:
    """Return the first listing that this person may score now: not tried today, and last checked by somebody else."""
    rest = _open(sample.listings.all(), timezone.localdate(at)).order_by("tries", "position", "pk")
    return next((row for row in rest if may_score(row, by)), None)


@transaction.atomic
def record_score(*, row: SampledListing, answers: Mapping[str, bool], by, at: datetime.datetime) -> None:
    """Write the score of a listing that was reached: which of the stated fields were right.

    Raises `NotAllowedError` for the last verifier, and where there is a score already.
    """
    _refuse_last_verifier(row, by)
    given = {field: bool(answers[field]) for field in stated(row)}
    _close(row, answers=given, by=by, at=at, tries=F("tries") + 1, **_scores(given))


@transaction.atomic
def record_try(*, row: SampledListing, by, at: datetime.datetime) -> None:
    """Note that nobody was reached; the third such day closes the listing as not functional.

    Raises `NotAllowedError` for the last verifier, on a day that has a try already, and where there is a score.
    """
    _refuse_last_verifier(row, by)
    today = timezone.localdate(at)
    tried = _open(SampledListing.objects.filter(pk=row.pk), today).update(tries=F("tries") + 1, tried_on=today)
    if not tried:
        raise NotAllowedError
    row.refresh_from_db()
    if row.tries >= MOST_TRIES:
        _close(row, answers={}, by=by, at=at, **_scores({}))


@transaction.atomic
def correct_score(*, row: SampledListing, answers: Mapping[str, bool], why: str, by, at: datetime.datetime) -> None:
    """Write another score over the first; no answers: nobody was reached.

    What it was, why and who stand in the listing's history. Raises `NotAllowedError` before there is a score.
    """
    row = SampledListing.objects.select_for_update().select_related("sample").get(pk=row.pk)
    if row.scored_at is None or not why.strip():
        raise NotAllowedError
    before, given = row.answers, {field: bool(answers[field]) for field in stated(row)} if answers else {}
    SampledListing.objects.filter(pk=row.pk).update(answers=given, **_scores(given))
    field = f"{SCORE} {row.sample}"
    Change.objects.create(listing_id=row.listing_id, field=field, before=before, after=given, why=why, at=at, by=by)


def _open(rows: QuerySet, today: datetime.date) -> QuerySet:
    return rows.filter(Q(tried_on=None) | Q(tried_on__lt=today), scored_at=None)


def _scores(answers: Mapping[str, bool]) -> dict:
    """Return what these answers mean; none at all: nobody was reached."""
    return {
        "is_functional": bool(answers) and all(answers.get(field, True) for field in FUNCTIONAL),
        "is_exact": bool(answers) and all(answers.values()),
        "is_spanish_right": answers.get(SPANISH),
    }


def _close(row: SampledListing, *, by, at: datetime.datetime, **columns) -> None:
    """Write the score where there is none, and publish the sample with its last listing: nobody can hold it back."""
    columns |= {"scored_at": at, "scored_by": by, "tried_on": timezone.localdate(at)}
    if not SampledListing.objects.filter(pk=row.pk, scored_at=None).update(**columns):
        raise NotAllowedError
    if not SampledListing.objects.filter(sample=row.sample_id, scored_at=None).exists():
        AccuracySample.objects.filter(pk=row.sample_id, published_at=None).update(published_at=at)
    row.refresh_from_db()


def _refuse_last_verifier(row: SampledListing, by) -> None:
    if not may_score(row, by):
        raise NotAllowedError


def _last_verifier(row: SampledListing) -> int | None:
    newest = Verification.objects.by_the_department().filter(listing=row.listing_id).order_by("-at", "-pk")
    return newest.values_list("by", flat=True).first()
