"""What the documents point to exists, and every requirement says why it is there."""

import re

import pytest
from django.core.management import get_commands

from tests.repository.tree import ROOT, files, write

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.S)
HEADING = re.compile(r"^#+ +(.+?) *$", re.M)
MAKE = re.compile(r"(?:^|[`\s])make ([a-z][a-z-]*)(?=`|$|\s)", re.M)
MANAGE = re.compile(r"manage\.py ([a-z_]+)")
PATH = re.compile(r"`((?:portal|resources|newsletter|tests|docs|bench|static|templates|locale)/[\w./-]+\.\w+)`")
REQUIREMENT = re.compile(r"^[a-z0-9-]+(\[[a-z]+\])?==[0-9.]+ +# \w.{8,}$")


def broken_links(root):
    """Name each link of a document to a file, or to a heading, that is not there."""
    return [
        f"{path}: {target}"
        for path, text in files(root, ".md")
        for target in LINK.findall(CODE.sub("", text))
        if not re.match(r"https?:|mailto:", target) and not _exists(root, path, target)
    ]


def _exists(root, path, target):
    place, _hash, anchor = target.partition("#")
    document = (root / path).parent / place if place else root / path
    return document.exists() and (not anchor or anchor in _anchors(document.read_text(encoding="utf-8")))


def _anchors(text):
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text)]
    return {heading.replace(" ", "-") for heading in plain}


def dead_words(root, targets, commands):
    """Name each make target, management command and file that a document names and that is not there."""
    found = []
    for path, text in files(root, ".md"):
        code = "\n".join(CODE.findall(text))
        found += [f"{path}: make {name}" for name in MAKE.findall(code) if name not in targets]
        found += [f"{path}: manage.py {name}" for name in MANAGE.findall(code) if name not in commands]
        found += [f"{path}: {name}" for name in PATH.findall(text) if not (root / name).exists()]
    return found


def without_reason(text):
    """Return the lines of a requirements file that do not pin a version and say what it is for."""
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", "-r "))]
    return [line for line in lines if not REQUIREMENT.match(line)]


def test_every_link_leads_somewhere():
    assert broken_links(ROOT) == []


def test_every_target_command_and_file_that_a_document_names_is_there():
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.M))

    assert dead_words(ROOT, targets, get_commands()) == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_says_what_it_is_for(name):
    assert without_reason((ROOT / name).read_text()) == []


@pytest.mark.parametrize(
    "line", ["django", "django==5.2.19", "django>=5.2  # the framework of the site", "django==5.2.19 # x"]
)
def test_a_requirement_without_a_pin_or_a_reason_is_named(line):
    assert without_reason(f"# pins\n{line}\npytest==9.2.0  # the test runner\n") == [line]


def test_a_dead_link_and_a_dead_heading_are_named(tmp_path):
    write(
        tmp_path,
        "README.md",
        "[a](docs/a.md) [b](docs/a.md#one-thing) [c](docs/a.md#two) [d](b.md) [e](https://a.example)",
    )
    write(tmp_path, "docs/a.md", "# One thing\n[up](../README.md) `[code](not-a-link)`")

    assert broken_links(tmp_path) == ["README.md: docs/a.md#two", "README.md: b.md"]


def test_a_dead_target_command_or_file_is_named(tmp_path):
    write(
        tmp_path,
        "README.md",
        "We make sure: `make test`, `make fly`, `manage.py migrate`, `manage.py fly`, `docs/a.md`, `README.md`",
    )

    assert dead_words(tmp_path, {"test"}, {"migrate"}) == [
        "README.md: make fly",
        "README.md: manage.py fly",
        "README.md: docs/a.md",
    ]
