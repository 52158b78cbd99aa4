"""What a stranger and a reader can do, in both languages, without a cookie."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from newsletter import actions, tokens
from newsletter.models import ConsentEvent, Subscriber, Suppression
from portal.lib import languages, ratelimit
from portal.lib.ratelimit import HOUR

from .factories import CampaignFactory, ConsentTextFactory, SubscriberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department")]


@pytest.fixture(autouse=True)
def consent_text():
    return ConsentTextFactory()


@pytest.fixture
def client():
    """Be a browser as strict as a mail provider's server is careless: no cookie, tokens checked."""
    return Client(enforce_csrf_checks=True)


def address(name, language="en", *args, **query):
    with override(language):
        path = reverse(f"newsletter:{name}", args=args)
    return path + ("?" + "&".join(f"{key}={quote(str(value))}" for key, value in query.items()) if query else "")


def fields(client, clock, shown_in="en", **changes):
    """Open the form, wait as a person does, and return what the browser would send."""
    page = client.get(address("index", shown_in)).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))
    clock.shift(3)
    wanted = {
        **hidden,
        "email": "ana@example.org",
        "language": shown_in,
        "frequency": "at once",
        "consent": "on",
        "website": "",
        **changes,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def sign_up(client, clock, shown_in="en", **changes):
    return client.post(address("index", shown_in), fields(client, clock, shown_in, **changes))


# Signing up


def test_the_box_is_not_ticked_and_the_language_of_the_page_is_chosen(client):
    page = client.get(address("index", "es")).content.decode()

    assert "Sí, envíenme el boletín." in page
    assert not re.search(r'name="consent"[^>]*checked', page)
    assert re.findall(r'value="(\w+)"[^>]*name="language"|name="language" value="(\w+)"[^>]*checked', page)[0]
    assert re.search(r'name="language" value="es"[^>]* checked', page)


def test_a_sign_up_is_pending_with_what_was_agreed_to(client, fixed_day, consent_text):
    response = sign_up(client, fixed_day, "es")

    subscriber = Subscriber.objects.get()
    event = subscriber.consent_events.get()
    assert (response.status_code, response["Location"]) == (302, address("check-mail", "es"))
    assert (subscriber.email, subscriber.language, subscriber.state) == ("ana@example.org", "es", "pending")
    assert (event.kind, event.consent_text, event.language, event.at) == (
        "requested",
        consent_text,
        "es",
        timezone.now(),
    )


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consent": None}, "consent"),
        ({"email": ""}, "email"),
        ({"email": "ana@"}, "email"),
        ({"language": "xx"}, "language"),
    ],
)
def test_a_wrong_form_comes_back_with_its_error_tied_to_the_field(client, fixed_day, language, changes, field):
    response = sign_up(client, fixed_day, language, **changes)

    page = response.content.decode()
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in page
    assert re.search(rf'aria-describedby="[^"]*id_{field}_error', page)
    assert Subscriber.objects.count() == 0


def test_the_typed_address_comes_back_and_nothing_runs(client, fixed_day):
    response = sign_up(client, fixed_day, email='"><script>alert(1)</script>')

    assert response.status_code == 422
    assert "<script>alert" not in response.content.decode()


@pytest.fixture
def answers(fixed_day):
    """Return what the site answers to a sign-up, with everything that could differ."""

    def answer(**changes):
        client = Client(REMOTE_ADDR=changes.pop("REMOTE_ADDR", "203.0.113.1"))
        response = sign_up(client, fixed_day, **changes)
        return response.status_code, dict(response.headers), response.content, response.cookies.output()

    return answer


def test_the_answer_is_the_same_for_known_unknown_suppressed_and_blocked_addresses(answers):
    for state in ("pending", "confirmed", "left"):
        SubscriberFactory(email=f"{state}@example.org", state=state)
    suppressed = tokens.address_hash("suppressed@example.org")
    Suppression.objects.create(email_hash=suppressed, reason="complained", at=timezone.now())
    names = ["unknown", "pending", "confirmed", "left", "suppressed", "unknown"]  # the last is over its limit by then

    given = [
        answers(email=f"{name}@example.org", REMOTE_ADDR=f"198.51.{number}.1") for number, name in enumerate(names)
    ]

    assert [answer == given[0] for answer in given] == [True] * len(names)
    assert given[0][0] == 302


