"""The records that mail needs: what is missing, and what to add."""

import dns.exception
import dns.resolver
import pytest
from django.core.management import CommandError, call_command

from newsletter.bounces import dns_records

WHOLE = {
    ("example.org", "MX"): ["10 mx.example.org."],
    ("example.org", "TXT"): ["unrelated", "v=spf1 mx include:mail.example.net -all"],
    ("s1._domainkey.example.org", "TXT"): ["v=DKIM1; k=rsa; p=MIGfMA0GCSq"],
    ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=quarantine; rua=mailto:dmarc@example.org"],
}


def findings(domain="example.org", selectors=("s1",), **other):
    records = WHOLE | {tuple(name.split("|")): value for name, value in other.items()}
    found = dns_records.check(domain, selectors, ask=lambda name, kind: records.get((name, kind), []))
    return {finding.what: finding for finding in found}


def test_a_domain_with_everything_lacks_nothing():
    assert {what: finding.is_fine for what, finding in findings().items()} == dict.fromkeys(
        ("MX", "SPF", "DKIM", "DMARC"), True
    )


def test_a_domain_with_nothing_is_told_each_record():
    records = {what: finding.record for what, finding in findings("bare.example").items()}

    assert records == {
        "MX": "bare.example. MX 10 <the host that takes your mail>.",
        "SPF": 'bare.example. TXT "v=spf1 mx include:<your mail service> ~all"',
        "DKIM": 's1._domainkey.bare.example. TXT "v=DKIM1; k=rsa; p=<the public key of your mail server>"',
        "DMARC": '_dmarc.bare.example. TXT "v=DMARC1; p=none; rua=mailto:postmaster@bare.example"',
    }


@pytest.mark.parametrize(
    ("name", "value", "what", "words"),
    [
        ("example.org|TXT", ["v=spf1 -all", "v=spf1 mx -all"], "SPF", "several records"),
        ("example.org|TXT", ["v=spf1 mx +all"], "SPF", "lets the whole world send"),
        ("example.org|TXT", ["v=spf1 mx"], "SPF", "does not say what to think of others"),
        ("example.org|TXT", ["v=spf10 mx -all"], "SPF", "nothing says who may send"),
        ("example.org|TXT", ["v=spf1 " + "include:x.example " * 11 + "-all"], "SPF", "11 further look-ups"),
        ("example.org|MX", ["0 ."], "MX", "cannot arrive"),
        ("s1._domainkey.example.org|TXT", ["v=DKIM1; p="], "DKIM", "withdrawn"),
        ("s1._domainkey.example.org|TXT", [], "DKIM", "say --selector NAME"),
        ("_dmarc.example.org|TXT", ["v=DMARC1; rua=mailto:x@example.org"], "DMARC", "no policy"),
        ("_dmarc.example.org|TXT", ["v=DMARC1; p=none", "v=DMARC1; p=reject"], "DMARC", "several records"),
    ],
)
def test_a_record_that_does_not_hold_is_named(name, value, what, words):
    finding = findings(**{name: value})[what]

    assert (finding.is_fine, words in finding.words) == (False, True)


def test_a_subdomain_inherits_the_policy_of_the_domain_above():
    assert findings("news.example.org")["DMARC"].words.endswith("(of example.org)")


def test_the_command_prints_what_to_add_and_fails(monkeypatch, capsys):
    monkeypatch.setattr(dns_records.dns.resolver, "resolve", _no_such_name)

    with pytest.raises(CommandError, match="4 of 4 records are missing"):
        call_command("check_mail_dns", "example.org", "--selector", "mail")

    printed = capsys.readouterr().out
    assert (
        "MISSING DKIM: no key under mail; if yours has another name, say --selector NAME\n        add: mail._dom"
        in printed
    )


def test_without_a_network_the_command_says_so(monkeypatch):
    monkeypatch.setattr(dns_records.dns.resolver, "resolve", _no_network)

    with pytest.raises(CommandError, match="The name servers could not be asked .LifetimeTimeout.. Is there a network"):
        call_command("check_mail_dns", "example.org")


def _no_such_name(*_arguments, **_options):
    raise dns.resolver.NXDOMAIN


def _no_network(*_arguments, **_options):
    raise dns.resolver.LifetimeTimeout(timeout=5, errors=[])
