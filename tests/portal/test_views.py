import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from portal.lib import languages
from portal.overdose import actions as overdose
from portal.reference import actions as reference

pytestmark = pytest.mark.django_db

PAGES = ["home", "articles:index", "find", "overdose:overdose", "overdose:naloxone", "overdose:withdrawal",
         "newsletter:index", "about", "privacy", "terms", "accessibility"]  # fmt: skip


@pytest.fixture
def guides():
    reference.load_starter()
    overdose.load_starter()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("es-PR,es;q=0.9,en;q=0.5", "es"),
        ("en-US", "en"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
        ("x" * 600, "en"),
        (";;;q=1", "en"),
        ("es;q=1e309,en", "en"),
        ("," * 5000, "en"),
        ("en-" + "a-" * 2000, "en"),
    ],
)
def test_a_first_visit_goes_to_the_language_the_browser_asks_for(client, accepted, language):
    response = client.get("/", HTTP_ACCEPT_LANGUAGE=accepted)

    assert (response.status_code, response.url) == (302, f"/{language}/")
    assert response["Vary"] == "Accept-Language"
    assert not response.cookies


@pytest.mark.parametrize("language", languages.codes())
@pytest.mark.parametrize("name", PAGES)
def test_every_fixed_page_answers_in_its_own_words_and_leads_to_its_twin(client, guides, name, language):
    with override(language):
        address = reverse(name)

    response = client.get(address)
    page = response.content.decode()

    assert response.status_code == 200
    assert f'<html lang="{language}"' in page
    for other in languages.others(language):
        with override(other):
            assert f'href="{reverse(name)}"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/xx/",
        "/EN/nothing/",
        "/es-419/nada/",
        "/e%00n/",
        "/en/learn/99999999999999999999/",
        "/en/%252e%252e/",
        "/.env",
        "/en/nothing/",
        "/es/nada/",
        "/static/../portal/settings.py",
    ],
)
def test_an_address_that_leads_nowhere_is_a_page_with_the_ways_on(client, path):
    response = client.get(path)

    assert response.status_code == 404
    assert 'href="tel:911"' in response.content.decode()


def test_the_switch_keeps_the_question(client):
    page = client.get("/en/find/", {"q": "metadona 06112"}).content.decode()

    assert 'href="/es/buscar/?q=metadona+06112"' in page


def test_machines_find_their_way(client):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
    assert client.get("/.well-known/security.txt").content.decode().startswith("Contact: ")
    assert client.get("/healthz").content == client.get("/readyz").content == b"ok"
    for address in ["/sitemap.xml", "/sitemap-pages.xml", "/en/learn/feed/"]:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("charset", ["utf-7", "idna", "unicode_escape"])
def test_a_form_in_another_encoding_than_browsers_send_is_refused_and_not_an_error_of_ours(client, charset):
    body = b'--X\r\nContent-Disposition: form-data; name="q"\r\n\r\n+2AA- \\ud800\r\n--X--\r\n'

    kind = f"multipart/form-data; boundary=X; charset={charset}"
    response = client.generic("POST", "/en/find/", body, content_type=kind)

    assert response.status_code == 400


def test_a_form_that_names_the_encoding_of_browsers_is_read(client):
    shown = re.search(r'name="token" value="([^"]+)"', client.get("/en/find/").content.decode())[1]
    parts = {"token": shown, "q": "metadona"}
    body = "".join(
        f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in parts.items()
    )

    response = client.generic(
        "POST", "/en/find/", f"{body}--X--\r\n", content_type="multipart/form-data; boundary=X; charset=UTF-8"
    )

    assert response.status_code == 200
