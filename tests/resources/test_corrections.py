"""Test that anybody can say what is wrong, and that it is answered, shown and forgotten."""

import datetime
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from portal.accounts import roles
from portal.lib import ratelimit
from portal.waiting import waiting_for
from resources.actions import corrections
from resources.forms.corrections import ready_answer
from resources.models import Correction

from .factories import ListingFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]

TODAY = datetime.date(2026, 12, 1)


def make(field="phone", **columns):
    """Make an open report of today."""
    own = {"listing": columns.pop("listing", None) or ListingFactory(), "language": "en", "reported_on": TODAY}
    own["due_on"] = corrections.due_on(field, columns.get("reported_on", TODAY))
    return Correction.objects.create(field=field, **(own | columns))


def accepted(**columns):
    closed = {"state": "accepted", "closed_at": timezone.now(), "closed_by": UserFactory()}
    return make(**(closed | {"answer_en": "It was wrong.", "answer_es": "Estaba mal."} | columns))


def address(listing, language):
    with translation.override(language):
        return reverse("resources:wrong", args=[listing.slug])


def form(client, listing, **changes):
    """Open the page and return what the browser would send."""
    page = client.get(f"/en/find/{listing.slug}/wrong/").content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))
    return {name: value for name, value in {**hidden, "field": "phone", **changes}.items() if value is not None}


def send(client, listing, **changes):
    return client.post(f"/en/find/{listing.slug}/wrong/", form(client, listing, **changes))


# Telling


def test_a_report_keeps_what_is_wrong_and_nothing_of_who_said_so(client):
    listing = ListingFactory()

    response = send(client, listing, field="hours", text="They close at noon.")

    assert (response.status_code, response["Location"]) == (302, f"/en/find/{listing.slug}/wrong/thanks/")
    row = Correction.objects.values().get()
    assert row == {
        "id": row["id"],
        "listing_id": listing.pk,
        "field": "hours",
        "text": "They close at noon.",
        "language": "en",
        "reported_on": TODAY,
        "due_on": datetime.date(2026, 12, 8),
        "state": "open",
        "answer": "",
        "closed_at": None,
        "closed_by_id": None,
    }
    assert client.cookies == {}


def test_the_link_beside_the_number_has_the_choice_made_so_that_two_taps_are_enough(client):
    page = client.get(f"/en/find/{ListingFactory().slug}/wrong/?field=phone").content.decode()

    assert re.findall(r'name="field" value="(\w+)"[^>]*checked', page) == ["phone"]
    assert "Do not write names" in page


def test_nothing_is_chosen_by_the_general_link_or_by_a_word_that_is_no_choice(client):
    slug = ListingFactory().slug

    for query in ("", "?field=nonsense"):
        assert "checked" not in client.get(f"/en/find/{slug}/wrong/{query}").content.decode()


def test_the_thanks_lead_back_to_the_place_and_to_the_lines(client, town):
    listing = ListingFactory(name="Casa")

    page = client.get(f"/en/find/{listing.slug}/wrong/thanks/").content.decode()

    main = page[page.index("<main") : page.index("</main>")]
    assert f'href="/en/find/{listing.slug}/"' in main
    assert 'href="tel:' in main


def test_the_same_page_sent_twice_is_one_report_and_another_thing_is_another(client):
    listing = ListingFactory()
    sent = form(client, listing)
    path = f"/en/find/{listing.slug}/wrong/"

    answers = [client.post(path, sent).status_code, client.post(path, sent).status_code]
    client.post(path, sent | {"field": "hours"})

    assert answers == [302, 302]
    assert sorted(Correction.objects.values_list("field", flat=True)) == ["hours", "phone"]


