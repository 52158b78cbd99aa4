"""Ask other sites politely; the only module that speaks HTTP, and it never reaches into a private network.

An address is resolved once, every answer is checked, and the connection goes to the very address that was checked: a
name that means something else a moment later changes nothing. Redirects are followed by the same rules.
"""

import ipaddress
import socket
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit, urlunsplit

import urllib3
from django.conf import settings

PORTS = {"https": 443, "http": 80}
SECONDS = 10.0
MOST_BYTES = 256 * 1024
MOST_REDIRECTS = 5
_MOVED = {301, 302, 303, 307, 308}
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address inside an IPv6 one


class FetchError(Exception):
    """Nothing came back; the message is a short word for why."""


class RefusedAddressError(FetchError):
    """The address is none that this site may ask."""


@dataclass
class Answer:
    """What a site answered, after any redirects; `body` holds at most `MOST_BYTES`."""

    status: int
    url: str
    language: str = ""  # as in the header Content-Language
    body: bytes = b""
    hops: list[int] = field(default_factory=list)  # the statuses of the redirects on the way


def fetch(url: str, *, method: str = "GET", language: str = "") -> Answer:
    """Return what a site answers; `language` is the one that a reader would prefer. Raises `FetchError`."""
    hops: list[int] = []
    while True:
        response = _asked(url, method, language)
        try:
            location = response.headers.get("Location")
            if response.status not in _MOVED or not location:
                body = response.read(MOST_BYTES) if method == "GET" else b""
                said = response.headers.get("Content-Language") or ""
                return Answer(response.status, url, said, body, hops)
        except urllib3.exceptions.HTTPError as error:
            raise FetchError(type(error).__name__) from error
        finally:
            response.close()
        hops.append(response.status)
        if len(hops) > MOST_REDIRECTS:
            raise FetchError("TooManyRedirects")
        url = urljoin(url, location)


def _asked(url: str, method: str, language: str) -> urllib3.BaseHTTPResponse:
    """Send one request to the address that was checked, with the name that the site goes by."""
    scheme, host, path = _parts(url)
    address = checked_address(host, PORTS[scheme])
    headers = {"Host": host, "User-Agent": f"Faro link check {settings.SITE_URL}".strip(), "Accept": "text/html,*/*"}
    if language:
        headers["Accept-Language"] = language
    port, patience = PORTS[scheme], urllib3.Timeout(SECONDS)
    pool: urllib3.HTTPConnectionPool = (
        urllib3.HTTPSConnectionPool(address, port, timeout=patience, server_hostname=host, assert_hostname=host)
        if scheme == "https"
        else urllib3.HTTPConnectionPool(address, port, timeout=patience)
    )
    try:
        return pool.urlopen(method, path, headers=headers, retries=False, redirect=False, preload_content=False)
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise FetchError(type(error).__name__) from error


def _parts(url: str) -> tuple[str, str, str]:
    """Return scheme, host and path of an address of the open web; raises `RefusedAddressError` for any other."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:  # UnicodeError is one
        raise RefusedAddressError("NoAddress") from error
    is_usual = parts.scheme in PORTS and port in (None, PORTS.get(parts.scheme))
    if not is_usual or not host or parts.username or parts.password:
        raise RefusedAddressError("NoPublicAddress")
    return parts.scheme, host, urlunsplit(("", "", parts.path or "/", parts.query, ""))


def checked_address(host: str, port: int) -> str:
    """Return the IP address of a host; raises `RefusedAddressError` where any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FetchError("NameNotFound") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(is_public(address) for address in addresses):
        raise RefusedAddressError("PrivateAddress")
    return addresses[0]


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the open internet, also where another one is written inside it."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inside = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in _TRANSLATED:
            inside = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
    return parsed.is_global and not parsed.is_multicast
