"""Count what people look for in vain, so that staff see the gaps and nobody can be told from them."""

import datetime
import re

from django.conf import settings
from django.db import connection
from django.db.models import OuterRef, Subquery, Sum
from django.utils.crypto import salted_hmac

from ..models import UnmetSearch, UnmetTerm

DAYS = 30
LEAST = 5  # searches within the days before their words are kept
LONGEST = 40
MOST_A_DAY = 5000  # kinds of searches that are counted; a flood of made-up words fills no disk
_NEVER = re.compile(r"[\d@]")

# Count one more, and return how many there are within the days.
_COUNT = """
WITH counted AS (
  INSERT INTO resources_unmetsearch AS old (day, language, digest, count)
  SELECT %(day)s, %(language)s, %(digest)s, 1
  WHERE (SELECT count(*) FROM resources_unmetsearch WHERE day = %(day)s) < %(most)s
    OR EXISTS (SELECT FROM resources_unmetsearch
               WHERE day = %(day)s AND language = %(language)s AND digest = %(digest)s)
  ON CONFLICT (day, language, digest) DO UPDATE SET count = old.count + 1 RETURNING old.count
)
SELECT sum(count) FROM (
  SELECT count FROM counted UNION ALL SELECT count FROM resources_unmetsearch
  WHERE language = %(language)s AND digest = %(digest)s AND day > %(since)s AND day < %(day)s
) AS days"""


def count_unmet(term: str, *, language: str, on: datetime.date) -> None:
    """Count a search that found no place, under a keyed hash; keep its words from the fifth within 30 days on.

    Words with a digit or an @, or longer than 40 characters, may name a person and leave nothing. A day counts so many
    kinds of searches and no more.
    """
    if not term or len(term) > LONGEST or _NEVER.search(term):
        return
    digest = salted_hmac("unmet", term, secret=settings.HASH_KEY, algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        since = on - datetime.timedelta(days=DAYS)
        cursor.execute(_COUNT, {"day": on, "since": since, "language": language, "digest": digest, "most": MOST_A_DAY})
        (total,) = cursor.fetchone()
    if total and total >= LEAST:
        UnmetTerm.objects.bulk_create([UnmetTerm(language=language, digest=digest, term=term)], ignore_conflicts=True)


def searches(on: datetime.date):
    """Return the counts of the 30 days up to this one."""
    return UnmetSearch.objects.filter(day__gt=on - datetime.timedelta(days=DAYS), day__lte=on)


def in_vain(on: datetime.date):
    """Return the words that at least five searches of the last 30 days had, with their `searches`."""
    own = searches(on).filter(language=OuterRef("language"), digest=OuterRef("digest")).order_by()
    counted = own.values("digest").annotate(all=Sum("count")).values("all")
    return UnmetTerm.objects.annotate(searches=Subquery(counted)).filter(searches__gte=LEAST)


def forget_old_searches(*, on: datetime.date) -> int:
    """Delete the counts that are older than 30 days, and the words that have no longer five; return how many rows."""
    old, _kinds = UnmetSearch.objects.exclude(pk__in=searches(on)).filter(day__lt=on).delete()
    few, _kinds = UnmetTerm.objects.exclude(pk__in=in_vain(on).values("pk")).delete()
    return old + few
