"""Look up what a domain says about its mail: who may send it (SPF, DKIM), what is forged (DMARC), where answers go.

Large mailbox providers refuse newsletters of domains without these records.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import dns.exception
import dns.resolver

SECONDS = 5  # for each question
USUAL_SELECTORS = ("default", "mail", "dkim", "selector1", "selector2", "s1", "s2", "k1", "google", "pm", "resend")
MOST_LOOKUPS = 10  # RFC 7208, 4.6.4


class LookupFailedError(Exception):
    """No name server answered."""


class Finding(NamedTuple):
    """What one record says, and the record to add where it is missing or too weak."""

    what: str
    is_fine: bool
    words: str
    record: str = ""


Ask = Callable[[str, str], list[str]]


def ask(name: str, kind: str) -> list[str]:
    """Return the records of a name, none where it has none. Raises `LookupFailedError`."""
    try:
        answer = dns.resolver.resolve(name, kind, lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise LookupFailedError(type(error).__name__) from error
    if kind == "TXT":
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
    return [record.to_text() for record in answer]


def check(domain: str, selectors: Iterable[str], ask: Ask = ask) -> list[Finding]:
    """Return a finding for each of MX, SPF, DKIM and DMARC. Raises `LookupFailedError`."""
    return [_mx(domain, ask), _spf(domain, ask), _dkim(domain, list(selectors), ask), _dmarc(domain, ask)]


def _mx(domain: str, ask: Ask) -> Finding:
    hosts = ask(domain, "MX")
    if any(host.split()[-1] != "." for host in hosts):
        return Finding("MX", True, ", ".join(sorted(host.split()[-1].rstrip(".") for host in hosts)))
    words = "answers and returned mail cannot arrive, and some servers refuse mail from such a domain"
    return Finding("MX", False, words, f"{domain}. MX 10 <the host that takes your mail>.")


def _spf(domain: str, ask: Ask) -> Finding:
    found = [text for text in ask(domain, "TXT") if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]
    record = f'{domain}. TXT "v=spf1 mx include:<your mail service> ~all"'
    if len(found) != 1:
        words = "nothing says who may send for the domain" if not found else "several records: none of them counts"
        return Finding("SPF", False, words, record if not found else f"one instead of {len(found)}: {record}")
    terms = found[0].lower().split()
    if "+all" in terms or "all" in terms:
        return Finding("SPF", False, "lets the whole world send", f'{domain}. TXT "{_without_all(found[0])} ~all"')
    if not any(word.endswith("all") or word.startswith("redirect=") for word in terms):
        return Finding("SPF", False, "does not say what to think of others", f'{domain}. TXT "{found[0]} ~all"')
    lookups = sum(bool(re.match(r"[+~?-]?(include:|a\b|mx\b|ptr\b|exists:|redirect=)", word)) for word in terms)
    if lookups > MOST_LOOKUPS:
        return Finding("SPF", False, f"asks for {lookups} further look-ups, {MOST_LOOKUPS} are allowed", record)
    return Finding("SPF", True, found[0])


def _without_all(text: str) -> str:
    return " ".join(word for word in text.split() if word.lower() not in ("+all", "all"))


def _dkim(domain: str, selectors: list[str], ask: Ask) -> Finding:
    keys = {selector: key for selector in selectors for key in _keys(f"{selector}._domainkey.{domain}", ask)}
    good = sorted(selector for selector, key in keys.items() if key)
    if good:
        return Finding("DKIM", True, f"a key under the selector {', '.join(good)}")
    if keys:
        record = f'{min(keys)}._domainkey.{domain}. TXT "v=DKIM1; k=rsa; p=<the public key>"'
        return Finding("DKIM", False, f"the key under {min(keys)} is empty, which means withdrawn", record)
    record = f'{selectors[0]}._domainkey.{domain}. TXT "v=DKIM1; k=rsa; p=<the public key of your mail server>"'
    words = f"no key under {', '.join(selectors)}; if yours has another name, say --selector NAME"
    return Finding("DKIM", False, words, record)


def _keys(name: str, ask: Ask) -> Iterator[str]:
    for text in ask(name, "TXT"):
        if found := re.search(r"(?:^|;)\s*p=([^;]*)", text):
            yield found[1].strip()


def _dmarc(domain: str, ask: Ask) -> Finding:
    record = f'_dmarc.{domain}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'
    for name in _with_parents(domain):
        found = [text for text in ask(f"_dmarc.{name}", "TXT") if text.lower().replace(" ", "").startswith("v=dmarc1")]
        if len(found) > 1:
            return Finding("DMARC", False, "several records: none of them counts", f"one instead: {record}")
        if found and re.search(r";\s*p\s*=\s*(none|quarantine|reject)", found[0], re.IGNORECASE):
            return Finding("DMARC", True, found[0] if name == domain else f"{found[0]} (of {name})")
        if found:
            return Finding("DMARC", False, "has no policy that counts (p=)", record)
    return Finding("DMARC", False, "nothing says what to do with forged mail", record)


def _with_parents(domain: str) -> Iterator[str]:
    """Yield the domain and those above it, down to two labels."""
    labels = domain.split(".")
    yield from (".".join(labels[start:]) for start in range(max(1, len(labels) - 1)))
