"""Test the acceptance case of alerts, by its id."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils.translation import override

from portal.accounts.models import User
from portal.overdose import actions as overdose
from portal.reference.actions import load_starter
from portal.reference.models import Alert, AlertWord
from tests.portal.reference.factories import AlertFactory, AlertSentenceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]

SAID = {
    "en": "Many overdoses in Hartford since November 30, 2026.",
    "es": "Muchas sobredosis en Hartford desde el 30 de noviembre de 2026.",
}
PAGES = {
    "en": [
        "/en/",
        "/en/learn/",
        "/en/find/",
        "/en/find/?q=methadone",
        "/en/overdose/",
        "/en/newsletter/",
        "/en/nothing/",
    ],
    "es": ["/es/", "/es/aprender/", "/es/buscar/", "/es/buscar/?q=metadona", "/es/sobredosis/", "/es/nada/"],
}


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def without(client, language):
    """Return the pages of a language, its feed and the API's answer that do not say the sentence."""
    with override(language):
        feed = reverse("reference:alerts-feed")
    answers = {path: text_of(client.get(path)) for path in [*PAGES[language], feed]}
    services = client.get(f"/api/hsds/services?language={language}").json()["contents"]
    answers["api"] = " ".join({service.get("alert", "") for service in services})
    return {path for path, text in answers.items() if SAID[language] not in text}


@pytest.fixture
def publisher(client):
    person = User.objects.create_superuser("publisher", password="x")
    client.force_login(person)
    return person


def test_a73_an_emergency_banner_is_everywhere_in_both_languages_at_once_and_one_person_takes_it_down(
    client, listings, publisher
):
    load_starter()
    overdose.load_starter()
    sentence = AlertSentenceFactory(approved=True)
    everywhere = {code: {*PAGES[code], "api"} for code in SAID}
    silent = {code: without(client, code) for code in SAID}

    form = {
        "kind": "emergency",
        "sentence": sentence.pk,
        "area": AlertWord.objects.get(code="hartford").pk,
        "day": "2026-11-30",
        "starts_at_0": "2026-11-30",
        "starts_at_1": "09:00:00",
        "ends_at_0": "2026-12-05",
        "ends_at_1": "09:00:00",
    }
    client.post(reverse("admin:reference_alert_add"), form)
    alert = Alert.objects.get()
    only_saved = {code: without(client, code) for code in SAID}
    change = reverse("admin:reference_alert_change", args=[alert.pk])
    client.post(change, {**form, "_publish": "1"})
    published = {code: without(client, code) for code in SAID}
    client.post(change, {"ends_at_0": "2026-12-05", "ends_at_1": "09:00:00", "_take_down": "1"})
    taken_down = {code: without(client, code) for code in SAID}

    assert [set(silent[code]) >= everywhere[code] for code in SAID] == [True, True]
    assert only_saved == silent
    assert published == {"en": set(), "es": set()}
    assert taken_down == silent
    assert LogEntry.objects.filter(object_id=alert.pk, change_message__contains="hidden_at").count() == 1


@pytest.mark.parametrize("count", [0, 3])
def test_a73_alerts_cost_a_page_no_query_of_their_own(client, count, django_assert_num_queries):
    AlertFactory.create_batch(count, out=True)
    client.get("/en/about/")  # what does not change is kept in the process

    with django_assert_num_queries(1):
        client.get("/en/about/")
