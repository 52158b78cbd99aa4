"""Test what the acceptance cases say of mistakes: told, limited, measured."""

import datetime
import re
from html import unescape

import pytest
from django.db import connection
from django.utils import timezone

from portal.lib import ratelimit
from resources.models import Correction, SampledListing
from resources.stats import draw
from resources.stats.score import record_score, stated
from tests.resources.factories import ListingFactory, UserFactory

pytestmark = pytest.mark.django_db


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def report(client, listing, **answers):
    """Open the page, choose, send: no script runs in this client."""
    page = client.get(f"/en/find/{listing.slug}/wrong/").content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))
    return client.post(f"/en/find/{listing.slug}/wrong/", {**hidden, "field": "phone", **answers}, follow=True)


def names(response):
    return [card.title for card in response.context["cards"]]


def test_a28_a_wrong_number_is_told_without_a_name_and_the_listing_says_so(client, listings):
    before = names(client.get("/en/find/", {"q": "methadone near 06112"}))

    thanks = report(client, listings["R2"])

    main = thanks.content.decode().partition("<main")[2].partition("</main>")[0]
    assert (thanks.status_code, 'href="tel:' in main, f'href="{listings["R2"].url("en")}"' in main) == (200, True, True)
    row = Correction.objects.get()
    assert (row.listing, row.field, row.text, row.due_on) == (listings["R2"], "phone", "", datetime.date(2026, 12, 2))
    assert {field.name for field in Correction._meta.fields} & {"email", "ip", "address", "name", "network"} == set()
    told = "Someone told us on Dec 1 that the phone may be wrong."
    assert f"{told} Not checked yet." in text_of(client.get(listings["R2"].url("en")))
    assert (
        names(client.get("/en/find/", {"q": "methadone near 06112"}))
        == before
        == ["OTP North", "OTP South", "OTP East"]
    )


def test_a28_a_claimed_listing_says_that_it_is_being_checked(client, listings):
    report(client, listings["R2"])

    type(listings["R2"]).objects.filter(pk=listings["R2"].pk).update(
        claimed_by=UserFactory(), claimed_at=timezone.now()
    )

    told = "Someone told us on Dec 1 that the phone may be wrong. It is being checked."
    assert told in text_of(client.get(listings["R2"].url("en")))


def test_a29_the_sixth_report_in_ten_minutes_gets_a_page_with_a_number_to_call(client, listings, fixed_day):
    answers = []
    for _number in range(6):
        answers.append(report(client, listings["R2"]))
        fixed_day.shift(datetime.timedelta(seconds=90))

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    main = answers[-1].content.decode().partition("<main")[2].partition("</main>")[0]
    assert 'href="tel:' in main
    assert Correction.objects.count() == 5


def test_a29_the_key_of_the_limit_is_gone_within_the_hour(client, listings, fixed_day):
    report(client, listings["R2"])
    assert limiter_keys() == 1

    fixed_day.shift(datetime.timedelta(hours=1))
    ratelimit.forget_expired(timezone.now())

    assert limiter_keys() == 0


def limiter_keys():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_cache WHERE cache_key LIKE %s", ["%ratelimit:correction%"])
        return cursor.fetchone()[0]


def test_a75_the_accuracy_page_gives_both_figures_with_their_intervals(client, fixed_day):
    ListingFactory.create_batch(45)
    draw.draw_monthly(timezone.now())
    rows = SampledListing.objects.order_by("position")
    sample = rows[0].sample
    logged = (sample.seed, [row.listing.short_code for row in rows])
    assert logged[1] == draw.chosen(sample.seed, sample.drawn_from, 40)

    fixed_day.shift(datetime.timedelta(days=3))
    score(rows, functional=36, exact=31)

    page = text_of(client.get("/en/accuracy/"))
    sample.refresh_from_db()
    assert "36 of 40: 90.0 % (76.9–96.0)" in page
    assert "31 of 40: 77.5 % (62.5–87.7)" in page
    assert f"Seed of the draw: {sample.seed}" in page
    assert (sample.seed, [row.listing.short_code for row in rows.all()]) == logged
    assert sample.drawn_at < min(row.scored_at for row in rows.all())


def score(rows, *, functional, exact):
    """Call every place of the sample: the first ones are right, those after `functional` have a wrong number."""
    by = UserFactory()
    for row in rows:
        answers = dict.fromkeys(stated(row), True)
        answers |= {"name": row.position <= exact, "open": row.position <= functional}
        record_score(row=row, answers=answers, by=by, at=timezone.now())
