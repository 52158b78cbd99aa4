"""The starter listings hold what was published and nothing else."""

import csv
import gzip
import json
import re
import uuid
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from resources.samhsa import codes
from resources.search import tags

RESOURCES = Path(codes.__file__).parent.parent
NAMESPACE = uuid.UUID("7b9f4a52-3c1e-5d0b-9a64-0e2f6c8d1b35")
PHONE = re.compile(r"[2-9]\d{2}-[2-9]\d{2}-\d{4}")


@cache
def starter(name):
    return json.loads((RESOURCES / "starter" / name).read_text(encoding="utf-8"))


def services():
    return starter("hartford.json")["contents"]


def service_id(service):
    return service["source"]["source_id"]


def listing(service):
    (only,) = service["service_at_locations"]
    return only


def codes_of(service):
    return {attribute["value"] for attribute in service["attributes"]}


def keys_by_kind(records):
    return set().union(*(record.keys() for record in records))


def test_there_are_26_places_each_with_its_own_source_id():
    source_ids = [service_id(service) for service in services()]

    assert len(source_ids) == 26
    assert len(set(source_ids)) == 26


def test_no_id_is_used_twice():
    ids = Counter(re.findall(r'"id": "([^"]+)"', (RESOURCES / "starter" / "hartford.json").read_text(encoding="utf-8")))

    assert [key for key, count in ids.items() if count > 1] == []


@pytest.mark.parametrize("service", services(), ids=service_id)
def test_ids_are_made_from_the_source_row(service):
    source_id, at = service_id(service), listing(service)

    assert service["id"] == str(uuid.uuid5(NAMESPACE, f"service:{source_id}"))
    assert service["organization"]["id"] == str(uuid.uuid5(NAMESPACE, f"organization:{source_id}"))
    assert at["id"] == str(uuid.uuid5(NAMESPACE, f"service_at_location:{source_id}"))
    assert at["location"]["id"] == str(uuid.uuid5(NAMESPACE, f"location:{source_id}"))


def test_records_have_the_published_fields_and_no_others():
    listings = [listing(service) for service in services()]
    locations = [at["location"] for at in listings]

    assert keys_by_kind(services()) == {
        *("id", "name", "alternate_name", "status", "source", "organization"),
        *("service_at_locations", "languages", "attributes"),
    }
    assert keys_by_kind(service["organization"] for service in services()) == {"id", "name", "description"}
    assert {service["organization"]["description"] for service in services()} == {""}
    assert keys_by_kind(listings) == {"id", "phones", "location"}
    assert keys_by_kind(phone for at in listings for phone in at["phones"]) == {
        *("id", "number", "extension", "type", "description"),
    }
    assert keys_by_kind(locations) == {"id", "location_type", "latitude", "longitude", "addresses"}
    assert keys_by_kind(address for location in locations for address in location["addresses"]) == {
        *("id", "address_1", "address_2", "city", "state_province", "postal_code", "country", "address_type"),
    }


@pytest.mark.parametrize("service", services(), ids=service_id)
def test_every_place_names_its_source_and_where_its_point_is_from(service):
    source = service["source"]

    assert source["name"] == "SAMHSA National Directory of Drug and Alcohol Use Treatment Facilities"
    assert source["year"] == 2022
    assert re.fullmatch(r"[0-9a-f]{16}", source["source_id"])
    assert source["geo_source"] in {"samhsa_locator_2021", "zip_centroid"}


def test_only_the_new_britain_clinic_has_the_middle_of_its_zip_code_for_a_point():
    coarse = [service["alternate_name"] for service in services() if service["source"]["geo_source"] == "zip_centroid"]

    assert coarse == ["Hartford Dispensary/New Britain Clinic"]


@pytest.mark.parametrize("service", services(), ids=service_id)
def test_every_place_lies_in_connecticut_and_has_an_address(service):
    location = listing(service)["location"]
    (address,) = location["addresses"]

    assert 40.95 < location["latitude"] < 42.06
    assert -73.74 < location["longitude"] < -71.78
    assert (address["state_province"], address["country"]) == ("CT", "US")
    assert re.fullmatch(r"06\d{3}", address["postal_code"])


@pytest.mark.parametrize("service", services(), ids=service_id)
def test_phones_are_as_published_with_the_extension_apart(service):
    phones = listing(service)["phones"]

    assert [phone["number"] for phone in phones if not PHONE.fullmatch(phone["number"])] == []
    assert all(isinstance(phone.get("extension", 1), int) for phone in phones)
    assert "description" not in phones[0]
    assert {phone["description"] for phone in phones[1:]} <= {"Intake"}