@pytest.mark.django_db(transaction=True)
def test_the_same_page_sent_fifty_times_at_once_is_one_report():
    listing = ListingFactory()
    ready = threading.Barrier(10)

    def tell(number):
        if number < 10:
            ready.wait()
        try:
            said = {"field": "phone", "text": "", "form_token": "the same"}
            corrections.report(listing=listing, at=timezone.now(), **said)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(tell, range(50)))

    assert Correction.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"field": None}, ["field"]),
        ({"field": "county"}, ["field"]),
        ({"text": "a" * 100_000}, ["text"]),
        ({"text": "a\0b"}, ["text"]),
        ({"token": None}, ["token"]),
        ({"token": "correction.1:abc:def"}, ["token"]),
    ],
)
def test_a_wrong_form_comes_back_with_its_errors_and_keeps_nothing(client, language, changes, wrong):
    listing = ListingFactory()
    sent = form(client, listing, **changes)

    response = client.post(address(listing, language), sent)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == wrong
    assert Correction.objects.count() == 0


def test_the_token_of_one_listing_is_no_good_for_another(client):
    one, other = ListingFactory(), ListingFactory()

    response = client.post(f"/en/find/{other.slug}/wrong/", form(client, one))

    assert (response.status_code, Correction.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"field": "phone"}', "application/json"),
        ("<field>phone</field>", "text/xml"),
        ("", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_is_an_empty_form(client, body, kind):
    response = client.post(f"/en/find/{ListingFactory().slug}/wrong/", body, content_type=kind)

    assert (response.status_code, Correction.objects.count()) == (422, 0)


def test_opening_the_page_with_an_answer_in_its_address_tells_nothing(client):
    listing = ListingFactory()
    sent = form(client, listing)

    response = client.get(f"/en/find/{listing.slug}/wrong/", sent)

    assert (response.status_code, Correction.objects.count()) == (200, 0)


def test_another_sites_page_cannot_send_a_report(client):
    listing = ListingFactory()
    sent = form(client, listing)

    headers = {"Sec-Fetch-Site": "cross-site"}
    response = client.post(f"/en/find/{listing.slug}/wrong/", sent, headers=headers)

    assert (response.status_code, Correction.objects.count()) == (403, 0)


def test_a_telephone_number_and_a_name_in_the_words_are_kept_for_staff_only(client):
    listing = ListingFactory()

    send(client, listing, text="Ask Ana, 860-555-0123 <script>")

    assert Correction.objects.get().text == "Ask Ana, 860-555-0123 <script>"
    for page in (f"/en/find/{listing.slug}/", "/en/corrections/"):
        assert "555-0123" not in client.get(page).content.decode()


def test_two_networks_do_not_share_a_limit(client):
    listing = ListingFactory()
    for _number in range(5):
        send(client, listing)

    here, there = send(client, listing), None
    there = Client(REMOTE_ADDR="198.51.100.7").post(f"/en/find/{listing.slug}/wrong/", form(client, listing))

    assert (here.status_code, there.status_code) == (429, 302)


# The clock


@pytest.mark.parametrize(
    ("field", "told", "due"),
    [
        ("phone", "2026-12-01", "2026-12-02"),
        ("address", "2026-12-04", "2026-12-07"),  # over a weekend
        ("closed", "2026-12-24", "2026-12-28"),  # Christmas is a Friday
        ("hours", "2026-12-01", "2026-12-08"),
        ("services", "2026-11-25", "2026-12-03"),  # Thanksgiving is the 26th
        ("other", "2026-12-31", "2027-01-08"),
        ("phone", "2027-07-02", "2027-07-06"),  # the 4th is a Sunday, so Monday is the holiday
    ],
)
def test_the_answer_is_due_on_a_working_day(field, told, due):
    assert corrections.due_on(field, datetime.date.fromisoformat(told)) == datetime.date.fromisoformat(due)


def test_texts_are_erased_thirty_days_after_the_answer_and_open_ones_stay(fixed_day):
    old, new = accepted(text="old"), make(text="new")
    fixed_day.shift(datetime.timedelta(days=29, hours=23))
    assert corrections.erase_old_texts(timezone.now()) == 0

    fixed_day.shift(datetime.timedelta(hours=1))

    assert corrections.erase_old_texts(timezone.now()) == 1
    assert dict(Correction.objects.values_list("pk", "text")) == {old.pk: "", new.pk: "new"}


# What the listing says


def told(listing, language="en"):
    with translation.override(language):
        return corrections.told(listing, timezone.now())


def test_each_thing_is_told_once_with_its_newest_day_and_answered_ones_no_more():
    listing = ListingFactory()
    make(listing=listing, reported_on=TODAY - datetime.timedelta(days=3))
    make(listing=listing)
    make("hours", listing=listing, reported_on=TODAY - datetime.timedelta(days=1))
    accepted(field="address", listing=listing)

    assert told(listing) == [
        "Someone told us on Dec 1 that the phone may be wrong. Not checked yet.",
        "Someone told us on Nov 30 that the hours may be wrong. Not checked yet.",
    ]


def test_a_claim_says_that_it_is_being_checked_until_it_is_idle(fixed_day):
    listing = ListingFactory(claimed_by=UserFactory(), claimed_at=timezone.now())
    make(listing=listing)
    assert told(listing) == ["Someone told us on Dec 1 that the phone may be wrong. It is being checked."]

    fixed_day.shift(datetime.timedelta(minutes=21))

    assert told(listing) == ["Someone told us on Dec 1 that the phone may be wrong. Not checked yet."]


@pytest.mark.parametrize("field", Correction.Field.values)
def test_every_kind_of_mistake_has_a_sentence_and_a_ready_answer(field):
    listing = ListingFactory()
    make(field, listing=listing)

    assert told(listing)[0].startswith("Someone told us on Dec 1 that ")
    assert ready_answer(field, "en")


# Answering


@pytest.fixture
def staff(client):
    client.force_login(get_user_model().objects.create_superuser("admin", language="en"))
    return client


def answer(client, row, **changes):
    sent = {"decision": "accepted", "answer_en": "Mended.", "answer_es": "Arreglado."} | changes
    return client.post(f"/admin/resources/correction/{row.pk}/change/", sent)


def test_an_accepted_report_stands_in_the_ledger_in_each_language(staff):
    row = make(text="secret words")

    response = answer(staff, row)

    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.answer_en, row.answer_es, row.closed_by.username, row.closed_at) == (
        "accepted",
        "Mended.",
        "Arreglado.",
        "admin",
        timezone.now(),
    )
    assert "Mended." in staff.get("/en/corrections/").content.decode()


