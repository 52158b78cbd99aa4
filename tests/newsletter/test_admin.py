import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from newsletter import render
from newsletter.actions import checks
from newsletter.models import Campaign, ConsentEvent, ConsentText
from portal.accounts import roles
from portal.accounts.models import User
from portal.lib import languages

from .factories import THEN, CampaignFactory, ConsentTextFactory, DeliveryFactory, SubscriberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]
NO_PARTS = {"blocks-TOTAL_FORMS": "0", "blocks-INITIAL_FORMS": "0"}


@pytest.fixture
def editor(db):
    """Be a newsletter editor, with the rights of the role."""
    user = User.objects.create_user("editor", email="editor@example.org", is_staff=True)
    names = ["view_campaign", "add_campaign", "change_campaign", "view_subscriber", "view_delivery", "send_campaign"]
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="newsletter", codename__in=names))
    return user


@pytest.fixture
def staff(client, editor):
    client.force_login(editor)
    return client


def change(campaign):
    return reverse("admin:newsletter_campaign_change", args=[campaign.pk])


def written(campaign, **more):
    words = {name: getattr(campaign, name) for name in ("subject_en", "subject_es", "body_en", "body_es")}
    return {**words, **NO_PARTS, "kind": campaign.kind, "topic": "", "start_at_0": "", "start_at_1": "", **more}


def after_a_test(**fields):
    """Make a campaign whose words were sent as a test."""
    campaign = CampaignFactory(**fields)
    codes = languages.codes()
    texts = {code: render.campaign_text(campaign=campaign, language=code, at=None) for code in codes}
    Campaign.objects.filter(pk=campaign.pk).update(tested_as=checks.fingerprint(texts))
    return campaign


def told(response):
    return [str(message) for message in response.context["messages"]]


def test_both_languages_stand_beside_each_other(staff):
    page = staff.get(change(CampaignFactory())).content.decode()

    for name in ("subject_en", "subject_es", "body_en", "body_es"):
        assert f'name="{name}"' in page


def test_a_campaign_is_written_in_both_languages(staff):
    response = staff.post(
        reverse("admin:newsletter_campaign_add"),
        {
            "subject_en": "News",
            "subject_es": "Noticias",
            "body_en": "<p>A</p><script>x</script>",
            "body_es": "<p>B</p>",
            "kind": "edition",
            **NO_PARTS,
        },
    )

    campaign = Campaign.objects.get()
    assert response.status_code == 302
    assert (campaign.subject_es, campaign.body_en, campaign.state) == ("Noticias", "<p>A</p>", "draft")


def test_the_start_button_saves_and_lets_the_sender_begin(staff):
    campaign = after_a_test()

    response = staff.post(change(campaign), written(campaign, only_reason="None.", _start="x"), follow=True)

    campaign.refresh_from_db()
    assert (campaign.state, campaign.only_reason) == ("preparing", "None.")
    assert told(response) == ["The campaign starts within a minute."]


def test_words_changed_after_the_test_are_not_started(staff):
    campaign = after_a_test()

    response = staff.post(change(campaign), written(campaign, subject_en="Better", _start="x"), follow=True)

    campaign.refresh_from_db()
    assert (campaign.state, campaign.subject_en) == ("draft", "Better")
    assert told(response) == ["Send yourself a test first, after the last change, and read it."]


def test_a_start_without_spanish_is_refused_with_the_reason(staff):
    campaign = CampaignFactory(subject_es="")

    response = staff.post(change(campaign), written(campaign, _start="x"), follow=True)

    campaign.refresh_from_db()
    assert campaign.state == "draft"
    assert told(response) == ["The subject is missing in this language: Español."]
    assert "The subject is missing in this language: Español." in response.content.decode()


