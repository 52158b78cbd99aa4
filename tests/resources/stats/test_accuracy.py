"""Test the public page that says how exact the directory is."""

import datetime
import re
from html import unescape

import pytest
from django.utils import timezone

from resources.models import SampledListing

from ..factories import UserFactory
from .test_score import make_sample, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def publish(month=datetime.date(2026, 12, 1), total=4, exact=2, functional=3, spanish=(1, 2)):
    """Make a measurement: `spanish` is how many were right of how many stated it."""
    sample, by, at = make_sample(total, month), UserFactory(), timezone.now()
    for row in sample.listings.order_by("position"):
        number = row.position
        SampledListing.objects.filter(pk=row.pk).update(
            is_functional=number <= functional,
            is_exact=number <= exact,
            is_spanish_right=(number <= spanish[0]) if number <= spanish[1] else None,
            answers={"name": True},
            scored_at=at,
            scored_by=by,
        )
    sample.published_at = at
    sample.save()
    return sample


@pytest.mark.parametrize("address", ["/en/accuracy/"])
def test_before_any_sample_the_page_says_so(client, address):
    assert "We have not measured yet." in text_of(client.get(address))


def test_while_the_calls_go_on_there_is_no_figure_and_no_seed(client):
    first, _second = make_sample(size=2).listings.order_by("position")
    record(first)

    page = text_of(client.get("/en/accuracy/"))

    assert "The draw for December 2026 is made, and we are calling: 1 of 2 places are done." in page
    assert "4f1c" not in page and "%" not in page
    assert client.get("/en/accuracy/2026-12.txt").status_code == 404


def test_each_month_has_its_figures_the_newest_first(client):
    publish(datetime.date(2026, 11, 1))
    publish()

    response = client.get("/en/accuracy/")

    months = response.context["months"]
    assert [month.sample.month.month for month in months] == [12, 11]
    figures = [(share.part, share.total) for share in (months[0].functional, months[0].exact, months[0].spanish)]
    assert figures == [(3, 4), (2, 4), (1, 2)]
    assert "announced calls" in text_of(response)
    assert len(re.findall('<svg class="share"', response.content.decode())) == 6


def test_a_sample_in_which_no_page_speaks_of_spanish_says_so(client):
    publish(spanish=(0, 0))

    page = text_of(client.get("/en/accuracy/"))

    assert "No page in this sample said whether they speak Spanish." in page


def test_the_published_draw_can_be_taken_home(client):
    sample = publish()
    sample.drawn_from = [1, 2, 3]
    sample.save()

    text = client.get("/en/accuracy/2026-12.txt")

    numbers = sample.listings.order_by("position").values_list("listing__short_code", flat=True)
    assert text.content.decode() == (
        f"seed: 4f1c\ndrawn at: 2026-12-01T10:00:00-05:00\ndrawn: {' '.join(map(str, numbers))}\ndrawn from: 1 2 3\n"
    )


@pytest.mark.parametrize("month", ["2026-13", "2026-0", "0-1", "99999-1", "2026-11"])
def test_a_month_that_is_none_is_not_found(client, month):
    assert client.get(f"/en/accuracy/{month}.txt").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_does_not_grow_in_queries(client, django_assert_max_num_queries, count):
    for number in range(count):
        publish(datetime.date(2026, 12 - number, 1))
    client.get("/en/accuracy/")  # the frame of the page is kept from here on

    with django_assert_max_num_queries(3):
        response = client.get("/en/accuracy/")

    assert len(response.context["months"]) == count