def test_only_who_may_get_mail_gets_it(answers):
    for state in ("pending", "confirmed", "left"):
        SubscriberFactory(email=f"{state}@example.org", state=state)
    suppressed = tokens.address_hash("suppressed@example.org")
    Suppression.objects.create(email_hash=suppressed, reason="complained", at=timezone.now())

    for number, name in enumerate(["unknown", "pending", "confirmed", "left", "suppressed"]):
        answers(email=f"{name}@example.org", REMOTE_ADDR=f"198.51.{number}.1")

    due = Subscriber.objects.filter(confirmation_due_at__isnull=False).values_list("email_norm", flat=True)
    assert set(due) == {"unknown@example.org", "pending@example.org", "left@example.org"}


def test_an_erased_address_may_sign_up_again(answers):
    digest = tokens.address_hash("ana@example.org")
    Suppression.objects.create(email_hash=digest, reason="left", at=timezone.now())

    answers(email="ana@example.org")
    actions.confirm(subscriber_id=Subscriber.objects.get().pk, at=timezone.now())

    assert Suppression.objects.count() == 0


def test_a_mailbox_gets_one_mail_a_day_and_three_a_month_however_it_is_written(answers, fixed_day):
    spellings = ["a.na@example.org", "ANA@example.org", "ana+x@example.org", "an.a@example.org", "ana@example.org"]
    due = []
    for spelling in spellings:
        for _twice in range(2):
            Subscriber.objects.update(confirmation_due_at=None)
            answers(email=spelling)
            due.append(Subscriber.objects.filter(confirmation_due_at__isnull=False).count())
        fixed_day.shift(25 * 3600)

    assert due == [1, 0, 1, 0, 1, 0, 0, 0, 0, 0]


def test_the_sixth_sign_up_of_a_network_in_an_hour_is_told_to_wait(answers, fixed_day):
    codes = [answers(email=f"reader{n}@example.org", REMOTE_ADDR=f"203.0.113.{n}")[0] for n in range(6)]
    fixed_day.shift(3601)
    later = answers(email="reader7@example.org")[0]

    assert (codes, later) == ([302] * 5 + [429], 302)
    assert Subscriber.objects.count() == 6


def test_many_sign_ups_in_a_minute_cause_five_mails(answers):
    for number in range(8):
        answers(email=f"reader{number}@example.org")

    assert Subscriber.objects.filter(confirmation_due_at__isnull=False).count() == 5


def test_a_domain_has_its_limit_unless_many_readers_use_it(answers):
    for _number in range(29):
        ratelimit.allowed("newsletter.domain", "example.org", (30, HOUR))

    codes = [answers(email=f"reader{n}@example.org", REMOTE_ADDR=f"198.{n}.100.1")[0] for n in range(2)]
    SubscriberFactory(email="one@example.org")
    known = answers(email="reader99@example.org", REMOTE_ADDR="198.51.100.1")[0]

    assert (codes, known) == ([302, 429], 302)


@pytest.mark.parametrize("seconds", [0, -2])
def test_a_program_gets_the_usual_answer_and_nothing_happens(client, fixed_day, seconds):
    sent = fields(client, fixed_day, website="https://spam.example")
    fixed_day.shift(seconds)

    response = client.post(address("index"), sent)

    assert (response.status_code, response["Location"]) == (302, address("check-mail"))
    assert Subscriber.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "You sent this very fast, so we did not take it. Send it once more."),
        ("es", "Lo envió muy rápido y por eso no lo recibimos. Envíelo una vez más."),
    ],
)
def test_who_is_very_fast_is_told_so_and_keeps_what_was_typed(client, fixed_day, language, words):
    sent = fields(client, fixed_day, language)
    fixed_day.shift(-2)

    response = client.post(address("index", language), sent)

    page = response.content.decode()
    assert (response.status_code, response.context["form"].errors) == (422, {"__all__": [words]})
    assert page.count(words) == 2  # in the summary and by the button
    assert 'value="ana@example.org"' in page
    assert re.search(r'name="consent"[^>]*checked', page)
    assert Subscriber.objects.count() == 0


