"""Test the acceptance cases about verification by their ids, with their fixtures and their day."""

import datetime
import re
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from newsletter.models import Subscriber
from portal.accounts import roles
from portal.articles.models import Article
from resources import freshness
from resources.actions import rebuild_search, record_verification
from resources.models import ServiceAtLocation
from tests.portal.articles.factories import ArticleFactory
from tests.resources.factories import ListingFactory, LocationFactory, ProvenanceFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 12, 1, 17, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 12, 1)


@pytest.fixture
def caller():
    """Somebody with the role "directory caller"."""
    roles.sync()
    user = UserFactory(username="ana", language="en")
    user.groups.add(Group.objects.get(name="directory caller"))
    return user


def call(listing, outcome, caller, day):
    return record_verification(
        listing=listing,
        method="phone",
        outcome=outcome,
        by=caller,
        at=NOON.replace(month=day.month, day=day.day),
        fields=["phone", "hours"] if outcome == "reached" else (),
    )


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def results(client, text):
    """Return the names in the list of results, in their order."""
    html = client.get("/en/find/", {"q": text}).content.decode()
    main = html[html.index("<main") : html.index("</main>")].partition('id="read"')[0]
    return [unescape(name.strip()) for name in re.findall(r"<h3[^>]*>\s*<a [^>]+>([^<]+)</a>", main)]


def state(listing, day=TODAY):
    return freshness.check_of(ServiceAtLocation.objects.for_page().get(pk=listing.pk), day).state


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Checked by the department by phone on November 21, 2026: phone, hours."),
        ("es", "Verificado por el departamento por teléfono el 21 de noviembre de 2026: teléfono, horario."),
    ],
)
def test_a17_the_page_the_results_and_the_text_say_the_check_in_the_same_words(client, listings, language, sentence):
    listing = listings["R1"]

    page = client.get(listing.url(language))
    text = client.get(f"/h/{listing.short_code}-{language}.txt")

    assert 'href="tel:+1-860-555-0100"' in page.content.decode()
    assert sentence in text_of(page)
    assert sentence in text.content.decode()


def test_a17_the_results_say_the_check_in_the_same_words(client, listings):
    response = client.get("/en/find/", {"q": "methadone near 06112"})

    assert "Checked by the department by phone on November 21, 2026: phone, hours." in text_of(response)


def test_a17_a_listing_is_due_from_the_61st_day(listings, fixed_day):
    days = {day: state(listings["R1"], day) for day in (datetime.date(2027, 1, 20), datetime.date(2027, 1, 21))}

    assert list(days.values()) == ["ageing", "due"]


def test_a18_a_stale_listing_comes_after_every_fresh_one_and_says_so(client, listings):
    near = {"latitude": 41.7905, "longitude": -72.6945}  # 0.1 miles from the middle of 06112
    stale = listings["R4"]
    ServiceAtLocation.objects.filter(pk=stale.pk).update(codes=[*stale.codes, "OTP", "METH"])
    for field, value in near.items():
        setattr(stale.location, field, value)
    stale.location.save()
    rebuild_search()

    names = results(client, "methadone near 06112")

    html = client.get("/en/find/", {"q": "methadone near 06112"}).content.decode()
    (card,) = (part for part in re.findall(r"<article.*?</article>", html, re.S) if "Detox" in part)
    assert names == ["OTP North", "OTP South", "OTP East", "Detox"]
    assert "Not checked since August 23, 2026. Call first." in card
    assert "open now" not in card.lower()


