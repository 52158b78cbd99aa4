import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from resources.actions import rebuild_search
from resources.api import answers, parameters
from resources.models import Location, TaxonomyTerm
from resources.samhsa.load import sync_terms
from tests.resources.factories import (
    ListingFactory,
    PhoneFactory,
    PlaceFactory,
    ScheduleFactory,
    ServiceFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db

LISTS = ["services", "organizations", "service_at_locations"]
WHOLE = ["?full=true", "", "?full=true&per_page=2", "?per_page=2"]


def ask(client, address, **parameters):
    response = client.get(f"/api/hsds/{address}", parameters)
    assert response.status_code == 200, response.content
    return response.json()


def ids(page):
    return [row["id"] for row in page["contents"]]


def uuids(*rows):
    return [str(row.uuid) for row in rows]


def test_a_page_says_where_in_the_list_it_stands(client):
    services = [listing.service for listing in ListingFactory.create_batch(3)]

    first, second, third = (ask(client, "services", per_page=2, page=number) for number in (1, 2, 3))

    shared = {"total_items": 3, "total_pages": 2}
    assert {name: part for name, part in first.items() if name != "contents"} == shared | {
        "page_number": 1, "size": 2, "first_page": True, "last_page": False, "empty": False,
    }  # fmt: skip
    assert {name: part for name, part in second.items() if name != "contents"} == shared | {
        "page_number": 2, "size": 1, "first_page": False, "last_page": True, "empty": False,
    }  # fmt: skip
    assert third["contents"] == []
    assert third["empty"] is True
    assert ids(first) + ids(second) == uuids(*services)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", WHOLE)
def test_a_list_takes_as_many_queries_for_one_row_as_for_three(client, path, query):
    counts = []
    for more in (1, 2):
        for listing in ListingFactory.create_batch(more):
            PhoneFactory(listing=listing)
            ScheduleFactory(listing=listing)
            VerificationFactory(listing=listing)
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/api/hsds/{path}{query}")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_list_in_short_has_no_lists_in_its_rows_and_in_full_everything(client):
    listing = ListingFactory()
    PhoneFactory(listing=listing)

    short = ask(client, "services")["contents"]
    full = ask(client, "services", full="true")["contents"]

    assert [name for name, part in short[0].items() if isinstance(part, list)] == []
    assert full == [ask(client, f"services/{listing.service.uuid}")]
    assert full[0]["service_at_locations"][0]["phones"][0]["number"] == "860-555-0100"


def test_the_shortest_form_is_id_and_moment(client):
    listing = ListingFactory()

    page = ask(client, "services", minimal="true")

    moment = ask(client, f"services/{listing.service.uuid}")["last_modified"]
    assert page["contents"] == [{"id": str(listing.service.uuid), "modified_date": moment}]


def test_an_organization_has_its_places_and_services_in_short_or_whole(client):
    listing = ListingFactory()
    organization = listing.service.organization

    short = ask(client, f"organizations/{organization.uuid}")
    whole = ask(client, f"organizations/{organization.uuid}", full_service="true")

    assert [row["id"] for row in short["locations"]] == uuids(listing.location)
    assert [sorted(row) for row in short["services"]] == [["id", "last_modified", "name", "organization_id", "status"]]
    assert [row["id"] for row in whole["services"][0]["service_at_locations"]] == uuids(listing)


def test_a_service_at_a_location_has_both(client):
    listing = ListingFactory()

    short = ask(client, "service_at_locations")["contents"][0]
    whole = ask(client, f"service_at_locations/{listing.uuid}")

    assert [short["service"]["id"], short["location"]["id"]] == uuids(listing.service, listing.location)
    assert [whole["service"]["id"], whole["location"]["id"]] == uuids(listing.service, listing.location)
    assert "addresses" in whole["location"]


@pytest.mark.parametrize("path", ["services", "service_at_locations"])
def test_only_what_was_changed_or_checked_since_is_given(client, path):
    old, new = ListingFactory.create_batch(2)
    moment = new.updated_at + datetime.timedelta(hours=1)
    VerificationFactory(listing=new, at=moment)
    VerificationFactory(listing=old, at=moment - datetime.timedelta(days=9))

    page = ask(client, path, modified_after=moment.isoformat())

    assert ids(page) == uuids(new.service if path == "services" else new)


def test_a_change_of_the_place_counts_as_a_change_of_the_service(client):
    listing, _other = ListingFactory.create_batch(2)
    moment = listing.updated_at + datetime.timedelta(hours=1)
    Location.objects.filter(pk=listing.location.pk).update(updated_at=moment)

    assert ids(ask(client, "services", modified_after=moment.isoformat())) == uuids(listing.service)


def test_a_moment_without_an_offset_is_local_time(client):
    listing = ListingFactory()
    VerificationFactory(listing=listing, at=datetime.datetime(2040, 1, 1, 5, 0, tzinfo=datetime.UTC))

    assert ids(ask(client, "services", modified_after="2040-01-01")) == uuids(listing.service)
    assert ids(ask(client, "services", modified_after="2040-01-01T05:00:01Z")) == []


def test_places_near_a_zip_code_come_nearest_first_and_none_beyond_the_distance(client):
    PlaceFactory(zip="06112", latitude=41.79, longitude=-72.696)
    far, near, beyond = (ListingFactory(location__latitude=41.79 + north) for north in (0.02, 0.01, 0.5))

    page = ask(client, "service_at_locations", postcode="06112", proximity=5000)
    closer = ask(client, "service_at_locations", postcode="06112", proximity=1200)

    assert ids(page) == uuids(near, far)
    assert ids(closer) == uuids(near)
    assert str(beyond.uuid) not in ids(page)


@pytest.mark.parametrize(("metres", "count"), [(1110, 0), (1115, 1)])
def test_the_distance_is_that_of_a_great_circle(client, metres, count):
    PlaceFactory(zip="06112", latitude=41.79, longitude=-72.696)
    ListingFactory(location__latitude=41.80)  # a hundredth of a degree north: 1,112 metres

    assert ask(client, "service_at_locations", postcode="06112", proximity=metres)["total_items"] == count


def test_codes_taxonomies_and_organizations_narrow_a_list_down(client):
    sync_terms()
    methadone, other = ListingFactory(codes=["MD"]), ListingFactory(codes=["naloxone"])
    term = TaxonomyTerm.objects.get(code="MD")
    taxonomy = ask(client, f"taxonomy_terms/{term.uuid}")["taxonomy_id"]

    assert ids(ask(client, "services", taxonomy_term_id=term.uuid)) == uuids(methadone.service)
    assert ids(ask(client, "service_at_locations", taxonomy_id=taxonomy)) == uuids(methadone)
    assert ids(ask(client, "services", organization_id=other.service.organization.uuid)) == uuids(other.service)


@pytest.mark.parametrize("path", LISTS)
def test_words_are_found_with_and_without_their_accents(client, path):
    found = ListingFactory(service=ServiceFactory(name_en="Clinic", name_es="Clínica de mañana"))
    ListingFactory()
    rebuild_search()
    row = {"services": found.service, "organizations": found.service.organization}.get(path, found)

    for words in ("clinica", "clínica", "clinic"):
        assert ids(ask(client, path, search=words)) == uuids(row)


def test_terms_of_codes_and_of_facts_are_told_with_their_taxonomy(client):
    sync_terms()

    codes = ask(client, "taxonomy_terms", search="Medicaid")["contents"]
    taxonomies = ask(client, "taxonomies")["contents"]
    facts = ask(client, "taxonomy_terms", taxonomy_id=taxonomies[-1]["id"])["contents"]

    assert [row["code"] for row in codes] == ["MD", "SI", "medicaid", "state-insurance"]
    assert [row["name"] for row in taxonomies] == [
        "SAMHSA service codes",
        "What a place offers",
        "Facts about a listing",
    ]
    assert {row["taxonomy_detail"]["id"] for row in facts} == {taxonomies[-1]["id"]}
    assert {"walk_in", "spanish", "checked_on"} <= {row["code"] for row in facts}
    assert ask(client, f"taxonomies/{taxonomies[0]['id']}") == taxonomies[0]
    assert ask(client, "taxonomy_terms", parent_id=taxonomies[0]["id"])["contents"] == []


def test_text_is_in_the_language_asked_for_whatever_the_browser_says(client):
    listing = ListingFactory(service__name_en="Clinic", service__name_es="Clínica")
    address = f"/api/hsds/services/{listing.service.uuid}"

    plain = client.get(address, headers={"Accept-Language": "es"}).json()
    spanish = client.get(f"{address}?language=es").json()

    assert [plain["name"], spanish["name"]] == ["Clinic", "Clínica"]


@pytest.mark.parametrize("path", [*LISTS, "taxonomies", "taxonomy_terms"])
def test_an_id_that_nothing_has_is_a_problem(client, path):
    response = client.get(f"/api/hsds/{path}/b4204e23-2d9c-4e26-ac27-f77dc996e20c")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank", "title": "Not found", "status": 404, "detail": "Nothing has this id.",
    }  # fmt: skip


