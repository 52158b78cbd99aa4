"""Test a listing's own page: what is known, what is not known, and where to go when it is no help."""

import datetime
import re
from html import unescape

import pytest
from django.urls import reverse

from portal.lib import languages
from resources.actions import rebuild_search
from resources.hours import hours_of
from resources.models import Correction, Import, ServiceAtLocation
from resources.search.loading import load

from .factories import (
    ClosureFactory,
    ListingFactory,
    ListingTypeFactory,
    LocationFactory,
    PhoneFactory,
    ProvenanceFactory,
    QualityFactFactory,
    ScheduleFactory,
    UserFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db


def page(client, listing, language="en"):
    """The page's words in one line."""
    html = client.get(listing.url(language)).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_what_is_not_known_is_said_so_in_one_sentence_a_section(client, town, fixed_day):
    words = page(client, ListingFactory())

    assert (
        "Not known, ask: new patients, coming without an appointment, starting the same day, ID, immigration status."
        in words
    )
    assert "Not known, ask: age, pregnancy, children." in words
    assert "Not known, ask: wheelchair, bus and landmarks, by phone or video." in words
    assert "Spanish Not known, ask" in words


def test_what_is_known_is_said_and_no_longer_asked(client, town, fixed_day):
    listing = ListingFactory(
        location=LocationFactory(wheelchair="no", transit_en="Bus 40 to Main Street"),
        takes_new_patients="no",
        walk_in="yes",
        id_needed="no",
        asks_immigration="no",
        gender="women",
        least_age=18,
        takes_pregnant="yes",
        with_children="no",
        up_front_en="$20 for the first visit",
    )

    words = page(client, listing)

    for known in (
        "New patients They take no new patients now",
        "Coming without an appointment You can walk in",
        "ID You do not need ID",
        "Immigration status They do not ask about it",
        "Not known, ask: starting the same day.",
        "Age 18 years and older",
        "Only for Women",
        "Pregnancy They take pregnant people",
        "Children You cannot bring children",
        "Wheelchair You cannot get in with a wheelchair",
        "Bus and landmarks Bus 40 to Main Street",
        "To pay before you start: $20 for the first visit",
    ):
        assert known in words
    assert "Not known, ask: age" not in words


def test_a_place_that_admits_nobody_is_not_asked_what_makes_no_sense(client, town, fixed_day):
    box = ListingFactory(type=ListingTypeFactory(code="naloxone-point", name_en="Naloxone box"), codes=["naloxone"])

    words = page(client, box)

    assert words.startswith("Naloxone box")
    assert "immigration" not in words
    assert "Medications for opioid use disorder" not in words


def test_the_kind_of_a_program_is_not_whom_it_serves(client, town, fixed_day):
    listing = ListingFactory(codes=["OTP", "METH", "WN"])

    audiences = client.get(listing.url("en")).context["audiences"]

    assert audiences == ("Program or group for women",)


@pytest.mark.parametrize(
    ("days_ago", "fields", "answer", "is_said"),
    [
        (30, ["intake"], "yes", True),
        (31, ["intake"], "yes", False),
        (3, ["phone"], "yes", False),
        (3, ["intake"], "no", False),
        (3, ["intake"], "unknown", False),
    ],
)
def test_today_is_said_only_after_a_fresh_check_that_read_it_back(
    client, town, fixed_day, days_ago, fields, answer, is_said
):
    listing = ListingFactory(same_day_start=answer)
    at = datetime.datetime(2026, 12, 1, 15, tzinfo=datetime.UTC) - datetime.timedelta(days=days_ago)
    VerificationFactory(listing=listing, at=at, fields=fields)

    words = page(client, listing)

    assert ("You may be able to start today: call first" in words) is is_said


@pytest.mark.parametrize(("byday", "is_said"), [("TU", True), ("MO", False)])
def test_today_is_not_said_on_a_day_on_which_the_place_is_closed(client, town, fixed_day, byday, is_said):
    listing = ListingFactory(same_day_start="yes")
    VerificationFactory(listing=listing, fields=["intake"])
    ScheduleFactory(listing=listing, byday=byday)

    assert ("You may be able to start today: call first" in page(client, listing)) is is_said


def test_hours_are_shown_as_words_for_each_day_and_as_rules(client, listings):
    words = page(client, listings["R1"]).replace("\xa0", " ")

    assert "Open now, until 11:00 AM" in words
    assert "Today 5:30 AM to 11:00 AM" in words
    assert "Saturday Closed" in words
    assert "New patients: Monday to Friday: 5:30 AM to 11:00 AM" in words


@pytest.mark.parametrize("checked_on", [None, datetime.date(2026, 8, 23)])
def test_a_place_nobody_has_checked_for_long_is_never_said_to_be_open(client, town, fixed_day, checked_on):
    listing = ListingFactory()
    ScheduleFactory(listing=listing)
    if checked_on:
        at = datetime.datetime.combine(checked_on, datetime.time(15), datetime.UTC)
        VerificationFactory(listing=listing, at=at)

    words = page(client, listing)

    assert "Open now" not in words
    assert "Monday to Friday" in words


def test_a_public_holiday_without_a_closure_asks_to_call_first(client, town, fixed_day):
    listing = ListingFactory()
    ScheduleFactory(listing=listing)
    fixed_day.move_to(datetime.datetime(2026, 12, 25, 15, tzinfo=datetime.UTC))

    before = page(client, listing)
    ClosureFactory(listing=listing)

    assert "Today is a holiday. The hours may be different: call first." in before
    assert "The hours may be different" not in page(client, listing)
    assert "Today Closed (holiday)" in page(client, listing)


def test_what_a_list_said_of_spanish_is_quoted_as_the_lists_word(client, town, fixed_day):
    listing = ListingFactory(codes=["OTP", "METH", "SP"])
    ProvenanceFactory(listing=listing, row={"codes": ["SP"]})

    words = page(client, listing)

    assert "Spanish Not known, ask Spanish-speaking counselors, said SAMHSA in 2022" in words


def test_licences_stand_with_the_list_and_its_year_and_facts_with_their_source_and_day(client, town, fixed_day):
    listing = ListingFactory()
    ProvenanceFactory(listing=listing, row={"codes": ["CARF", "SP"]})
    QualityFactFactory(listing=listing, url="https://example.org/list")

    html = client.get(listing.url("en")).content.decode()
    words = page(client, listing)

    assert "Accredited by CARF (SAMHSA, 2022)" in words
    assert "Accredited by an invented body ( An invented list , October 1, 2026)" in words
    assert '<a href="https://example.org/list" rel="noreferrer noopener">An invented list</a>' in html


def test_a_reader_of_the_telephones_language_gets_one_column_and_no_interpreter(client, listings):
    response = client.get(listings["R3"].url("en"))

    assert [spoken for _own, spoken in response.context["calling"]] == [None] * 4
    assert "interpreter, please" not in response.content.decode()


def test_another_reader_gets_the_sentences_in_both_languages_and_one_that_asks_for_an_interpreter(client, listings):
    response = client.get(listings["R3"].url("es"))

    own, spoken = response.context["calling"][0]
    assert own.sentences[0] == "Hablo español. ¿Puede conseguir un intérprete, por favor?"
    assert spoken.sentences[0] == "I speak Spanish. Can you get an interpreter, please?"
    assert len(own.sentences) == len(spoken.sentences) == 4
    assert response.content.decode().count('<div lang="en">') == 4


def test_the_card_says_what_the_place_itself_asks_and_wants(client, town, fixed_day):
    listing = ListingFactory(
        they_ask_en="Date of birth\nInsurance",
        they_ask_es="Fecha de nacimiento\nSeguro",
        to_bring_en="A list of medicines",
        to_bring_es="Lista de medicinas",
        id_needed="yes",
        walk_in="yes",
        spanish="staff",
    )

    say, ask, bring, _money = client.get(listing.url("es")).context["calling"]

    assert ask[0].notes == ("Fecha de nacimiento", "Seguro")
    assert ask[1].notes == ("Date of birth", "Insurance")
    assert bring[1].notes == ("A list of medicines", "An ID: they ask for it.")
    assert bring[1].sentences == ()
    assert say[1].sentences[0] == "I speak Spanish. May I talk with someone who speaks Spanish?"
    assert "I read that I can walk in. When should I come?" in say[1].sentences


@pytest.mark.parametrize("change", [{"status": "temporarily closed"}, {"status": "defunct"}, {"withdrawn_on": True}])
def test_a_place_that_is_no_help_now_leads_to_the_nearest_before_its_own_number(client, listings, change):
    day = datetime.date(2026, 11, 20)
    values = {"withdrawn_on": day} if "withdrawn_on" in change else {**change, "status_since": day}
    ServiceAtLocation.objects.filter(pk=listings["R2"].pk).update(**values)
    rebuild_search()

    response = client.get(listings["R2"].url("en"))

    html = response.content.decode()
    assert [place.title for place in response.context["nearest"]] == ["OTP North", "OTP East"]
    assert html.index('id="nearest"') < html.index('class="call"')
    assert (response.context["calling"], response.context["now"]) == ((), "")


def test_the_nearest_places_say_whether_they_are_open(client, listings):
    nearest = client.get(listings["R2"].url("en")).context["nearest"]

    said = [(place.title, round(place.miles, 1), place.now.replace("\xa0", " ")) for place in nearest]
    assert said == [
        ("OTP North", 3.6, "Open now, until 11:00 AM"),
        ("OTP East", 8.4, "Open now, until 12:00 PM"),
    ]


def test_the_nearest_that_staff_checked_come_before_nearer_ones_and_each_says_its_check(client, listings):
    at_the_door = LocationFactory(latitude=41.766, longitude=-72.677)
    near = ListingFactory(name="Never Called", location=at_the_door)
    ProvenanceFactory(listing=near)
    ListingFactory(name="Nobody Called", location=at_the_door)
    rebuild_search()

    response = client.get(listings["R2"].url("en"))

    nearest = [(place.title, place.check.state) for place in response.context["nearest"]]
    assert nearest == [("OTP North", "fresh"), ("OTP East", "fresh"), ("Never Called", "unchecked")]
    html = response.content.decode()
    section = html[html.index('id="nearest"') :]
    assert "We have not called. Call first." in section
    assert section.count("Checked by the department") == 2


def test_numbers_nobody_should_call_by_mistake_are_named_and_only_a_textphone_is_a_link(client, town, fixed_day):
    listing = ListingFactory()
    for number, kind in (("860-555-0101", "fax"), ("860-555-0102", "textphone")):
        PhoneFactory(listing=listing, number=number, type=kind, note=f"note of {kind}")
    PhoneFactory(listing=listing, number="860-555-0103", use="intake")

    response = client.get(listing.url("en"))

    assert "Fax: (860) 555-0101 note of fax" in page(client, listing)
    assert "TTY: (860) 555-0102 note of textphone" in page(client, listing)
    assert "(860) 555-0103 For new patients" in page(client, listing)
    links = re.findall(r'href="tel:\+1-860-555-(01\d\d)"', response.content.decode())
    assert links == ["0103", "0102"]


def test_one_statement_loads_the_same_as_django_would(town, fixed_day):
    listing = ListingFactory(type=ListingTypeFactory(), status="moved", status_since=datetime.date(2026, 11, 1))
    caller = UserFactory()
    PhoneFactory(listing=listing, extension="1")
    PhoneFactory(listing=listing, extension="2")
    ProvenanceFactory(listing=listing, row={"codes": ["SP"]})
    ProvenanceFactory(listing=listing, row={"codes": []})
    VerificationFactory.create_batch(2, listing=listing, by=caller)
    ScheduleFactory(listing=listing, valid_from=datetime.date(2026, 1, 1))
    ClosureFactory(listing=listing, opens_at=datetime.time(9), closes_at=datetime.time(12))
    QualityFactFactory.create_batch(2, listing=listing)
    for state, field, day in (
        ("open", "phone", 1),
        ("open", "phone", 2),
        ("open", "hours", 1),
        ("refused", "other", 1),
    ):
        decided = {"closed_at": datetime.datetime(2026, 11, 3, tzinfo=datetime.UTC), "closed_by": caller}
        days = dict.fromkeys(("reported_on", "due_on"), datetime.date(2026, 11, day))
        own = {} if state == "open" else decided
        Correction.objects.create(listing=listing, field=field, language="en", state=state, **days, **own)

    loaded, expected = load(listing.slug), ServiceAtLocation.objects.for_page().get(pk=listing.pk)

    assert everything_of(loaded) == everything_of(expected)
    # However many reports somebody sends, a page reads one a thing.
    assert [(row.field, row.reported_on.day) for row in loaded.corrections.all()] == [("hours", 1), ("phone", 2)]
    assert hours_of(loaded) == hours_of(expected)
    assert load("no-such-place") is None


def everything_of(listing):
    """The values of a listing and of all that is loaded with it."""
    one = [listing, listing.type, listing.service, listing.service.organization, listing.location]
    names = ("phones", "provenances", "schedules", "verifications", "quality_facts", "corrections")
    many = [row for name in names for row in getattr(listing, name).all()]
    return [{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in one + many]


def test_a_listing_merged_into_another_leads_there_and_one_of_an_import_not_applied_is_not_shown(client, listings):
    coming = Import.objects.create(name="a.csv", format="table", source="a", as_of="2026-11-01", state="checked")
    ServiceAtLocation.objects.filter(pk=listings["R2"].pk).update(merged_into=listings["R1"])
    ServiceAtLocation.objects.filter(pk=listings["R3"].pk).update(arrives_with=coming)

    merged, hidden = (client.get(listings[name].url("es")) for name in ("R2", "R3"))

    assert (merged.status_code, merged["Location"]) == (302, listings["R1"].url("es"))
    assert hidden.status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_three_queries_whatever_it_shows(client, town, django_assert_num_queries, count):
    listing, caller = ListingFactory(type=ListingTypeFactory()), UserFactory()
    for number in range(count):
        PhoneFactory(listing=listing, extension=str(number))
        ProvenanceFactory(listing=listing)
        VerificationFactory(listing=listing, by=caller)
        ScheduleFactory(listing=listing)
        ClosureFactory(listing=listing)
        QualityFactFactory(listing=listing)
    ListingFactory.create_batch(count, location=LocationFactory(latitude=41.8), type=listing.type)
    rebuild_search()

    client.get(listing.url("en"))  # what every page's frame shows is kept from here on

    with django_assert_num_queries(3):  # the listing with all that hangs on it, neighbours, state of the frame
        response = client.get(listing.url("en"))

    assert len(response.context["nearest"]) == count


def test_the_plain_text_has_the_hours_in_its_language(client, listings):
    text = client.get(f"/h/{listings['R2'].short_code}-es.txt").content.decode().replace("\xa0", " ")

    assert "Horario: Para tomar la dosis: lunes a viernes: 6:00 a. m. a 9:30 a. m." in text


def test_the_text_message_goes_to_nobody_and_names_the_short_address(client, listings):
    response = client.get(listings["R1"].url("es"))

    code = listings["R1"].short_code
    assert reverse("short-language", args=[code, "es"]) == f"/h/{code}-es"
    assert all(address.startswith("sms:?&body=") for address in response.context["messages"])
    assert all(address.endswith(f"%2Fh%2F{code}-es") for address in response.context["messages"])


@pytest.mark.parametrize("language", languages.codes())
def test_the_number_to_call_is_the_first_link_of_the_page(client, listings, language):
    html = client.get(listings["R1"].url(language)).content.decode()

    main = html[html.index("<main") : html.index("</main>")]
    assert re.findall(r'href="([^"]+)"', main)[0].startswith("tel:+1")