def test_a19_no_answer_makes_it_due_and_a_wrong_number_on_two_days_takes_it_off(client, listings, caller):
    listing, days = listings["R8"], [datetime.date(2026, 11, day) for day in (26, 27, 28, 29)]
    before = state(listing, days[0])
    for day in days[:2]:
        call(listing, "no answer", caller, day)
    unanswered = (state(listing, days[1]), "OTP East" in results(client, "methadone near 06112"))
    call(listing, "wrong number", caller, days[2])
    flagged = (state(listing, days[2]), "OTP East" in results(client, "methadone near 06112"))

    call(listing, "wrong number", caller, days[3])

    page = client.get(listing.url("en"))
    history = list(listing.verifications.order_by("at").values_list("outcome", flat=True))
    client.force_login(UserFactory(username="boss", is_superuser=True, language="en"))
    home = text_of(client.get("/admin/"))
    assert (before, unanswered, flagged) == ("fresh", ("due", True), ("due", True))
    assert (state(listing), listing.withdrawn_on) == ("withdrawn", days[3])
    assert results(client, "methadone near 06112") == ["OTP North", "OTP South"]
    assert page.status_code == 200
    assert "We took this place off our list on November 29, 2026" in text_of(page)
    assert "OTP North" in text_of(page)
    assert history == ["reached", "no answer", "no answer", "wrong number", "wrong number"]
    assert "1 Places off the list" in home


def test_a19_the_last_methadone_program_within_10_miles_is_left_to_a_publisher(client, listings, caller):
    for name in ("R1", "R2"):
        ServiceAtLocation.objects.filter(pk=listings[name].pk).update(withdrawn_on=TODAY)
    listing = listings["R8"]

    for day in (datetime.date(2026, 11, 28), datetime.date(2026, 11, 29)):
        call(listing, "wrong number", caller, day)
    rebuild_search()

    client.force_login(UserFactory(username="boss", is_superuser=True, language="en"))
    home = text_of(client.get("/admin/"))
    assert (listing.withdrawn_on, listing.withdrawal_held_on) == (None, datetime.date(2026, 11, 29))
    assert results(client, "methadone near 06112") == ["OTP East"]
    assert "1 To take off the list, or to keep" in home


def own_text(client, listing):
    """Return what the page says of the listing itself, without its neighbours."""
    return text_of(client.get(listing.url("en"))).partition("Places like it nearby")[0]


def test_a34_what_came_from_a_file_is_not_checked_until_somebody_called(client, listings, caller):
    imported = ListingFactory(name="R11", codes=["OTP", "METH"], location=LocationFactory())
    ProvenanceFactory(listing=imported)
    rebuild_search()
    said_by_provider = record_verification(
        listing=imported, method="provider link", outcome="reached", by=None, at=NOON, fields=["phone"]
    )
    before = own_text(client, imported)

    call(imported, "reached", caller, TODAY)

    after = own_text(client, imported)
    assert said_by_provider.pk is not None
    assert "Checked by the department" not in before
    assert "From SAMHSA’s 2022 list. We have not called. Call first." in before
    assert "Checked by the department by phone on December 1, 2026: phone, hours." in after


def test_a72_a_directory_caller_records_a_call_and_neither_publishes_nor_sees_subscribers(client, listings, caller):
    listing = listings["R4"]
    article = ArticleFactory(draft=True)
    client.force_login(caller)

    recorded = client.post(
        reverse("admin:resources_call", args=[listing.pk]),
        {
            "method": "phone",
            "outcome": "no answer",
            "phone_number": "860-555-0100",
            "hours-TOTAL_FORMS": "0",
            "hours-INITIAL_FORMS": "0",
            **dict.fromkeys(("takes_new_patients", "walk_in", "same_day_start", "id_needed"), "unknown"),
            **dict.fromkeys(("asks_immigration", "medicaid", "spanish"), "unknown"),
        },
    )
    refused = {
        client.get(f"/admin/articles/article/{article.pk}/change/").status_code,
        client.post(f"/admin/articles/article/{article.pk}/change/", {"state_en": "published"}).status_code,
        client.get("/admin/newsletter/subscriber/").status_code,
    }

    assert recorded.status_code == 302
    assert listing.verifications.order_by("-at").values_list("outcome", "by").first() == ("no answer", caller.pk)
    assert refused == {403}
    article.refresh_from_db()
    assert article.state_en == Article.State.DRAFT
    assert Subscriber.objects.count() == 0
    assert "Subscribers" not in text_of(client.get("/admin/"))
