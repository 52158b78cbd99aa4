"""Test each form of list: what its entries become, and what is said of those that are faulty."""

import json
import zipfile

import openpyxl
import pytest

from resources.imports import meeting_guide, times
from resources.models import Import, ListingType, Provenance, ServiceAtLocation

from . import states
from .conftest import DATA
from .test_samhsa_directory import problems

pytestmark = pytest.mark.django_db
Format = Import.Format


@pytest.fixture
def peer_meeting():
    return ListingType.objects.create(code="peer-meeting", name_en="Meeting", name_es="Reunión", block="peers")


def write_json(path, value):
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_the_locator_s_columns_of_codes_are_read_and_mental_health_places_left_out(bring, tmp_path):
    text = (DATA / "samhsa_locator.csv").read_text(encoding="utf-8")
    path = tmp_path / "locator.csv"
    path.write_text(text.replace(",MH,", ",BOTH,", 1), encoding="utf-8")

    run = bring(path, Format.SAMHSA_LOCATOR)

    assert (run.counts["add"], run.counts["left out"]) == (1, 2)
    listing = ServiceAtLocation.objects.get()
    assert listing.codes[:3] == ["CBT", "RES", "SF"]
    assert listing.location.point_source == "address"
    assert Provenance.objects.values_list("source", "feed").get() == ("samhsa", "samhsa-locator")


def test_the_api_s_names_become_codes_and_what_the_key_does_not_know_is_named(bring):
    run = bring(DATA / "samhsa_api.json", Format.SAMHSA_API)

    some = {"OTP", "METH", "MM", "BWN", "SP", "OMB", "BU"}
    assert [some & set(codes) for codes in states.one("codes")] == [some, {"BU", "BWN", "OMB", "SP"}]
    messages = {message for _row, column, message, _out in problems(run) if column == "services"}
    assert "“Group counseling offered” is not a service of SAMHSA's key. It is not taken." in messages


def test_hsds_json_becomes_a_listing_a_place_with_one_organization(bring):
    run = bring(DATA / "hsds_services.json", Format.HSDS_JSON)

    assert (run.counts["add"], run.counts["left out"]) == (2, 1)
    first, second = states.listings()
    assert first == {
        "slug": "river-health-buprenorphine-clinic-hartford",
        "title": "River Health: Buprenorphine clinic",
        "names": ["Buprenorphine clinic", "Buprenorphine clinic"],
        "description": ["Starts treatment the same week.", ""],
        "web": ["https://clinic.example.org/start", "desk@example.org"],
        "codes": ["UB"],
        "lines": ["1 North Street", "Hartford, CT 06112"],
        "point": [41.79, -72.69, "address"],
        "phones": [["860-555-0110", "12", "intake", "voice"], ["860-555-0111", "", "main", "fax"]],
        "hours": ["MO,TU 08:30:00–16:00:00"],
        "type": None,
        "hidden": False,
    }
    assert (second["lines"][-1], second["point"]) == ("Hartford, CT 06106", [None, None, ""])
    assert ServiceAtLocation.objects.values("service__organization").distinct().count() == 1
    assert [(number, column, message) for number, column, message, _out in problems(run)] == [
        (1, "description", "HTML was taken out."),
        (1, "schedules", "These hours cannot be kept: freq=SECONDLY."),
        (1, "attributes", "“nonsense” is not a code that this directory knows."),
        (2, "description", "HTML was taken out."),
        (2, "latitude", "“-72.69, 41.75”: latitude and longitude have changed places. The point is not taken."),
        (2, "attributes", "“nonsense” is not a code that this directory knows."),
        (3, "status", "The service is not active: its status is “inactive”."),
    ]


def test_a_second_import_of_hsds_finds_organization_service_and_location_again(bring, tmp_path):
    bring(DATA / "hsds_services.json", Format.HSDS_JSON)
    entry = json.loads((DATA / "hsds_services.json").read_text(encoding="utf-8"))["contents"][0]
    third = {
        **entry["service_at_locations"][0],
        "id": "new-place",
        "location": {**entry["service_at_locations"][0]["location"], "id": "l9"},
    }
    entry["service_at_locations"].append(third)

    run = bring(write_json(tmp_path / "more.json", [entry]), Format.HSDS_JSON)

    assert (run.counts["add"], run.counts["same"]) == (1, 2)
    assert ServiceAtLocation.objects.values("service").distinct().count() == 1