@pytest.mark.parametrize("service", services(), ids=service_id)
def test_names_are_tidy(service):
    names = [service["name"], service["organization"]["name"], service.get("alternate_name", service["name"])]

    assert names == [" ".join(name.split()) for name in names]
    assert [name for name in names if name.isupper() and name != "STR E MAT"] == []  # two acronyms


@pytest.mark.parametrize("service", services(), ids=service_id)
def test_every_code_is_known_and_points_to_its_term(service):
    terms = {term["code"]: term["id"] for term in starter("hartford.json")["taxonomy_terms"]}

    assert codes_of(service) <= set(codes.load())
    assert len(service["attributes"]) == len(codes_of(service))
    assert {attribute["value"]: attribute["taxonomy_term_id"] for attribute in service["attributes"]} == {
        code: terms[code] for code in codes_of(service)
    }


@pytest.mark.parametrize("service", services(), ids=service_id)
def test_a_language_is_listed_only_with_its_code(service):
    by_code = {"es": "SP", "sgn": "AH", "zh": "F17", "fr": "F28", "hi": "F36", "pl": "F66", "ru": "F70", "tl": "F81"}
    by_code["vi"] = "F92"

    languages = {by_code[language["code"]] for language in service["languages"]}

    assert languages == codes_of(service) & set(by_code.values())


def test_six_places_may_claim_methadone():
    offering = {service["alternate_name"] for service in services() if "methadone" in codes.claims(codes_of(service))}

    assert offering == {
        "Hartford Dispensary/Doctors Clinic",
        "Henderson/Johnson Clinic MMTP",
        "Blue Hills Substance Services",
        "Intensive and Intermediate Programs",
        "Hartford Dispensary/Manchester Clinic",
        "Hartford Dispensary/New Britain Clinic",
    }


def test_calls_to_make_say_who_where_and_why_in_every_language():
    calls, known = starter("calls_to_make.json"), {service_id(service) for service in services()}
    languages = {language for language, _name in settings.LANGUAGES}

    assert len(calls) == 11
    for call in calls:
        assert call.keys() == {"organization", "address", "phone", "reason", "source", "source_ids"}
        assert PHONE.fullmatch(call["phone"])
        assert {language for language, text in call["reason"].items() if text} == languages
        assert set(call["source_ids"]) <= known


def test_the_program_that_samhsa_lacks_is_a_call_and_not_a_listing():
    calls = [call["phone"] for call in starter("calls_to_make.json") if call["address"].startswith("55 Fishfry Street")]
    addresses = {listing(service)["location"]["addresses"][0]["address_1"] for service in services()}

    assert calls == ["860-247-8300"]
    assert "55 Fishfry Street" not in addresses


def test_the_zip_table_holds_each_code_once_with_a_point():
    with gzip.open(RESOURCES / "data" / "us_zips.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert list(rows[0]) == ["zip", "city", "state", "state_name", "county", "lat", "lon"]
    assert len(rows) == len({row["zip"] for row in rows}) == 41_128
    assert [row["zip"] for row in rows if not re.fullmatch(r"\d{5}", row["zip"])] == []
    assert [row["zip"] for row in rows if not (-15 < float(row["lat"]) < 72 and abs(float(row["lon"])) <= 180)] == []
    assert [row["zip"] for row in rows if row["zip"].startswith(("09", "340", "962", "963"))] == []
    assert [row for row in rows if row["zip"] == "06112"] == [
        {
            "zip": "06112",
            "city": "Hartford",
            "state": "CT",
            "state_name": "Connecticut",
            "county": "Capitol Region",
            "lat": "41.793336",
            "lon": "-72.695823",
        }
    ]


def test_the_zip_table_carries_no_time_so_that_the_same_rows_give_the_same_bytes():
    header = (RESOURCES / "data" / "us_zips.csv.gz").read_bytes()[:8]

    assert header[4:8] == b"\0\0\0\0"


def test_concepts_filter_on_claims_that_exist():
    path = Path(settings.BASE_DIR) / "portal" / "reference" / "starter" / "concepts.json"
    concepts = json.loads(path.read_text(encoding="utf-8"))

    kinds = {
        kind["code"]
        for kind in json.loads(
            (Path(settings.BASE_DIR) / "resources" / "starter" / "listing_types.json").read_text(encoding="utf-8")
        )
    }
    answers = {f"{field}-{answer}" for field in (*tags.ANSWERS, *tags.ONLY_IF_YES) for answer in ("yes", "no")}
    brands = {"methadone-brand", "naloxone-brand"}  # forms that no code tells apart: "ask about this form"
    known = {*codes.load_claims(), *kinds, *(f"{tags.KIND}{kind}" for kind in kinds), *answers, *brands}
    assert {slug for concept in concepts for slug in concept["claims"]} <= known
    assert {code for concept in concepts for code in concept["samhsa_codes"]} <= set(codes.load())
