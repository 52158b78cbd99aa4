"""Test what is said of hours: whether a place can be used at a moment, when next, and the words for both."""

import datetime
import json
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from resources import hours
from resources.hours import Hours, Rule, Shut
from resources.models import Schedule, ServiceAtLocation
from resources.models.location import validate_time_zone

from .factories import ClosureFactory, ListingFactory, LocationFactory, ScheduleFactory

HARTFORD = ZoneInfo("America/New_York")
WEEKDAYS = "MO,TU,WE,TH,FR"
USUAL = Rule(byday=WEEKDAYS, opens_at="05:30", closes_at="11:00")
CHRISTMAS = Shut("2026-12-25", "2026-12-25")


def at(text, zone=HARTFORD, fold=0):
    """A moment in Hartford: "2026-12-01 10:00"."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def of(*rules, closures=(), zone=""):
    return Hours(rules, closures, zone)


def told(own, moment, purpose=""):
    """Whether it is open and when that changes, in the clock of the place."""
    state = hours.state(own, at(moment), purpose)
    change = state.until or state.opens_at
    return state.is_open, f"{change:%Y-%m-%d %H:%M}" if change else None


@pytest.mark.parametrize(
    ("moment", "is_open", "change"),
    [
        ("2026-12-01 05:29", False, "2026-12-01 05:30"),
        ("2026-12-01 05:30", True, "2026-12-01 11:00"),
        ("2026-12-01 10:59", True, "2026-12-01 11:00"),
        ("2026-12-01 11:00", False, "2026-12-02 05:30"),
        ("2026-12-04 12:00", False, "2026-12-07 05:30"),
        ("2026-12-06 08:00", False, "2026-12-07 05:30"),
    ],
)
def test_a_place_is_open_from_its_first_minute_to_before_its_last(moment, is_open, change):
    assert told(of(USUAL), moment) == (is_open, change)


def test_nothing_is_known_without_rules():
    state = hours.state(Hours(), at("2026-12-01 10:00"))

    assert state == hours.OpenState()
    assert hours.now_in_words(state, at("2026-12-01 10:00")) == ""
    assert hours.in_words(Hours(), datetime.date(2026, 12, 1)) == []


def test_two_spans_of_a_day_leave_the_lunch_out():
    own = of(
        Rule(byday="TU", opens_at="09:00", closes_at="12:00"), Rule(byday="TU", opens_at="13:00", closes_at="17:00")
    )

    assert told(own, "2026-12-01 12:30") == (False, "2026-12-01 13:00")
    assert told(own, "2026-12-01 11:00") == (True, "2026-12-01 12:00")


def test_overlapping_spans_are_one():
    own = of(
        Rule(byday="TU", opens_at="09:00", closes_at="12:00"), Rule(byday="TU", opens_at="11:00", closes_at="17:00")
    )

    assert told(own, "2026-12-01 10:00") == (True, "2026-12-01 17:00")


def test_a_night_runs_into_the_next_morning():
    own = of(Rule(byday="FR", opens_at="22:00", closes_at="06:00"))

    assert told(own, "2026-12-05 03:00") == (True, "2026-12-05 06:00")
    assert told(own, "2026-12-04 03:00") == (False, "2026-12-04 22:00")
    assert told(own, "2026-12-06 03:00") == (False, "2026-12-11 22:00")


@pytest.mark.parametrize("closes_at", ["00:00"])
def test_day_and_night_has_no_end(closes_at):
    own = of(Rule(opens_at="00:00", closes_at=closes_at))

    assert told(own, "2026-12-01 03:00") == (True, None)
    assert (
        hours.now_in_words(hours.state(own, at("2026-12-01 03:00")), at("2026-12-01 03:00"))
        == "Open now, day and night"
    )


def test_until_midnight_is_the_end_of_the_day():
    own = of(Rule(byday="TU", opens_at="09:00", closes_at="00:00"))

    assert told(own, "2026-12-01 23:59") == (True, "2026-12-02 00:00")
    assert told(own, "2026-12-02 00:00") == (False, "2026-12-08 09:00")


def test_in_spring_the_hour_that_does_not_exist_is_passed_over():
    own = of(Rule(opens_at="01:30", closes_at="03:30"))

    assert told(own, "2026-03-08 01:45") == (True, "2026-03-08 03:30")
    assert told(of(Rule(opens_at="02:15", closes_at="05:00")), "2026-03-08 01:45") == (False, "2026-03-08 03:00")


def test_in_autumn_the_hour_that_comes_twice_is_open_twice():
    own = of(Rule(opens_at="01:30", closes_at="02:30"))

    first, second = (hours.state(own, at("2026-11-01 01:45", fold=fold)) for fold in (0, 1))

    assert (first.is_open, second.is_open) == (True, True)
    assert first.until == second.until == at("2026-11-01 02:30")


def test_every_second_week_is_counted_from_its_beginning():
    own = of(Rule(byday="TU", interval=2, valid_from="2026-11-18", opens_at="09:00", closes_at="12:00"))

    assert told(own, "2026-11-24 10:00") == (False, "2026-12-01 09:00")
    assert told(own, "2026-12-01 10:00") == (True, "2026-12-01 12:00")
    assert told(own, "2026-12-08 10:00") == (False, "2026-12-15 09:00")
    assert told(own, "2027-01-05 10:00") == (False, "2027-01-12 09:00")


def test_nothing_begins_before_its_day_or_goes_on_after_it():
    own = of(USUAL._replace(valid_from="2026-12-03", valid_to="2026-12-04"))

    assert told(own, "2026-12-01 10:00") == (False, "2026-12-03 05:30")
    assert told(own, "2026-12-04 12:00") == (False, None)


@pytest.mark.parametrize(
    ("byday", "bymonthday", "moment", "change"),
    [
        ("1MO", "", "2026-12-01 10:00", "2026-12-07 09:00"),
        ("-1FR", "", "2026-12-01 10:00", "2026-12-25 09:00"),
        ("5TU", "", "2026-12-01 10:00", "2026-12-29 09:00"),
        ("", "15", "2026-12-01 10:00", "2026-12-15 09:00"),
        ("", "-1", "2026-12-01 10:00", "2026-12-31 09:00"),
        ("", "31", "2026-11-29 10:00", "2026-12-31 09:00"),
        ("FR", "13", "2026-11-01 10:00", "2026-11-13 09:00"),
    ],
)
def test_days_of_the_month_are_found(byday, bymonthday, moment, change):
    own = of(Rule(freq="MONTHLY", byday=byday, bymonthday=bymonthday, opens_at="09:00", closes_at="12:00"))

    assert told(own, moment) == (False, change)


def test_every_second_month_is_counted_from_its_beginning():
    rule = Rule(freq="MONTHLY", byday="1MO", interval=2, valid_from="2026-11-01", opens_at="09:00", closes_at="12:00")

    assert told(of(rule), "2026-11-03 10:00") == (False, "2027-01-04 09:00")


@pytest.mark.parametrize(
    "rule",
    [
        Rule(byday=WEEKDAYS, opens_at="09:00"),
        Rule(byday="XX", opens_at="09:00", closes_at="12:00"),
        Rule(byday="MO,12345TU", opens_at="09:00", closes_at="12:00"),
        Rule(byday="1MO", opens_at="09:00", closes_at="12:00"),
        Rule(byday="MO", interval=2, opens_at="09:00", closes_at="12:00"),
        Rule(byday="MO", interval=0, opens_at="09:00", closes_at="12:00"),
        Rule(freq="MONTHLY", bymonthday="32", opens_at="09:00", closes_at="12:00"),
        Rule(freq="MONTHLY", opens_at="09:00", closes_at="12:00"),
        Rule(freq="SECONDLY", opens_at="09:00", closes_at="12:00"),
        Rule(byday="MO; 24/7", opens_at="09:00", closes_at="12:00"),
    ],
)
def test_what_cannot_be_read_whole_claims_nothing(rule):
    assert not hours.can_be_read(rule)
    assert hours.state(of(rule), at("2026-11-30 10:00")) == hours.OpenState()
    assert hours.state(of(rule, USUAL), at("2026-12-01 10:00")).is_open


def test_a_bomb_of_rules_costs_no_more_than_a_few():
    bomb = [
        Rule(
            freq="MONTHLY",
            byday="1MO",
            interval=65535,
            valid_from=f"19{n % 100:02d}-01-01",
            opens_at="09:00",
            closes_at="10:00",
        )
        for n in range(40)
    ]
    begin = datetime.datetime.now()

    state = hours.state(of(*bomb), at("2026-12-01 10:00"))

    assert (state.is_known, state.is_open, state.opens_at) == (True, False, None)
    assert datetime.datetime.now() - begin < datetime.timedelta(seconds=2)


def test_a_holiday_closes_and_says_why():
    own = of(USUAL, closures=(CHRISTMAS,))

    state = hours.state(own, at("2026-12-25 10:00"))

    assert (state.is_open, state.reason, state.opens_at) == (False, "holiday", at("2026-12-28 05:30"))
    assert told(own, "2026-12-24 12:00") == (False, "2026-12-28 05:30")
    assert told(of(USUAL), "2026-12-25 10:00") == (True, "2026-12-25 11:00")


def test_a_closure_of_days_ends_an_always_open_place_and_it_opens_again():
    own = of(Rule(opens_at="00:00", closes_at="00:00"), closures=(Shut("2026-12-24", "2026-12-26", "other"),))

    assert told(own, "2026-12-23 10:00") == (True, "2026-12-24 00:00")
    assert told(own, "2026-12-25 10:00") == (False, "2026-12-27 00:00")


def test_a_closure_with_hours_replaces_the_usual_ones():
    own = of(USUAL, closures=(Shut("2026-12-24", "2026-12-24", "holiday", "06:00", "08:00"),))

    assert told(own, "2026-12-24 05:45") == (False, "2026-12-24 06:00")
    assert told(own, "2026-12-24 07:00") == (True, "2026-12-24 08:00")
    assert told(own, "2026-12-24 10:00") == (False, "2026-12-25 05:30")


def test_a_night_that_is_closed_does_not_run_on_into_the_next_morning():
    own = of(Rule(byday="TH,FR", opens_at="22:00", closes_at="06:00"), closures=(CHRISTMAS,))

    assert told(own, "2026-12-24 23:00") == (True, "2026-12-25 00:00")
    assert told(own, "2026-12-26 03:00") == (False, "2026-12-31 22:00")


def test_the_clock_is_that_of_the_place():
    own = of(Rule(opens_at="09:00", closes_at="17:00"), zone="America/Los_Angeles")

    state = hours.state(own, at("2026-12-01 11:00"))

    assert (state.is_open, state.opens_at) == (False, at("2026-12-01 09:00", ZoneInfo("America/Los_Angeles")))
    assert hours.state(own, at("2026-12-01 12:00")).is_open
    assert hours.state(own, at("2026-12-01 17:00", datetime.UTC)).is_open


DOSING = Rule("dosing", byday=WEEKDAYS, opens_at="05:30", closes_at="11:00")
NEW = Rule("new patients", byday="TU,WE", opens_at="05:30", closes_at="08:00")
OFFICE = Rule("office", byday=WEEKDAYS, opens_at="08:00", closes_at="16:00")
PHONE = Rule("phone", opens_at="00:00", closes_at="00:00")


@pytest.mark.parametrize(
    ("rules", "purpose", "expected"),
    [
        ((DOSING, NEW, OFFICE), "", ("new patients", False, True)),
        ((DOSING, OFFICE), "", ("dosing", True, False)),
        ((USUAL, OFFICE), "", ("", True, False)),
        ((DOSING, NEW, USUAL), "dosing", ("dosing", True, False)),
        ((NEW, USUAL), "dosing", ("", True, False)),
        ((OFFICE,), "", ("", False, True)),
        ((PHONE,), "", ("", False, False)),
        ((PHONE, OFFICE), "phone", ("phone", True, False)),
    ],
)
def test_open_means_that_what_was_searched_can_be_done(rules, purpose, expected):
    state = hours.state(of(*rules), at("2026-12-01 10:00"), purpose)

    assert (state.purpose, state.is_open, state.is_office_only) == expected


def test_hours_pass_through_json_unchanged():
    own = of(USUAL, NEW, closures=(CHRISTMAS,), zone="America/Chicago")

    assert hours.read(json.loads(json.dumps(hours.as_rows(own)))) == own
    assert hours.as_rows(Hours()) is None
    assert hours.read(None) == Hours()


def test_public_holidays_are_known_with_their_day_off():
    year = [datetime.date(2026, 1, 1) + datetime.timedelta(days=number) for number in range(365)]

    known = [f"{day:%m-%d}" for day in year if hours.is_federal_holiday(day)]

    january_to_june = ["01-01", "01-19", "02-16", "05-25", "06-19"]
    assert known == [*january_to_june, "07-03", "07-04", "09-07", "10-12", "11-11", "11-26", "12-25"]


def test_a_week_shows_each_day_under_its_own_name_and_a_night_under_its_evening():
    night = Rule(byday="TH", opens_at="22:00", closes_at="06:00")

    days = hours.week(of(USUAL, night, closures=(CHRISTMAS,)), datetime.date(2026, 12, 23), "")

    usual = (datetime.time(5, 30), datetime.time(11))
    late = (datetime.time(22), datetime.time())  # the holiday begins at midnight
    spans = [day.spans for day in days]
    assert spans == [(usual,), (usual, late), (), (), (), (usual,), (usual,)]
    assert [day.reason for day in days] == ["", "", "holiday", "", "", "", ""]


def test_a_week_of_day_and_night_is_seven_whole_days():
    days = hours.week(of(Rule(opens_at="00:00", closes_at="00:00")), datetime.date(2026, 10, 30), "")

    assert [day.spans for day in days] == [
        ((datetime.time(), datetime.time()),)
    ] * 7  # the clock changes on one of them


MOMENTS = [
    ("2026-12-01 10:00", "Open now, until 11:00 AM", "Abierto ahora, hasta las 11:00 a. m."),
    ("2026-12-01 12:00", "Opens Wed 5:30 AM", "Abre el miércoles a las 5:30 a. m."),
    ("2026-12-02 05:00", "Opens today 5:30 AM", "Abre hoy a las 5:30 a. m."),
    (
        "2026-12-25 10:00",
        "Closed today (holiday). Opens Mon 5:30 AM",
        "Cerrado hoy (día feriado). Abre el lunes a las 5:30 a. m.",
    ),
]


@pytest.mark.parametrize(("moment", "english", "spanish"), MOMENTS)
def test_a_moment_is_said_in_both_languages(moment, english, spanish):
    state = hours.state(of(USUAL, closures=(CHRISTMAS,)), at(moment))

    said = {}
    for language in ("en", "es"):
        with override(language):
            said[language] = hours.now_in_words(state, at(moment)).replace("\xa0", " ")

    assert said == {"en": english, "es": spanish}


def test_spanish_says_one_o_clock_in_the_singular():
    own = of(Rule(byday="WE", opens_at="13:00", closes_at="13:30"))

    with override("es"):
        said = hours.now_in_words(hours.state(own, at("2026-12-01 12:00")), at("2026-12-01 12:00"))

    assert said.replace("\xa0", " ") == "Abre el miércoles a la 1:00 p. m."


def test_an_office_that_is_open_for_others_says_when_new_patients_come():
    own = of(Rule("new patients", byday="WE", opens_at="05:30", closes_at="08:00"), OFFICE)
    moment = at("2026-12-01 10:00")

    words = hours.now_in_words(hours.state(own, moment), moment).replace("\xa0", " ")

    assert words == "Office open; new patients tomorrow 5:30 AM"


def test_a_far_opening_is_said_by_its_date_and_none_by_none():
    own = of(Rule(freq="MONTHLY", bymonthday="20", opens_at="09:00", closes_at="10:00"))
    ended = of(USUAL._replace(valid_to="2026-11-01"))
    moment = at("2026-12-01 12:00")

    said = [hours.now_in_words(hours.state(each, moment), moment).replace("\xa0", " ") for each in (own, ended)]

    assert said == ["Opens on December 20, 2026 at 9:00 AM", "Closed now"]


def test_the_usual_hours_are_said_line_by_line():
    own = of(
        USUAL,
        Rule(byday="SA", opens_at="06:00", closes_at="10:00"),
        Rule("new patients", byday="TU,TH", opens_at="13:00", closes_at="15:00"),
        Rule(byday="SU", interval=2, valid_from="2026-11-01", opens_at="09:00", closes_at="10:00"),
        Rule(freq="MONTHLY", byday="1MO", opens_at="18:00", closes_at="19:00"),
        USUAL._replace(valid_to="2026-01-01"),
        closures=(
            CHRISTMAS,
            Shut("2026-12-24", "2026-12-24", "holiday", "06:00", "08:00"),
            Shut("2026-01-01", "2026-01-01"),
        ),
    )

    lines = [line.replace("\xa0", " ") for line in hours.in_words(own, datetime.date(2026, 12, 1))]

    assert lines == [
        "New patients: Tuesday, Thursday: 1:00 PM to 3:00 PM",
        "Monday to Friday: 5:30 AM to 11:00 AM",
        "First Monday of the month: 6:00 PM to 7:00 PM",
        "Saturday: 6:00 AM to 10:00 AM",
        "Sunday, every 2 weeks: 9:00 AM to 10:00 AM",
        "December 24, 2026: open 6:00 AM to 8:00 AM only",
        "Closed December 25, 2026 (holiday)",
    ]


@pytest.mark.django_db
def test_the_hours_of_a_listing_are_the_same_with_its_closures_in_either_form():
    listing = ListingFactory(location=LocationFactory(time_zone="America/Chicago"))
    ScheduleFactory(listing=listing, purpose="dosing", opens_at=datetime.time(5, 30), closes_at=datetime.time(23, 59))
    ClosureFactory(listing=listing, opens_at=datetime.time(6), closes_at=datetime.time(8))
    ClosureFactory(
        listing=listing, starts_on=datetime.date(2026, 12, 31), ends_on=datetime.date(2027, 1, 1), reason="other"
    )

    plain = hours.hours_of(ServiceAtLocation.objects.get())
    whole = hours.hours_of(ServiceAtLocation.objects.for_page().get())

    assert (
        plain
        == whole
        == Hours(
            (Rule("dosing", "WEEKLY", WEEKDAYS, 1, "", "05:30", "00:00"),),
            (
                Shut("2026-12-25", "2026-12-25", "holiday", "06:00", "08:00"),
                Shut("2026-12-31", "2027-01-01", "other"),
            ),
            "America/Chicago",
        )
    )


@pytest.mark.django_db
def test_a_time_zone_that_does_not_exist_leaves_the_hours_unknown():
    listing = ListingFactory(location=LocationFactory(time_zone="America/Nowhere"))
    ScheduleFactory(listing=listing)

    assert hours.hours_of(listing) == Hours()


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("byday", ["MO", "MO,TU,SU", "1MO", "-1FR,2TU"], ["XX", "MO,", "6MO", "MO TU", "mo"]),
        ("bymonthday", ["1", "1,15", "-1", "31"], ["0", "32", "1;2", "a"]),
    ],
)
def test_days_are_checked_as_they_are_entered(field, good, bad):
    validators = Schedule._meta.get_field(field).validators

    refused = []
    for value in (*good, *bad):
        try:
            [validator(value) for validator in validators]
        except ValidationError:
            refused.append(value)

    assert refused == bad


def test_a_time_zone_is_checked_as_it_is_entered():
    validate_time_zone("America/Chicago")

    with pytest.raises(ValidationError, match="No such time zone: Hartford"):
        validate_time_zone("Hartford")