@pytest.mark.parametrize(
    "turned",
    [
        lambda entry: entry,
        lambda entry: [entry],
        lambda entry: {
            **entry["service_at_locations"][0],
            "service": {k: v for k, v in entry.items() if k != "service_at_locations"},
        },
        lambda entry: {**entry["organization"], "services": [{k: v for k, v in entry.items() if k != "organization"}]},
    ],
    ids=["service", "list", "place", "organization"],
)
def test_hsds_is_read_from_whichever_end_it_is_told(bring, tmp_path, turned):
    entry = json.loads((DATA / "hsds_services.json").read_text(encoding="utf-8"))["contents"][0]
    entry["service_at_locations"] = entry["service_at_locations"][:1]

    run = bring(write_json(tmp_path / "list.json", turned(entry)), Format.HSDS_JSON)

    assert (run.state, states.one("title")) == ("applied", ["River Health: Buprenorphine clinic"])


@pytest.mark.parametrize("is_zip", [False, True])
def test_an_hsds_package_is_joined_and_its_loose_ends_are_named(bring, tmp_path, is_zip):
    folder = DATA / "hsds_package"
    path = folder
    if is_zip:
        path = tmp_path / "package.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in folder.iterdir():
                archive.write(file, f"data/../{file.name}")

    run = bring(path, Format.HSDS_CSV)

    assert states.one("title") == ["River Health: Buprenorphine clinic"] * 2
    assert states.one("hours") == [["FR 09:00:00–00:00:00"]] * 2
    assert sorted(states.one("codes")) == [["UB"], ["UB"]]
    assert [(column, message) for _row, column, message, _out in problems(run)] == [
        ("organization", "The service names an organization that is not in the file."),
        ("services.csv, 4: id", "The id stands twice in the file: only the first row counts."),
        ("services.csv, 3: organization_id", "It names “o9”, which the package does not have."),
        ("phones.csv, 3: service_at_location_id", "It names “p9”, which the package does not have."),
    ]


def test_a_package_without_services_is_refused_in_a_sentence(check, tmp_path):
    (tmp_path / "organizations.csv").write_text("id,name\n1,x\n", encoding="utf-8")

    run = check(tmp_path, Format.HSDS_CSV)

    assert (run.state, run.error) == ("failed", "The package lacks: services.csv.")


def test_meetings_become_listings_of_their_own_kind_with_their_hours(bring, peer_meeting):
    run = bring(DATA / "meetings.json", Format.MEETING_GUIDE)

    rows = {row["names"][0]: row for row in states.listings()}
    assert run.counts["add"] == 4
    assert {row["type"] for row in rows.values()} == {"peer-meeting"}
    assert rows["Beginner Meeting on Sunday"]["hours"] == ["SU 10:45:00–"]
    assert rows["Solamente por Hoy"]["description"][0] == "Open meeting: anybody may come. In Spanish.\n@Melrose Ave"
    assert rows["Solamente por Hoy"]["lines"][0] == "389 East 150th Street"
    assert rows["You're Never Alone"]["lines"] == ["48 Cameron Street"]


def test_meetings_do_not_go_in_as_treatment_where_their_kind_is_missing(bring):
    run = bring(DATA / "meetings.json", Format.MEETING_GUIDE)

    assert (run.state, run.error) == ("failed", "The directory has no kind of place “peer-meeting”. Add it first.")
    assert states.listings() == []


@pytest.mark.parametrize(
    ("day", "byday"), [(0, "SU"), ("6", "SA"), ([1, 3], "MO,WE"), (None, None), (7, None), ("x", None), ([0, 9], None)]
)
def test_the_days_of_a_meeting_count_from_sunday(day, byday):
    found = []
    meeting = {"name": "A", "slug": "a", "day": day, "time": "19:00", "end_time": "24:00"}

    record = meeting_guide._record(1, meeting, found)

    assert record.schedules == ([{"byday": byday, "opens_at": "19:00", "closes_at": "00:00"}] if byday else [])
    assert [problem.column for problem in found] == ([] if byday or day is None else ["day"])