def test_a_hidden_row_cannot_be_asked_for(client):
    kept = ListingFactory()
    hidden = ListingFactory(merged_into=kept)

    for path, row in [
        ("service_at_locations", hidden),
        ("services", hidden.service),
        ("organizations", hidden.service.organization),
    ]:
        assert client.get(f"/api/hsds/{path}/{row.uuid}").status_code == 404
    assert ids(ask(client, "service_at_locations")) == uuids(kept)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("page=0", "page"),
        ("page=99999999999999999999999", "page"),
        ("page=%00", "page"),
        ("per_page=-1", "per_page"),
        ("per_page=1e9", "per_page"),
        ("language=xx", "language"),
        ("format=ndjson", "format"),
        ("modified_after=yesterday", "modified_after"),
        ("modified_after=0.5", "modified_after"),
        ("modified_after=99999-01-01T00:00:00Z", "modified_after"),
        ("organization_id=7", "organization_id"),
        ("full=perhaps", "full"),
        ("search=" + "a" * 201, "search"),
        ("modifed_after=2026-01-01", "modifed_after"),
        ("%00=1", "\0"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(client, query, name):
    response = client.get(f"/api/hsds/services?{query}")

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert [error["name"] for error in response.json()["errors"]] == [name]


@pytest.mark.parametrize(
    "query",
    [
        "search=%00",
        "search=%ED%A0%80",
        "search=%F0%9F%92%8A",
        "search='%22%3B--%5C",
        "search=(((",
        "modified_after=0001-01-01T00:00:00",
        "modified_after=0001-01-01T00:00:00%2B14:00",
        "modified_after=9999-12-31T23:59:59-14:00",
        "modified_after=2026-01-01T00:00:00%2B23:59",
        "page=1000000&per_page=100",
        "per_page=10000",
        "full=true&full=false",
    ],
)
def test_odd_questions_are_answered(client, query):
    ListingFactory()

    assert client.get(f"/api/hsds/services?{query}").status_code == 200


@pytest.mark.parametrize("path", ["services/abc", "services/%00", "taxonomies/%ED%A0%80"])
def test_an_id_that_is_none_is_a_problem(client, path):
    assert client.get(f"/api/hsds/{path}").status_code == 422


def test_a_zip_code_we_do_not_know_and_a_term_we_do_not_know_are_problems(client):
    unknown = "b4204e23-2d9c-4e26-ac27-f77dc996e20c"

    for query in ("postcode=00000", f"taxonomy_term_id={unknown}", f"taxonomy_id={unknown}"):
        assert client.get(f"/api/hsds/service_at_locations?{query}").status_code == 404
    assert client.get("/api/hsds/service_at_locations?postcode=0611").status_code == 422
    assert client.get("/api/hsds/service_at_locations?postcode=06112&proximity=100001").status_code == 422


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_can_be_written(client, method):
    response = getattr(client, method)("/api/hsds/services")

    assert response.status_code == 405
    assert {word.strip() for word in response.headers["Allow"].split(",")} == {"GET", "HEAD"}


def test_head_is_get_without_the_body(client):
    ListingFactory()

    head, get = client.head("/api/hsds/services"), client.get("/api/hsds/services")

    assert head.status_code == 200
    assert head.headers["ETag"] == get.headers["ETag"]


@pytest.mark.parametrize("path", ["", "services", "services/abc", "openapi.json"])
def test_any_site_may_read_and_no_cookie_is_set(client, path):
    response = client.get(f"/api/hsds/{path}")

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert list(response.cookies) == []


def unchanged(client, etag):
    return client.get("/api/hsds/services?full=true", headers={"If-None-Match": etag}).status_code == 304


def test_an_answer_that_the_caller_has_is_not_given_again(client, django_assert_max_num_queries):
    ListingFactory()
    etag = client.get("/api/hsds/services?full=true").headers["ETag"]

    with django_assert_max_num_queries(20):
        response = client.get("/api/hsds/services?full=true", headers={"If-None-Match": etag})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == etag
    assert client.get("/api/hsds/services", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda listing: listing.save(),
        lambda listing: listing.delete(),
        lambda listing: ListingFactory(),
        lambda listing: listing.phones.update(number="860-555-0199"),
        lambda listing: listing.phones.all().delete(),
        lambda listing: listing.schedules.update(byday="SU"),
        lambda listing: ScheduleFactory(listing=listing),
        lambda listing: VerificationFactory(listing=listing),
        lambda listing: TaxonomyTerm.objects.filter(code="MD").update(name_en="HUSKY"),
        lambda listing: type(listing).objects.filter(pk=listing.pk).update(walk_in="yes"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_every_change_is_seen(client, change):
    sync_terms()
    listing = ListingFactory(codes=["MD"])
    PhoneFactory(listing=listing)
    ScheduleFactory(listing=listing)
    etag = client.get("/api/hsds/services?full=true").headers["ETag"]
    assert unchanged(client, etag)

    change(listing)

    assert not unchanged(client, etag)


def test_the_next_day_is_another_answer(client, fixed_day):
    ListingFactory()
    etag = client.get("/api/hsds/services?full=true").headers["ETag"]

    fixed_day.shift(datetime.timedelta(days=1))

    assert not unchanged(client, etag)


def test_a_network_that_asks_too_often_is_told_when_to_come_back(client, monkeypatch):
    monkeypatch.setattr(answers, "MOST_A_MINUTE", 2)

    asked = [client.get("/api/hsds/services") for _number in range(3)]
    other = client.get("/api/hsds/services", REMOTE_ADDR="198.51.100.7")

    assert [response.status_code for response in [*asked, other]] == [200, 200, 429, 200]
    assert asked[2].headers["Retry-After"] == "60"
    # A cache between us and everybody must not give one network's refusal to the others.
    assert [response.headers["Cache-Control"] for response in asked[1:]] == ["public, max-age=60", "no-store"]
    assert asked[2].headers["Content-Type"] == "application/problem+json"


def test_the_document_describes_each_address_that_answers(client):
    described = client.get("/api/hsds/openapi.json").json()

    names = ["services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms"]
    paths = ["/api/hsds/", *(f"/api/hsds/{name}{end}" for name in names for end in ("", "/{id}"))]
    assert list(described["paths"]) == paths
    assert {tuple(methods) for methods in described["paths"].values()} == {("get",)}


def test_the_bounds_that_descriptions_name_are_those_that_hold():
    described = parameters.Paged.model_fields["per_page"].description

    assert f"{parameters.MOST_A_PAGE} " in described.replace(",", " ")
    assert f"{parameters.MOST_A_PAGE_MINIMAL:,}" in described