def test_a_corrected_form_that_came_too_fast_is_taken_when_sent_once_more(client, fixed_day):
    wrong = client.post(address("index"), fields(client, fixed_day, consent=None))
    token = re.search(r'name="token" value="([^"]+)"', wrong.content.decode()).group(1)
    sent = fields(client, fixed_day, token=token)
    fixed_day.shift(-2)

    codes = [client.post(address("index"), sent).status_code]
    fixed_day.shift(2)
    codes.append(client.post(address("index"), sent).status_code)

    assert codes == [422, 302]
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize("seconds", [0, -2])
def test_a_form_that_comes_back_says_nothing_of_an_address_either(client, fixed_day, seconds):
    SubscriberFactory(email="known@example.org")
    sent = fields(client, fixed_day)
    fixed_day.shift(seconds)

    pages = [
        client.post(address("index"), {**sent, "email": email}).content.replace(email.encode(), b"")
        for email in ("known@example.org", "unknown@example.org")
    ]

    assert pages[0] == pages[1]


@pytest.mark.parametrize("hours", [25, -1])
def test_a_form_from_another_day_is_asked_for_again(client, fixed_day, hours):
    sent = fields(client, fixed_day)
    fixed_day.shift(hours * 3600)

    response = client.post(address("index"), sent)

    assert response.status_code == 422
    assert Subscriber.objects.count() == 0


def test_agreement_to_other_words_than_those_shown_does_not_count(client, fixed_day):
    sent = fields(client, fixed_day)
    ConsentTextFactory(version="2026-12", effective_at=timezone.now())

    response = client.post(address("index"), sent)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["version"])
    assert 'name="version" value="2026-12"' in response.content.decode()


def test_another_site_s_page_cannot_sign_anybody_up(client, fixed_day):
    sent = fields(client, fixed_day)

    response = client.post(address("index"), sent, headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
    assert Subscriber.objects.count() == 0


def test_without_a_consent_text_nobody_can_sign_up(client, consent_text):
    consent_text.delete()

    assert client.get(address("index")).status_code == 200
    assert client.post(address("index"), {"email": "ana@example.org"}).status_code == 200
    assert Subscriber.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ana.Peña@example.org".replace("ñ", "n"), "Ana.Pena@example.org"),
        ("  ana@example.org ", "ana@example.org"),
        ("ana+news@example.org", "ana+news@example.org"),
        ("n@español.es", "n@xn--espaol-zwa.es"),
        ("postmaster@example.org", "postmaster@example.org"),
        ("a" * 64 + "@example.org", "a" * 64 + "@example.org"),
    ],
)
def test_an_address_is_kept_as_typed(client, fixed_day, typed, stored):
    sign_up(client, fixed_day, email=typed)

    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.email_norm) == (stored, stored.lower())