@pytest.mark.parametrize("column", languages.columns("subject", "body"))
@pytest.mark.parametrize("words", ["¡100%% gratis!", "%%leave%%", "<p>10%<em>%</em></p>", "&#37;%", "<a%%b"])
def test_two_percent_signs_in_a_row_are_refused_by_the_field(staff, column, words):
    campaign = CampaignFactory()

    response = staff.post(change(campaign), written(campaign, **{column: words}))

    errors = {column: ["Two percent signs in a row cannot be sent. Leave one out."]}
    assert response.context["adminform"].form.errors == errors


def test_one_percent_sign_may_be_sent(staff):
    campaign = CampaignFactory()

    response = staff.post(change(campaign), written(campaign, subject_es="¡100 % gratis!", body_es="<p>100% y 5%</p>"))

    campaign.refresh_from_db()
    assert (response.status_code, campaign.subject_es) == (302, "¡100 % gratis!")


@pytest.mark.parametrize("subject", ["¡100%% gratis!", "<¡Hola!>"])
def test_a_campaign_opens_whatever_its_subject_holds(staff, subject):
    assert staff.get(change(CampaignFactory(subject_es=subject))).status_code == 200


@pytest.mark.parametrize("column", languages.columns("text"))
def test_a_consent_text_is_written_in_every_language(staff, editor, column):
    editor.user_permissions.add(Permission.objects.get(codename="add_consenttext"))
    words = {"version": "2027-01", "effective_at_0": "2027-01-01", "effective_at_1": "00:00"}
    texts = dict.fromkeys(languages.columns("text"), "Yes.")

    response = staff.post(reverse("admin:newsletter_consenttext_add"), {**words, **texts, column: " "})

    assert list(response.context["adminform"].form.errors) == [column]
    assert ConsentText.objects.count() == 0


@pytest.mark.parametrize(
    ("origin", "button", "state"),
    [
        ("scheduled", "_unschedule", "draft"),
        ("running", "_pause", "paused"),
        ("paused", "_resume", "running"),
        ("running", "_cancel", "cancelled"),
        ("held", "_resume", "draft"),
    ],
)
def test_each_button_moves_the_campaign(staff, origin, button, state):
    campaign = CampaignFactory(state=origin, start_at=THEN)

    staff.post(change(campaign), {**NO_PARTS, button: "x"})

    campaign.refresh_from_db()
    assert campaign.state == state


@pytest.mark.parametrize("button", ["_pause", "_start", "_resume", "_unschedule"])
def test_a_button_that_does_not_stand_there_does_nothing(staff, button):
    campaign = CampaignFactory(state="finished")

    staff.post(change(campaign), {**NO_PARTS, button: "x"})

    campaign.refresh_from_db()
    assert campaign.state == "finished"


def test_without_the_right_to_send_there_is_no_start(staff, editor):
    editor.user_permissions.remove(Permission.objects.get(codename="send_campaign"))
    campaign = CampaignFactory()

    page = staff.get(change(campaign)).content.decode()
    staff.post(change(campaign), written(campaign, _start="x"))

    campaign.refresh_from_db()
    assert 'name="_start"' not in page
    assert 'name="_test"' in page
    assert campaign.state == "draft"


def test_words_that_are_going_out_cannot_be_changed(staff):
    campaign = CampaignFactory(state="running")

    staff.post(change(campaign), written(campaign, subject_en="Other"))

    campaign.refresh_from_db()
    assert campaign.subject_en == "News of December"


def test_saving_does_not_undo_what_the_sender_did_meanwhile(staff, monkeypatch):
    campaign = CampaignFactory()
    seen = Campaign.objects.filter(pk=campaign.pk)
    real = Campaign.objects.select_for_update

    def moved_meanwhile():
        seen.update(state="preparing")
        return real()

    monkeypatch.setattr(Campaign.objects, "select_for_update", moved_meanwhile)
    response = staff.post(change(campaign), written(campaign, subject_en="Other"), follow=True)

    campaign.refresh_from_db()
    assert (campaign.state, campaign.subject_en) == ("preparing", "News of December")
    assert "Not saved: the campaign is no draft any more." in told(response)