def test_the_form_begins_with_the_ready_answer_in_each_language(staff):
    page = staff.get(f"/admin/resources/correction/{make('hours').pk}/change/").content.decode()

    assert "The hours were wrong. They are corrected now." in page
    assert "/admin/resources/calltomake/queue/listing/" in page


@pytest.mark.parametrize(("changes", "wrong"), [({"answer_es": ""}, ["answer_es"]), ({"decision": ""}, ["decision"])])
def test_an_answer_needs_a_decision_and_every_language(staff, changes, wrong):
    row = make()

    response = answer(staff, row, **changes)

    assert list(response.context["adminform"].form.errors) == wrong
    assert Correction.objects.open().get() == row


def test_a_refused_report_needs_no_answer_and_is_not_in_the_ledger(staff):
    row = make()

    answer(staff, row, decision="refused", answer_en="", answer_es="")

    row.refresh_from_db()
    assert (row.state, row.answer_en) == ("refused", "")
    assert list(staff.get("/en/corrections/").context["page"]) == []


def test_an_answer_is_given_once(staff):
    row = make()
    by = UserFactory()
    words = {"en": "First.", "es": "Primero."}
    corrections.decide(correction=row, is_accepted=True, answers=words, by=by, at=timezone.now())

    again = answer(staff, row)
    with pytest.raises(corrections.AlreadyDecidedError):
        corrections.decide(correction=row, is_accepted=False, answers=words, by=by, at=timezone.now())

    assert again.status_code == 403
    assert Correction.objects.values_list("state", "answer_en").get() == ("accepted", "First.")


