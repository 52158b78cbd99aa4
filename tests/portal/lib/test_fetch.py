"""Other sites are asked at the address that was checked, and private networks never."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.lib import fetch

PUBLIC, PRIVATE = "93.184.215.14", "10.0.0.7"


class Site(BaseHTTPRequestHandler):
    """Answer as the path asks, and note what was asked."""

    asked: list[tuple[str, str, str]] = []

    def do_GET(self):
        Site.asked.append((self.command, self.headers["Host"], self.path))
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
        elif self.path == "/round":
            self.send_response(301)
            self.send_header("Location", "/round")
        else:
            self.send_response(int(self.path.strip("/") or 200))
            self.send_header("Content-Language", "es")
        self.send_header("Content-Length", "4")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"hola")

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *args):
        pass


@pytest.fixture
def site(monkeypatch):
    """Serve at one.example and two.example, which stand for the open web; other names are private or unknown."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    names = {"one.example": ["127.0.0.1"], "two.example": ["127.0.0.1"], "inside.example": [PRIVATE]}
    names |= {"both.example": ["127.0.0.1", PRIVATE], "127.0.0.1": ["127.0.0.1"]}

    def look_up(host, port, *args, **options):
        if host not in names:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in names[host]]

    is_public = fetch.is_public
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1" or is_public(address))
    monkeypatch.setattr(fetch.socket, "getaddrinfo", look_up)
    monkeypatch.setitem(fetch.PORTS, "http", server.server_port)
    Site.asked.clear()
    yield Site
    server.shutdown()
    server.server_close()


def test_an_answer_has_its_status_language_and_body(site):
    answer = fetch.fetch("http://one.example/")

    assert (answer.status, answer.url, answer.language, answer.body) == (200, "http://one.example/", "es", b"hola")
    assert site.asked == [("GET", "one.example", "/")]


def test_a_head_has_no_body_and_an_error_is_an_answer(site):
    answer = fetch.fetch("http://one.example/404", method="HEAD")

    assert (answer.status, answer.body) == (404, b"")


def test_a_redirect_is_followed_by_the_same_rules(site):
    answer = fetch.fetch("http://one.example/to/http://two.example/200")

    assert (answer.url, answer.status, answer.hops) == ("http://two.example/200", 200, [302])


@pytest.mark.parametrize(
    "address", ["http://inside.example/", "http://both.example/", "http://127.0.0.2:22/", "file:///a"]
)
def test_a_redirect_into_a_private_network_is_refused(site, address):
    with pytest.raises(fetch.RefusedAddressError):
        fetch.fetch(f"http://one.example/to/{address}")

    assert [host for _method, host, _path in site.asked] == ["one.example"]


def test_a_site_that_leads_in_a_circle_is_left(site):
    with pytest.raises(fetch.FetchError, match="TooManyRedirects"):
        fetch.fetch("http://one.example/round")


@pytest.mark.parametrize(
    "url",
    [
        "http://inside.example/", "http://both.example/", "http://127.0.0.1:8000/", "http://user:pass@one.example/",
        "ftp://one.example/", "file:///etc/hosts", "http:///x", "http://one.example:99999/", "http://[::1", "", "x",
        "gopher://one.example/", "http://one.example:22/",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_open_web_is_never_asked(site, url):
    with pytest.raises(fetch.RefusedAddressError):
        fetch.fetch(url)

    assert site.asked == []


@pytest.mark.parametrize("url", ["http://unknown.example/", "http://xn--.example/", f"http://{'a' * 70}.example/"])
def test_a_name_that_nobody_knows_gives_an_error_of_ours(site, url):
    with pytest.raises(fetch.FetchError):
        fetch.fetch(url)


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        (PUBLIC, True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("0.0.0.0", False),
        ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("::", False),
        ("fe80::1%eth0", False), ("fc00::1", False), ("ff02::1", False), ("::ffff:10.0.0.1", False),
        (f"::ffff:{PUBLIC}", True), ("64:ff9b::a00:1", False), ("2002:0a00:0001::", False), ("x", False), ("", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_open_internet_are_public(address, is_public):
    assert fetch.is_public(address) is is_public