def test_a_test_goes_to_the_person_who_asks(staff, sink):
    campaign = CampaignFactory()

    response = staff.post(change(campaign), written(campaign, _test="x"), follow=True)

    assert [message.recipient for message in sink.messages] == ["editor@example.org"] * 2
    assert told(response) == ["A test in each language is on its way to you. Read both before you go on."]


def test_a_test_that_the_server_refuses_is_said(staff, sink):
    sink.always("RCPT", "550 no such person")
    campaign = CampaignFactory()

    response = staff.post(change(campaign), written(campaign, _test="x"), follow=True)

    assert told(response) == ["The mail server did not take the test: 550 no such person"]


def test_the_report_counts_by_language_and_state(staff):
    campaign = CampaignFactory(state="running")
    DeliveryFactory.create_batch(2, campaign=campaign)
    DeliveryFactory(campaign=campaign, subscriber__language="es")
    at = timezone.now()
    DeliveryFactory(campaign=campaign, state="sent", attempt=1, marked_at=at, dated_at=at, done_at=at)

    response = staff.get(change(campaign))

    assert response.context["report_rows"] == [("English", [2, 1]), ("Español", [1, 0])]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "make", "queries"),
    [
        ("campaign", lambda count: [DeliveryFactory() for _row in range(count)], 5),
        ("subscriber", SubscriberFactory.create_batch, 5),
        ("delivery", lambda count: [DeliveryFactory() for _row in range(count)], 6),
    ],
)
def test_a_list_needs_as_many_queries_for_one_as_for_three(
    staff, django_assert_max_num_queries, name, make, queries, count
):
    make(count)
    address = reverse(f"admin:newsletter_{name}_changelist")
    staff.get(address)

    with django_assert_max_num_queries(queries + 3):
        response = staff.get(address)

    assert response.context["cl"].result_count == count


def test_a_subscriber_is_found_by_address_and_shows_what_was_agreed(staff):
    reader = SubscriberFactory(email="Ana@example.org")
    SubscriberFactory()
    ConsentEvent.objects.create(
        subscriber=reader, kind="requested", at=THEN, consent_text=ConsentTextFactory(), language="en"
    )

    found = staff.get(reverse("admin:newsletter_subscriber_changelist"), {"q": "ana@"})
    page = staff.get(reverse("admin:newsletter_subscriber_change", args=[reader.pk])).content.decode()

    assert list(found.context["cl"].queryset) == [reader]
    assert "2026-11" in page
    assert 'name="_save"' not in page


def test_the_form_has_no_script_and_no_style_of_its_own(staff):
    page = staff.get(change(CampaignFactory(state="running"))).content.decode()

    assert " style=" not in page
    assert " onclick=" not in page


def test_both_boxes_of_the_start_have_names(staff):
    page = staff.get(change(CampaignFactory())).content.decode()

    assert 'aria-label="Start: day"' in page and 'aria-label="Start: time"' in page


@pytest.mark.parametrize(("role", "start", "test"), [("newsletter writer", False, True), ("publisher", True, True)])
def test_a_writer_tests_and_a_publisher_starts(client, role, start, test):
    roles.sync()
    user = User.objects.create_user("somebody", email="somebody@example.org", is_staff=True)
    user.groups.set([Group.objects.get(name=role)])
    client.force_login(user)
    campaign = after_a_test()

    page = client.get(change(campaign)).content.decode()
    client.post(change(campaign), written(campaign, _start="x"))

    campaign.refresh_from_db()
    assert ('name="_start"' in page, 'name="_test"' in page) == (start, test)
    assert campaign.state == ("preparing" if start else "draft")


def test_a_digest_cannot_be_made_by_hand(staff):
    campaign = CampaignFactory()

    response = staff.post(change(campaign), written(campaign, kind="digest"))

    assert list(response.context["adminform"].form.errors) == ["kind"]
