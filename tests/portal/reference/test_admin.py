import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from portal.accounts import roles
from portal.accounts.models import User
from portal.reference.models import Alert, AlertSentence, Fact

from .factories import AlertFactory, AlertSentenceFactory, AlertWordFactory, FactFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]

ALERT = {
    "kind": "emergency",
    "day": "2026-11-30",
    "starts_at_0": "2026-11-30",
    "starts_at_1": "09:00:00",
    "ends_at_0": "2026-12-05",
    "ends_at_1": "09:00:00",
}


@pytest.fixture
def person(client):
    roles.sync()

    def log_in(role):
        user, _created = User.objects.get_or_create(username=role.replace(" ", "-"), is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return user

    return log_in


def change(client, fact, **fields):
    """Save the form of a fact as it stands but for these fields."""
    form = {
        "kind": fact.kind,
        "name_en": fact.name_en,
        "name_es": fact.name_es,
        "proposed_en": fact.proposed_en or "",
        "proposed_es": fact.proposed_es or "",
        "source": fact.source_id,
        "source_date": fact.source_date.isoformat(),
        "expires_on": fact.expires_on.isoformat(),
        "approval_note": fact.approval_note,
    }
    response = client.post(reverse("admin:reference_fact_change", args=[fact.pk]), {**form, **fields})
    fact.refresh_from_db()
    return response


def test_a_changed_dose_waits_for_another_person(client, person):
    fact = FactFactory(approved=True)
    reviewer = person("medical reviewer")
    change(client, fact, proposed_en="5 minutes", proposed_es="5 minutos", _approve="1")
    own = (fact.value_en, fact.changed_by)
    publisher = person("publisher")
    change(client, fact, _approve="1")

    assert own == ("2 to 3 minutes", reviewer)
    assert (fact.value_en, fact.value_es, fact.approved_by, fact.has_change) == (
        "5 minutes",
        "5 minutos",
        publisher,
        False,
    )


def test_a_change_that_somebody_made_meanwhile_is_not_approved_unseen(client, person):
    fact = FactFactory(approved=True, proposed_en="5 minutes", proposed_es="5 minutos")
    person("publisher")
    seen = Fact.objects.get(pk=fact.pk)
    Fact.objects.filter(pk=fact.pk).update(proposed_en="50 minutes", proposed_es="50 minutos")

    change(client, seen, proposed_en="5 minutes", proposed_es="5 minutos", _approve="1")

    assert Fact.objects.get().value_en == "2 to 3 minutes"


def test_a_number_changed_by_who_may_approve_is_on_the_pages_at_once(client, person):
    fact = FactFactory(kind="number", approved=True)
    publisher = person("publisher")

    change(client, fact, proposed_en="990", proposed_es="990")

    assert (fact.value_en, fact.has_change, fact.approved_by) == ("990", False, publisher)


def test_a_writer_proposes_and_does_not_approve(client, person):
    fact = FactFactory(kind="number", approved=True)
    writer = person("writer")

    change(client, fact, proposed_en="990", proposed_es="990", _approve="1")

    assert (fact.value_en, fact.changed_by) == ("2 to 3 minutes", writer)


def test_a_change_in_one_language_is_refused(client, person):
    fact = FactFactory(approved=True)
    person("writer")

    response = change(client, fact, proposed_en="5 minutes")

    assert response.status_code == 200
    assert "both go on the pages together" in response.content.decode()
    assert not fact.has_change


def test_only_who_may_approve_says_that_counsel_is_not_needed(client, person):
    fact = FactFactory(kind="law", needs_counsel=True)
    person("writer")

    change(client, fact)

    assert fact.needs_counsel


def test_what_pages_quote_is_not_deleted(client, person):
    fact = FactFactory()
    person("publisher")

    response = client.post(reverse("admin:reference_fact_delete", args=[fact.pk]), {"post": "yes"})

    assert response.status_code == 403
    assert Fact.objects.filter(pk=fact.pk).exists()


def test_a_changed_sentence_must_be_approved_again_by_another(client, person):
    sentence = AlertSentenceFactory(approved=True)
    address = reverse("admin:reference_alertsentence_change", args=[sentence.pk])
    form = {"code": sentence.code, "kind": "emergency", "text_en": "New in {area}.", "text_es": "Nuevo en {area}."}
    publisher = person("publisher")

    client.post(address, {**form, "_approve": "1"})
    own = AlertSentence.objects.get()
    reviewer = person("medical reviewer")
    client.post(address, {**form, "_approve": "1"})

    assert (own.written_by, own.approved_by) == (publisher, None)
    assert AlertSentence.objects.get().approved_by == reviewer


def test_a_writer_prepares_an_alert_and_does_not_publish_it(client, person):
    sentence, area = AlertSentenceFactory(approved=True), AlertWordFactory()
    person("writer")

    client.post(reverse("admin:reference_alert_add"), {**ALERT, "sentence": sentence.pk, "area": area.pk})
    alert = Alert.objects.get()
    address = reverse("admin:reference_alert_change", args=[alert.pk])
    client.post(address, {**ALERT, "sentence": sentence.pk, "area": area.pk, "_publish": "1"})

    assert not Alert.objects.out().exists()


def test_a_sentence_nobody_approved_is_not_offered(client, person):
    sentence, area = AlertSentenceFactory(), AlertWordFactory()
    person("publisher")

    response = client.post(reverse("admin:reference_alert_add"), {**ALERT, "sentence": sentence.pk, "area": area.pk})

    assert list(response.context["adminform"].form.errors) == ["sentence"]


def test_what_was_published_keeps_its_words_and_is_not_deleted(client, person):
    alert = AlertFactory(out=True)
    person("publisher")

    changed = {"day": "2026-10-01", "ends_at_0": "2026-12-03", "ends_at_1": "09:00:00"}
    client.post(reverse("admin:reference_alert_change", args=[alert.pk]), changed)
    deleted = client.post(reverse("admin:reference_alert_delete", args=[alert.pk]), {"post": "yes"})

    now = Alert.objects.get()
    assert (now.day, now.ends_at.day, deleted.status_code) == (alert.day, 3, 403)


def test_alerts_are_taken_down_from_the_list(client, person):
    alerts = AlertFactory.create_batch(2, out=True)
    publisher = person("publisher")

    data = {"action": "take_down", "_selected_action": [alert.pk for alert in alerts]}
    client.post(reverse("admin:reference_alert_changelist"), data)

    assert set(Alert.objects.values_list("hidden_by", flat=True)) == {publisher.pk}