def test_open_reports_come_first_by_their_day_and_overdue_ones_are_marked(staff, fixed_day):
    late = make("hours", reported_on=datetime.date(2026, 11, 20))
    done, urgent = accepted(), make("phone")

    changelist = staff.get("/admin/resources/correction/").context["cl"]

    assert list(changelist.result_list) == [late, urgent, done]
    assert [row.is_overdue for row in changelist.result_list] == [True, False, False]
    assert list(staff.get("/admin/resources/correction/?overdue=yes").context["cl"].result_list) == [late]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_reports_in_the_admin_does_not_grow_in_queries(staff, django_assert_max_num_queries, count):
    for _number in range(count):
        make()

    with django_assert_max_num_queries(7):
        staff.get("/admin/resources/correction/")


def test_the_words_of_a_report_can_be_erased_at_once(staff):
    rows = [make(text="Ana"), make(text="Luis")]

    sent = {"action": "erase_words", "_selected_action": [rows[0].pk]}
    staff.post("/admin/resources/correction/", sent)

    assert list(Correction.objects.order_by("pk").values_list("text", flat=True)) == ["", "Luis"]


def test_a_caller_may_answer_reports_and_sees_what_is_open_and_overdue(client):
    roles.sync()
    caller = UserFactory(language="en")
    caller.groups.add(Group.objects.get(name="directory caller"))
    make(reported_on=datetime.date(2026, 11, 20))
    make()

    queues = {queue.title: queue.count for queue in waiting_for(caller)}

    assert (queues["Reports of mistakes"], queues["Reports of mistakes, overdue"]) == (2, 1)


# The ledger


@pytest.mark.parametrize("count", [1, 3])
def test_the_ledger_does_not_grow_in_queries(client, django_assert_max_num_queries, count):
    rows = [accepted() for _number in range(count)]
    make()
    client.get("/en/corrections/")  # the frame of the page is kept from here on

    with django_assert_max_num_queries(6):
        response = client.get("/en/corrections/")

    assert list(response.context["page"]) == rows[::-1]


def test_the_ledger_sums_up_what_came_and_how_long_the_answers_took(client):
    for days in (0, 1, 3, 8):
        accepted(reported_on=TODAY - datetime.timedelta(days=days))
    accepted(field="hours", reported_on=TODAY - datetime.timedelta(days=2))
    accepted(state="refused", reported_on=TODAY - datetime.timedelta(days=9))
    make()

    sums = client.get("/en/corrections/").context["sums"]

    assert (sums.told, sums.accepted, sums.refused, sums.waiting, sums.days) == (7, 5, 1, 1, 3)
    assert sums.kinds == [("phone", "the phone", 4), ("hours", "the hours", 1)]


def test_the_ledger_by_kind_and_an_empty_one(client):
    row = accepted(field="hours", text="secret words")
    accepted()

    page = client.get("/en/corrections/?kind=hours")

    assert list(page.context["page"]) == [row]
    assert "secret words" not in page.content.decode()
    assert list(client.get("/en/corrections/?kind=nonsense&page=x").context["page"]) != []


def test_the_limits_of_forms_are_deleted_within_the_hour_and_not_only_expired(client, fixed_day):
    send(client, ListingFactory())
    cache.set("stays", 1, ratelimit.DAY)
    rows = "SELECT count(*) FROM portal_cache WHERE cache_key LIKE %s"

    fixed_day.shift(datetime.timedelta(hours=1))
    ratelimit.forget_expired(timezone.now())

    with connection.cursor() as cursor:
        cursor.execute(rows, ["%ratelimit:correction%"])
        assert cursor.fetchone() == (0,)
    assert cache.get("stays") == 1
