"""No phone number is written down where nobody would change it: each is a record, quoted by all."""

import json
import re

import pytest

from tests.repository.tree import ROOT, files, write

RECORDS = [
    "portal/reference/starter/lines.json",
    "portal/reference/starter/department.json",
    "resources/starter/hartford.json",
    "resources/starter/calls_to_make.json",
]
NUMBER = re.compile(
    r"(?<![\w./\-])(?:\+?1[ .\-]?)?(?:\(\d{3}\) ?|\d{3}[ .\-])\d{3}[ .\-]\d{4}(?![\w\-])"  # as people write it
    r"|\+1\d{10}(?!\d)"  # as machines write it
    r"|(?<=tel:)\+?\d[\d\-]{2,}|(?<=sms:)\+?\d[\d\-]{2,}"  # whatever a phone would dial
)
INVENTED = re.compile(r"^\d{3}55501\d\d$")  # set aside for examples, to those who read code or fill in a form
ENDINGS = (".py", ".html", ".txt", ".xml", ".json", ".csv", ".po", ".md", ".js", ".css", ".toml", ".example")
NOT_WRITTEN_BY_US = ("tests/data/", "resources/data/", *RECORDS)


def digits(number):
    """Return the number without what is between its digits and without the country's 1."""
    plain = re.sub(r"\D", "", number)
    return plain[1:] if len(plain) == 11 and plain.startswith("1") else plain


def recorded(root):
    """Return the numbers of every starter record."""
    found = set()
    for path in RECORDS:
        for value in _strings(json.loads((root / path).read_text(encoding="utf-8"))):
            found |= {digits(number) for number in NUMBER.findall(value)}
            found |= {value} if re.fullmatch(r"\d{3}", value) else set()
    return found


def _strings(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, list | dict):
        for member in node.values() if isinstance(node, dict) else node:
            yield from _strings(member)


def strangers(root, known):
    """Name each number that is no record, with its file."""
    return [
        f"{path}: {number}"
        for path, text in files(root, *ENDINGS)
        if not path.startswith(NOT_WRITTEN_BY_US) and path != "tests/repository/test_phone_numbers.py"
        for number in NUMBER.findall(text)
        if digits(number) not in known and not (path.endswith((".py", ".md", ".po")) and INVENTED.match(digits(number)))
    ]


def test_every_phone_number_is_a_record():
    assert strangers(ROOT, recorded(ROOT)) == []


def test_the_records_hold_the_lines_people_are_sent_to():
    assert recorded(ROOT) >= {"911", "988", "211", "8006624357", "8005634086", "8002221222", "8607574700"}


@pytest.mark.parametrize(
    "text",
    [
        "Call 860-555-0199.",
        "Call (860) 555-0199.",
        "Call 860.555.0199",
        "1-860-555-0199",
        "+1 860 555 0199",
        'href="tel:+18605550199"',
        'href="tel:112"',
        'href="sms:741741"',
        '"+18605550199"',
    ],
)
def test_a_number_that_is_no_record_is_found_however_it_is_written(tmp_path, text):
    write(tmp_path, "templates/page.html", text)

    assert len(strangers(tmp_path, {"911"})) == 1


@pytest.mark.parametrize(
    "text",
    [
        "860-757-4700",
        'href="tel:911"',
        "10.1001/jama.860-757-4799",
        "2026-11-22 10:00",
        "06112-1234",
        "M860 757 4799z5",
    ],
)
def test_a_record_or_what_only_looks_like_a_number_passes(tmp_path, text):
    write(tmp_path, "templates/page.html", text)

    assert strangers(tmp_path, {"911", "8607574700"}) == []


def test_an_invented_number_is_an_example_in_code_and_nothing_else(tmp_path):
    for path in ("tests/test_views.py", "portal/phones.py", "locale/es/a.po", "templates/page.html", "portal/a.json"):
        write(tmp_path, path, '"860-555-0142"')

    assert strangers(tmp_path, set()) == ["portal/a.json: 860-555-0142", "templates/page.html: 860-555-0142"]
