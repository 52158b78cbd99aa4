import datetime

import pytest
from django.urls import reverse

from portal.editorial.models import PendingChange
from portal.reference.models import Line
from tests.portal.overdose.factories import GuideFactory, LineFactory, SourceFactory
from tests.portal.staff import approve, browser, filled_in, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return LineFactory(slug="access", name_en="Access", name_es="Acceso", phone="(860) 555-0100", position=1)


def change(user, line, **values):
    client, address = browser(user), reverse("admin:reference_line_change", args=[line.pk])
    return client.post(address, filled_in(client.get(address)) | values)


def test_a_number_nobody_has_called_is_not_confirmed_any_more(line):
    writer, second = person("publisher", "ana"), person("medical reviewer")
    Line.objects.filter(pk=line.pk).update(confirmed_by=writer, confirmed_on=datetime.date(2026, 11, 1))
    change(writer, line, phone="(860) 555-0199")

    for language in ("en", "es"):
        approve(second, reverse("admin:reference_line_approve", args=[line.pk]), language)

    line.refresh_from_db()
    assert (line.phone, line.confirmed_by, line.confirmed_on) == ("(860) 555-0199", None, None)


def test_a_wrong_number_is_refused_by_its_field_and_nothing_waits(line):
    answer = change(person("publisher"), line, phone="call us")

    assert list(answer.context["adminform"].form.errors) == ["phone"]
    assert not PendingChange.objects.exists()


def test_the_form_shows_the_number_that_waits(line):
    writer = person("publisher")
    change(writer, line, phone="(860) 555-0199")

    page = browser(writer).get(reverse("admin:reference_line_change", args=[line.pk]))

    assert page.context["adminform"].form["phone"].value() == "(860) 555-0199"
    assert "A change waits for a second person." in page.content.decode()


def test_a_new_line_is_hidden_until_a_second_person_has_approved_it(client):
    form = {
        "slug": "new",
        "phone": "(860) 555-0177",
        "position": 1,
        "source": SourceFactory().pk,
        "source_date": "2026-11-01",
        **{f"{name}_{code}": "New" for name in ("name", "purpose", "how") for code in ("en", "es")},
    }
    browser(person("publisher")).post(reverse("admin:reference_line_add"), form)
    before = "555-0177" in client.get("/en/").content.decode()
    new = Line.objects.get(slug="new")

    for language in ("en", "es"):
        approve(person("medical reviewer", language), reverse("admin:reference_line_approve", args=[new.pk]), language)

    assert (before, "555-0177" in client.get("/en/").content.decode()) == (False, True)


def test_a_shown_line_is_not_deleted_but_hidden(line):
    client = browser(person("publisher"))
    address = reverse("admin:reference_line_delete", args=[line.pk])
    shown = client.post(address, {"post": "yes"}).status_code
    client.post(reverse("admin:reference_line_changelist"), {"action": "hide", "_selected_action": [line.pk]})

    hidden = client.post(address, {"post": "yes"}).status_code

    assert (shown, hidden, Line.objects.filter(pk=line.pk).exists()) == (403, 302, False)


def test_who_may_not_change_lines_can_neither_approve_nor_hide_one(line):
    client = browser(person("writer"))

    assert client.get(reverse("admin:reference_line_approve", args=[line.pk])).status_code == 403
    assert client.post(reverse("admin:reference_line_hide", args=[line.pk])).status_code == 403


def test_hiding_by_a_plain_link_does_nothing(line):
    assert browser(person("publisher")).get(reverse("admin:reference_line_hide", args=[line.pk])).status_code == 403
    assert Line.objects.get(pk=line.pk).is_hidden is False


def test_a_guide_whose_line_is_hidden_shows_no_button(client, line):
    GuideFactory(line=line)
    before = "tel:" in main(client)
    Line.objects.filter(pk=line.pk).update(is_hidden=True)

    assert (before, "tel:" in main(client)) == (True, False)


def main(client):
    return client.get("/en/overdose/").content.decode().partition("<main")[2].partition("</main")[0]
