"""The rules of docs/style.md for templates."""

import re

import pytest

from tests.repository.tree import ROOT, files, write

LONGEST = 120
JSON_LD = re.compile(r"<script type=\"application/ld\+json\"[^>]*>.*?</script>", re.S)
COMMENT = re.compile(r"\{#.*?#\}|\{% comment .*?%\}.*?\{% endcomment %\}|<!--.*?-->", re.S)
INLINE = [
    ("a script in the page", re.compile(r"<script(?![^>]*\ssrc=)", re.I)),
    ("a style in the page", re.compile(r"<style|\sstyle\s*=", re.I)),
    ("a script in an attribute", re.compile(r"<[^>]*\son[a-z]+\s*=|javascript:", re.I)),
]
EVERYWHERE = [
    ("text that is not escaped", re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape off")),
    ("blocktranslate without trimmed", re.compile(r"\{% blocktrans(?:late)?\b(?![^%]*\btrimmed\b)")),
    (
        "a language by name",
        re.compile(r"\{%-? *(?:el)?if [^%]*[\"'](?:en|es)[\"']|\b\w+_(?:en|es)\b(?=[^<]*%\}|\s*\}\})"),
    ),
    ("an extends of something else than base.html", re.compile(r"\{% extends (?!\"base\.html\")")),
]
TRANSLATED = re.compile(
    r"\{% blocktranslate.*?\{% endblocktranslate %\}"
    r"|\{% block (?:coltype|bodyclass) %\}.*?\{% endblock %\}",  # names of classes that the admin's pages take
    re.S,
)
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
SPOKEN_ATTRIBUTE = re.compile(r"\s(?:alt|title|aria-label|placeholder|content)=\"([^\"]*)\"")
HTML = re.compile(r"<(?:script|style|svg).*?</(?:script|style|svg)>|<[^>]*>|&\w+;", re.S)
WORD = re.compile(r"[^\W\d_]{2,}")
NOT_SPOKEN = {
    "width=device-width, initial-scale=1",
    "noindex",
    "noindex, nofollow",
    "telephone=no",
    "light dark",
    "article",
}
NAMES = {"Faro", "SAMHSA", "GeoNames", "RIS", "BibTeX", "CSL", "JSON"}


def problems(root):
    """Name each template with each rule it breaks."""
    found = []
    for path, text in files(root, ".html", below=("templates",)):
        source = COMMENT.sub("", text)
        rules = list(EVERYWHERE)
        if path.startswith("templates/admin/"):
            rules.pop()  # Django's own pages are what the admin's templates extend
        if not path.startswith("templates/email/"):  # readers of mail support nothing else
            rules += INLINE
        found += [f"{path}: {name}" for name, pattern in rules if pattern.search(JSON_LD.sub("", source))]
        if text.count("\n") > LONGEST:
            found.append(f"{path}: longer than {LONGEST} lines")
        found += [f"{path}: not translated: {words}" for words in untranslated(source)]
    return found


def untranslated(source):
    """Return the words of a template that no catalogue can reach."""
    rest = TAGS.sub("", TRANSLATED.sub("", source))
    spoken = [value for value in SPOKEN_ATTRIBUTE.findall(rest) if value not in NOT_SPOKEN]
    lines = [line.strip() for line in HTML.sub("\n", rest).splitlines()]
    return [text for text in spoken + lines if set(WORD.findall(text)) - NAMES and not text.startswith("#")]


def pages_without_base(root):
    """Name the templates that are neither a page nor, by their name, a part of one."""
    return [
        path
        for path, text in files(root, ".html", below=("templates",))
        if "{% extends" not in text
        and not path.rsplit("/", 1)[1].startswith("_")
        and not path.startswith(("templates/email/", "templates/admin/"))
        and path != "templates/base.html"
    ]


def test_templates_keep_the_rules():
    assert problems(ROOT) == []


def test_a_template_is_a_page_on_the_base_or_a_part_by_its_name():
    assert pages_without_base(ROOT) == []


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("<script>go()</script>", "a script in the page"),
        ('<script type="module">go()</script>', "a script in the page"),
        ('<p style="color: red"></p>', "a style in the page"),
        ("<style>p {}</style>", "a style in the page"),
        ('<a href="/" onclick="go()"></a>', "a script in an attribute"),
        ("{{ text|safe }}", "text that is not escaped"),
        ("{% autoescape off %}{% endautoescape %}", "text that is not escaped"),
        ("{% blocktranslate with a=b %}{{ a }}{% endblocktranslate %}", "blocktranslate without trimmed"),
        ('{% if LANGUAGE_CODE == "es" %}{% endif %}', "a language by name"),
        ("{{ topic.name_es }}", "a language by name"),
        ('{% extends "articles/index.html" %}', "an extends of something else than base.html"),
        ("\n" * 121, "longer than 120 lines"),
        ("<p>Hello</p>", "not translated: Hello"),
        ('<a title="Hello" href="/"></a>', "not translated: Hello"),
        ("{% if a %}Hello{% endif %}", "not translated: Hello"),
    ],
)
def test_a_template_that_breaks_a_rule_is_named(tmp_path, template, problem):
    write(tmp_path, "templates/page.html", template)

    assert problems(tmp_path) == [f"templates/page.html: {problem}"]


@pytest.mark.parametrize(
    ("path", "template"),
    [
        (
            "page.html",
            '{% extends "base.html" %}<script src="/static/a.js" defer></script><link rel="stylesheet" href="/">',
        ),
        ("page.html", '<script type="application/ld+json">{"@context": "https://schema.org"}</script>'),
        ("page.html", "{# a remark for those who read this #}{% comment %}the same{% endcomment %}"),
        ("page.html", '<p class="meta">{% translate "Hello" %} {{ name }}: 911&nbsp;&middot; (a)</p>'),
        ("page.html", "{% blocktranslate trimmed count n=n %}one{% plural %}many{% endblocktranslate %}"),
        ("email/hello.html", '<p style="color: #000"></p>'),
        ("admin/index.html", '{% extends "admin/base_site.html" %}'),
    ],
)
def test_a_template_that_keeps_the_rules_passes(tmp_path, path, template):
    write(tmp_path, f"templates/{path}", template)

    assert problems(tmp_path) == []


def test_a_page_of_its_own_is_named(tmp_path):
    for name in ("base.html", "_card.html", "email/hello.html", "page.html"):
        write(tmp_path, f"templates/{name}", "<p></p>")

    assert pages_without_base(tmp_path) == ["templates/page.html"]
