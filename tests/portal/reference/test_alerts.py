import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.editorial.approvals import OwnChangeError, RefusedError
from portal.editorial.models import Removal
from portal.reference.actions import approve_sentence
from portal.reference.alerts import hide, out_now, out_state, publish, said
from portal.reference.models import Alert
from tests.portal.articles.factories import SourceFactory

from .factories import AlertFactory, AlertSentenceFactory, AlertWordFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]


def test_a_sentence_says_the_same_in_each_language():
    alert = AlertFactory(
        sentence__text_en="In {area} on {day}: {product}.", sentence__text_es="{product}: {area}, {day}."
    )
    alert.product = AlertWordFactory(blank="product", text_en="fentanyl", text_es="fentanilo")

    assert said(alert, "en") == "In the North End on November 30, 2026: fentanyl."
    assert said(alert, "es") == "fentanilo: el North End, 30 de noviembre de 2026."


def test_publishing_fixes_the_words_in_every_language_at_once():
    alert, by = AlertFactory(), StaffFactory()

    publish(alert=alert, by=by, at=timezone.now())
    alert.sentence.text_en = alert.sentence.text_es = "Something else."
    alert.sentence.save()

    alert.refresh_from_db()
    assert (alert.text_en, alert.text_es, alert.published_by) == (
        "Many overdoses in the North End since November 30, 2026.",
        "Muchas sobredosis en el North End desde el 30 de noviembre de 2026.",
        by,
    )
    assert (out_now(timezone.now(), "en"), out_now(timezone.now(), "es")) == (alert.text_en, alert.text_es)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sentence__approved_by": None, "sentence__approved_on": None},
        {"area": None},
        {"day": None},
        {"ends_at": datetime.datetime(2026, 12, 1, 14, 59, tzinfo=datetime.UTC)},
    ],
)
def test_what_is_not_ready_is_not_published(wrong):
    alert = AlertFactory(**wrong)

    with pytest.raises(RefusedError):
        publish(alert=alert, by=StaffFactory(), at=timezone.now())

    assert not Alert.objects.out().exists()


def test_one_person_takes_an_alert_down_and_the_record_says_who():
    alert, by = AlertFactory(out=True), StaffFactory()

    assert hide(alert=alert, by=by, at=timezone.now())
    assert not hide(alert=alert, by=StaffFactory(), at=timezone.now())

    alert.refresh_from_db()
    assert (alert.hidden_by, out_now(timezone.now(), "es")) == (by, "")
    assert [(removal.row, removal.by, removal.seen_by) for removal in Removal.objects.all()] == [(alert, by, None)]


def test_only_what_has_begun_and_is_not_over_is_shown():
    now = timezone.now()
    shown = AlertFactory(out=True)
    AlertFactory(out=True, starts_at=now + datetime.timedelta(minutes=1))
    AlertFactory(out=True, ends_at=now)
    AlertFactory()

    assert list(Alert.objects.shown(now)) == [shown]


def test_the_state_of_the_alerts_changes_when_one_begins_ends_or_is_taken_down():
    now = timezone.now()
    alert = AlertFactory(out=True, starts_at=now, ends_at=now + datetime.timedelta(hours=2))
    minute, hour = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)

    states = [out_state(now - minute), out_state(now), out_state(now + hour), out_state(now + 3 * hour)]
    hide(alert=alert, by=StaffFactory(), at=now + minute)
    states.append(out_state(now + hour))

    assert [state == states[1] for state in states] == [False, True, True, False, False]
    assert [moment for moment, _state in states[1:]] == [now, now, now + 2 * hour, now + minute]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "supply", "area": None, "source": True},
        {"kind": "supply", "source": None},
        {"ends_at": datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)},
        {"out": True, "text_es": ""},
        {"published_at": datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)},
    ],
)
def test_the_database_refuses_half_an_alert(wrong):
    source = {"source": SourceFactory()} if wrong.get("source") else {}

    with pytest.raises(IntegrityError), transaction.atomic():
        AlertFactory(**{**wrong, **source})


@pytest.mark.parametrize(
    ("texts", "column"),
    [
        ({"text_en": "{date}", "text_es": "{date}"}, "text_en"),
        ({"text_en": "{area} {day}", "text_es": "{area}"}, "text_es"),
    ],
)
def test_a_sentence_has_the_same_known_blanks_in_each_language(texts, column):
    with pytest.raises(ValidationError) as refused:
        AlertSentenceFactory.build(**texts).clean()

    assert list(refused.value.message_dict) == [column]


def test_nobody_approves_the_own_sentence():
    writer, other = StaffFactory(), StaffFactory()
    sentence = AlertSentenceFactory(written_by=writer)

    with pytest.raises(OwnChangeError):
        approve_sentence(sentence=sentence, by=writer, on=timezone.localdate())
    approve_sentence(sentence=sentence, by=other, on=timezone.localdate())

    sentence.refresh_from_db()
    assert sentence.approved_by == other
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertSentenceFactory(written_by=writer, approved_by=writer, approved_on=timezone.localdate())


def test_words_fill_only_their_own_blank():
    alert = AlertFactory(area=AlertWordFactory(blank="product"))

    with pytest.raises(ValidationError) as refused:
        alert.clean()

    assert list(refused.value.message_dict) == ["area"]
