import csv
import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from resources.hsds import package
from resources.hsds.fields import TABLES
from resources.samhsa.load import sync_terms
from tests.resources.factories import ListingFactory, LocationFactory, PhoneFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def json_file(language="en"):
    return json.loads(b"".join(package.json_file(language)))


def tables(language="en"):
    with zipfile.ZipFile(io.BytesIO(b"".join(package.zip_file(language)))) as archive:
        assert archive.testzip() is None
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def test_the_json_file_is_one_page_with_every_public_service_whole(client, monkeypatch):
    monkeypatch.setattr(package, "BATCH", 1)
    sync_terms()
    listings = ListingFactory.create_batch(3)
    ListingFactory(merged_into=listings[0])

    given = json_file()

    whole = [client.get(f"/api/hsds/services/{listing.service.uuid}").json() for listing in listings]
    assert given == {
        "total_items": 3,
        "total_pages": 1,
        "page_number": 1,
        "size": 3,
        "first_page": True,
        "last_page": True,
        "empty": False,
        "contents": whole,
    }


def test_the_files_of_an_empty_directory_are_whole():
    assert json_file()["contents"] == []
    assert tables()["services.csv"] == []


def test_the_tables_hold_what_the_json_holds(monkeypatch):
    monkeypatch.setattr(package, "BATCH", 1)
    sync_terms()
    service = ServiceFactory()
    for _number in range(2):
        PhoneFactory(listing=ListingFactory(service=service, location=LocationFactory(), codes=["MD", "CARF"]))

    given, (whole,) = tables(), json_file()["contents"]

    assert set(given) == {table.file for table in TABLES.values()}
    for name in ("organization", "service", "service_at_location", "location", "address", "phone", "attribute"):
        rows = [row for table, row in package.taken_apart("service", whole) if table == name]
        expected = {row["id"]: {key: str(row.get(key, "")) for key in columns(name)} for row in rows}
        assert {row["id"]: row for row in given[TABLES[name].file]} == expected
    assert len(given["organizations.csv"]) == 1


def columns(table):
    return [column.name for column in TABLES[table].columns]


def test_every_term_that_an_attribute_names_is_in_its_table():
    sync_terms()
    PhoneFactory(listing=ListingFactory(codes=["MD"]))

    given = tables()

    terms = {row["id"]: row for row in given["taxonomy_terms.csv"]}
    assert {row["taxonomy_term_id"] for row in given["attributes.csv"]} <= terms.keys()
    assert {row["taxonomy_id"] for row in terms.values()} == {row["id"] for row in given["taxonomies.csv"]}


def test_no_cell_of_a_table_begins_a_formula_and_numbers_stay_numbers():
    ListingFactory(name="=HYPERLINK(1)")

    given = tables()

    assert [row["name"] for row in given["organizations.csv"]] == ["'=HYPERLINK(1)"]
    assert [row["longitude"] for row in given["locations.csv"]] == ["-72.696"]


def test_the_package_describes_each_of_its_tables():
    with zipfile.ZipFile(io.BytesIO(b"".join(package.zip_file("en")))) as archive:
        described = json.loads(archive.read("datapackage.json"))
        headers = {name: archive.read(name).decode().splitlines()[0].split(",") for name in archive.namelist()[:-1]}

    fields = {row["path"]: [field["name"] for field in row["schema"]["fields"]] for row in described["resources"]}
    assert fields == headers


def test_the_command_writes_either_file_in_the_language_asked_for(tmp_path, capsys):
    ListingFactory(service__name_en="Clinic", service__name_es="Clínica")

    call_command("export_hsds", tmp_path / "a.json", language="es")
    call_command("export_hsds", tmp_path / "a.zip", format="zip")

    assert json.loads((tmp_path / "a.json").read_text())["contents"][0]["name"] == "Clínica"
    assert zipfile.is_zipfile(tmp_path / "a.zip")
    assert capsys.readouterr().out.count("Wrote ") == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.zip"]


def test_the_command_says_when_it_cannot_write(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_hsds", tmp_path / "missing" / "a.json")