def test_upper_and_lower_case_are_one_person(answers, fixed_day):
    answers(email="Ana@Example.org")
    fixed_day.shift(25 * 3600)
    answers(email="ana@example.org")

    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b'{"email": "\\ud800@x.co"}', "application/json"),
        (b"email=%ED%A0%80@x.co&consent=on", "application/x-www-form-urlencoded"),
        (b"email=%00&version=%00&token=%00&language=%00&consent=on", "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=" + b"b".decode() * 100),
        (b"email=a@b.co", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"&".join(b"f%d=1" % n for n in range(1001)), "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_is_a_client_s_error(client, content, content_type):
    response = client.post(address("index"), content, content_type=content_type)

    assert 400 <= response.status_code < 500
    assert Subscriber.objects.count() == 0


# Confirming


@pytest.fixture
def pending():
    return SubscriberFactory(state="pending", requested_at=timezone.now())


def test_opening_the_link_changes_nothing_and_pressing_the_button_confirms_once(client, pending):
    link = address("confirm", "es", k=tokens.confirm_token(pending.pk))

    for method in (client.get, client.head, client.get):
        assert method(link).status_code == 200
    pending.refresh_from_db()
    assert pending.state == "pending"
    pages = [client.post(link) for _twice in range(2)]

    pending.refresh_from_db()
    assert [page["Location"] for page in pages] == [address("confirmed", "es")] * 2
    assert pending.state == "confirmed"
    assert list(pending.consent_events.values_list("kind", flat=True)) == ["confirmed"]


def test_an_old_confirmation_link_brings_nobody_back(client, pending):
    link = address("confirm", k=tokens.confirm_token(pending.pk))
    client.post(link)
    actions.leave(subscriber_id=pending.pk, how="left by page", at=timezone.now())

    response = client.post(link)

    pending.refresh_from_db()
    assert (response.status_code, pending.state) == (410, "left")


def test_after_seven_days_the_link_is_too_old(client, pending, fixed_day):
    link = address("confirm", k=tokens.confirm_token(pending.pk))
    fixed_day.shift(timedelta(days=7, seconds=1))

    assert (client.get(link).status_code, client.post(link).status_code) == (410, 410)


def test_a_purged_sign_up_is_said_to_be_too_old(client, pending):
    link = address("confirm", k=tokens.confirm_token(pending.pk))
    pending.delete()

    assert client.post(link).status_code == 410


# Leaving


@pytest.fixture
def reader():
    return SubscriberFactory()


ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_one_click_leaves_at_once_again_and_when_long_gone(client, reader):
    link = address("leave", "es", k=tokens.leave_token(reader.pk))

    first = client.post(link, ONE_CLICK)
    multipart = client.post(link, ONE_CLICK)
    urlencoded = client.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    reader.refresh_from_db()
    state = reader.state
    ConsentEvent.objects.all().delete()
    reader.delete()
    gone = client.post(link, ONE_CLICK)

    answers = [(answer.status_code, answer.content) for answer in (first, multipart, urlencoded, gone)]
    assert answers == [(200, b"OK\n")] * 4
    assert state == "left"


def test_one_click_from_another_site_s_page_works_too(client, reader):
    link = address("leave", k=tokens.leave_token(reader.pk))

    response = client.post(link, ONE_CLICK, headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 200


def test_opening_the_leaving_page_changes_nothing_and_its_button_leaves(client, reader):
    link = address("leave", k=tokens.leave_token(reader.pk))

    for method in (client.get, client.head):
        assert method(link).status_code == 200
    reader.refresh_from_db()
    assert reader.state == "confirmed"
    response = client.post(link)

    reader.refresh_from_db()
    assert (response.status_code, reader.state) == (200, "left")
    assert list(reader.consent_events.values_list("kind", flat=True)) == ["left by page"]


def test_a_mistake_can_be_taken_back_for_a_day(client, reader, fixed_day):
    link = address("leave", k=tokens.leave_token(reader.pk))
    client.post(link)
    client.post(link, {"undo": "1"})
    reader.refresh_from_db()
    back = reader.state
    client.post(link)
    fixed_day.shift(timedelta(days=1, seconds=1))
    client.post(link, {"undo": "1"})

    reader.refresh_from_db()
    assert (back, reader.state) == ("confirmed", "left")


def test_taking_back_confirms_nobody_who_never_confirmed(client, pending):
    link = address("leave", k=tokens.leave_token(pending.pk))
    client.post(link)

    client.post(link, {"undo": "1"})

    pending.refresh_from_db()
    assert pending.state == "left"


def test_the_link_of_a_test_mail_unsubscribes_nobody(client, reader):
    link = address("leave", k=tokens.leave_token(tokens.TEST))

    answers = [client.get(link), client.post(link), client.post(link, ONE_CLICK), client.post(link, {"undo": "1"})]

    reader.refresh_from_db()
    assert [answer.status_code for answer in answers] == [200] * 4
    assert reader.state == "confirmed"


# Preferences


def test_a_reader_changes_the_language_and_only_when_the_form_is_sent(client, reader):
    link = address("preferences", k=tokens.preferences_token(reader.pk))

    page = client.get(link)
    response = client.post(link, {"language": "es", "frequency": "at once"})

    reader.refresh_from_db()
    assert (page.status_code, response.status_code, reader.language) == (200, 302, "es")
    assert list(reader.consent_events.values_list("kind", "language")) == [("language", "es")]
    assert client.get(response["Location"]).status_code == 200


def test_a_language_we_do_not_have_is_refused(client, reader):
    link = address("preferences", k=tokens.preferences_token(reader.pk))

    assert client.post(link, {"language": "x" * 500}).status_code == 422
    reader.refresh_from_db()
    assert reader.language == "en"


@pytest.mark.parametrize("state", ["pending", "left"])
def test_who_is_no_reader_has_no_preferences(client, state):
    link = address("preferences", k=tokens.preferences_token(SubscriberFactory(state=state).pk))

    assert client.get(link).status_code == 410


def test_the_preferences_page_shows_no_address(client, reader):
    page = client.get(address("preferences", k=tokens.preferences_token(reader.pk)))

    assert reader.email_norm not in page.content.decode().lower()


# Links that are not ours


@pytest.mark.parametrize("page", ["confirm", "leave", "preferences"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: token[:-1],
        lambda token: token + "=",
        lambda token: token.swapcase(),
        lambda token: "9" + token,
        lambda token: token.replace(".", ":"),
        lambda token: "\x00" + token,
        lambda token: "é\u202e",
        lambda token: "1" * 5000,
    ],
)
def test_a_spoilt_link_is_refused_and_changes_nothing(client, reader, page, spoil):
    makers = {"confirm": tokens.confirm_token, "leave": tokens.leave_token, "preferences": tokens.preferences_token}
    link = address(page, k=spoil(makers[page](reader.pk)))

    answers = [
        client.get(link),
        client.post(link),
        client.post(link, ONE_CLICK),
        client.post(link, {"language": "es", "frequency": "at once"}),
    ]

    reader.refresh_from_db()
    assert {answer.status_code for answer in answers} == {400}
    assert (reader.state, reader.language) == ("confirmed", "en")


@pytest.mark.parametrize("page", ["confirm", "leave", "preferences"])
def test_a_link_for_another_purpose_is_refused(client, reader, page):
    makers = {"confirm": tokens.confirm_token, "leave": tokens.leave_token, "preferences": tokens.preferences_token}

    codes = {client.post(address(page, k=make(reader.pk))).status_code for name, make in makers.items() if name != page}

    assert codes == {400}


# Archive


@pytest.mark.parametrize("count", [1, 3])
def test_the_archive_lists_what_went_out_in_as_many_queries_for_one_as_for_three(
    client, count, django_assert_num_queries
):
    campaigns = CampaignFactory.create_batch(count, state="finished")
    for state in ("draft", "cancelled"):
        CampaignFactory(state=state)

    with django_assert_num_queries(4):  # whether department and lines have changed, the department, how many, which
        response = client.get(address("archive"))

    assert list(response.context["page"]) == campaigns[::-1]


@pytest.mark.parametrize("page", ["0", "-1", "1e9", "NaN", "٣", "9" * 30])
def test_a_page_that_is_not_there_shows_one_that_is(client, page):
    CampaignFactory(state="finished")

    assert client.get(address("archive", page=page)).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("en", "A new place has opened."), ("es", "Abrió un lugar nuevo.")])
