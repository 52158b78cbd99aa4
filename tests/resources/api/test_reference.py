import pytest
from django.urls import reverse
from django.utils.translation import override

from portal.lib import languages
from resources.views import exports
from tests.resources.factories import ListingFactory, VerificationFactory

pytestmark = pytest.mark.django_db


def data_page(language):
    with override(language):
        return reverse("resources:data")


@pytest.mark.parametrize("language", languages.codes())
def test_the_page_names_every_address_and_parameter_of_the_document(client, language):
    response = client.get(data_page(language))

    described = client.get("/api/hsds/openapi.json").json()["paths"]
    html = response.content.decode()
    for path, operations in described.items():
        assert f"<code>{path.removeprefix('/api/hsds')}</code>" in html
        for parameter in operations["get"]["parameters"]:
            assert parameter["in"] == "path" or f">{parameter['name']}</code>" in html


def test_the_page_says_how_much_there_is_and_of_when(client, fixed_day):
    kept = ListingFactory()
    ListingFactory(merged_into=kept)

    response = client.get(data_page("en"))

    assert response.context["services"] == 1
    assert "There is 1 service." in response.content.decode()
    assert "The newest change is of December 1, 2026." in response.content.decode()


def test_the_page_of_an_empty_directory_shows_no_day(client):
    response = client.get(data_page("en"))

    assert response.status_code == 200
    assert "The newest change" not in response.content.decode()


def test_both_files_come_in_the_language_of_the_address(client):
    VerificationFactory(listing=ListingFactory(service__name_en="Clinic", service__name_es="Clínica"))

    names = []
    for language in languages.codes():
        with override(language):
            names.append(b"".join(client.get(reverse("resources:data-json"))).decode())

    assert ['"Clinic"' in names[0], '"Clínica"' in names[1]] == [True, True]
    assert client.get("/en/data/hsds.zip").headers["Content-Disposition"] == 'attachment; filename="hsds.zip"'


def test_a_network_that_takes_too_many_files_is_told_to_wait(client, monkeypatch):
    monkeypatch.setattr(exports, "MOST_FILES_AN_HOUR", 1)

    statuses = [client.get(f"/en/data/hsds.{form}").status_code for form in ("json", "zip")]

    assert statuses == [200, 429]