TABLE = "Agency;Program;Estado;Code postal;Phone;Notes\nCasa Peña;Clínica;CT;06112;860-555-0120;<p>Abierto</p>\n"
COLUMNS = {"organization": "agency", "name_es": "program", "state": "estado", "zip": "code_postal", "phone": "phone"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_is_read_by_the_columns_that_a_person_named(bring, tmp_path, kind):
    path = tmp_path / f"table.{kind}"
    if kind == "csv":
        path.write_text(TABLE, encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for line in TABLE.splitlines():
            book.active.append(line.split(";"))
        book.save(path)

    run = bring(path, Format.TABLE, columns={**COLUMNS, "description_es": "notes"})

    assert (run.state, run.counts["add"]) == ("applied", 1)
    (row,) = states.listings()
    assert (row["names"], row["description"], row["phones"]) == (
        ["Clínica", "Clínica"],
        ["", "Abierto"],
        [["860-555-0120", "", "main", "voice"]],
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            {"freq": "WEEKLY", "byday": "MO", "opens_at": "5:30", "closes_at": "11:00Z"},
            {"byday": "MO", "opens_at": "05:30", "closes_at": "11:00"},
        ),
        ({"freq": "DAILY", "closes_at": "24:00"}, {"byday": "MO,TU,WE,TH,FR,SA,SU", "closes_at": "00:00"}),
        (
            {"byday": "SA", "opens_at": "22:00", "closes_at": "06:00"},
            {"byday": "SA", "opens_at": "22:00", "closes_at": "06:00"},
        ),
        ({"freq": "MONTHLY", "byday": "1MO", "interval": "2"}, {"freq": "MONTHLY", "byday": "1MO", "interval": 2}),
        ({"opens_at": "24:00"}, None),
        ({"opens_at": "25:00"}, None),
        ({"freq": "SECONDLY"}, None),
        ({"byday": "XX"}, None),
        ({"interval": "0"}, None),
        ({"interval": "9" * 30}, None),
        ({"interval": "9" * 5000}, None),
        ({"bymonthday": "32"}, None),
        ({"valid_from": "2025-02-30"}, None),
        ({"valid_from": "31/12/25"}, None),
        ({"valid_from": "0000-00-00"}, None),
        ({"valid_from": "9999-12-31"}, None),
        ({"valid_from": "45000"}, None),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, None),
    ],
)
def test_hours_are_kept_or_named(given, kept):
    found = []

    assert times.schedule(given, "schedules", found) == kept
    assert bool(found) == (kept is None)


def test_what_the_database_cannot_hold_is_taken_out_of_what_is_kept_of_an_entry(bring, tmp_path, peer_meeting):
    meeting = {"slug": "a", "name": "Casa", "day": "x\0", "no\0tes\0": "wor\0ds", "types": ["\0"], "time": "\0"}

    run = bring(write_json(tmp_path / "list.json", [meeting]), Format.MEETING_GUIDE)

    assert (run.state, run.error, states.one("title")) == ("applied", "", ["Casa"])
    row = run.staged.get()
    assert [message for column, message, _out in row.problems if column == "day"] == [
        "“x” is not a day from 0 (Sunday) to 6."
    ]
    assert row.record["raw"]["notes"] == "words"


def test_the_ids_that_rows_share_are_held_without_what_the_database_cannot_hold(bring, tmp_path):
    services = [
        {"id": f"{number}\0", "name": f"Clinic {number}", "organization": {"id": "o\0", "name": "River"}}
        for number in range(2)
    ]

    run = bring(write_json(tmp_path / "list.json", services), Format.HSDS_JSON)

    assert (run.state, run.error) == ("applied", "")
    assert ServiceAtLocation.objects.values("service__organization").distinct().count() == 1
    assert [row["ids"]["organization"] for row in Provenance.objects.values_list("row", flat=True)] == ["o", "o"]