def test_an_edition_is_read_in_the_language_of_the_page(client, language, words):
    campaign = CampaignFactory(state="finished")

    assert words in client.get(address("edition", language, campaign.pk)).content.decode()


@pytest.mark.parametrize("state", ["draft", "scheduled", "preparing", "cancelled", "held"])
def test_what_did_not_go_out_is_missing(client, state):
    campaign = CampaignFactory(state=state, start_at=timezone.now())
    missing = client.get(address("edition", "en", campaign.pk + 1))

    hidden = client.get(address("edition", "en", campaign.pk))

    assert (hidden.status_code, missing.status_code) == (404, 404)


def test_an_edition_with_an_absurd_number_is_missing(client):
    assert client.get("/en/newsletter/archive/99999999999999999999/").status_code == 404


# All pages


def test_no_page_is_stored_or_sets_a_cookie_and_token_pages_are_not_indexed(client, reader, pending):
    edition = CampaignFactory(state="finished")
    public = [address("index"), address("archive"), address("edition", "en", edition.pk)]
    tokened = [
        address("check-mail"),
        address("confirm", k=tokens.confirm_token(pending.pk)),
        address("confirmed"),
        address("leave", k=tokens.leave_token(reader.pk)),
        address("preferences", k=tokens.preferences_token(reader.pk)),
        address("leave", k="wrong"),
    ]

    answers = {link: client.get(link) for link in public + tokened}

    assert {answer["Cache-Control"] for answer in answers.values()} == {"private, no-store"}
    assert [link for link, answer in answers.items() if "noindex" in answer.headers.get("X-Robots-Tag", "")] == tokened
    assert client.cookies == {}


def test_every_page_speaks_both_languages(client, reader, pending):
    links = [
        lambda code: address("index", code),
        lambda code: address("check-mail", code),
        lambda code: address("confirm", code, k=tokens.confirm_token(pending.pk)),
        lambda code: address("leave", code, k=tokens.leave_token(reader.pk)),
        lambda code: address("preferences", code, k=tokens.preferences_token(reader.pk)),
        lambda code: address("archive", code),
    ]

    for link in links:
        for code in languages.codes():
            assert f'<html lang="{code}"' in client.get(link(code)).content.decode()


@pytest.mark.parametrize("name", ["index", "confirm", "leave", "preferences", "archive", "check-mail"])
@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_other_methods_are_refused(client, name, method):
    assert getattr(client, method)(address(name)).status_code in {403, 405}
