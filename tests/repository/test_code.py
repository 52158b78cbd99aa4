"""The rules of docs/style.md for Python that neither ruff, mypy nor import-linter can hold."""

import ast
import re

import pytest

from tests.repository.tree import ROOT, files, modules, write

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
VAGUE_NAMES = ("utils", "util", "common", "helpers", "misc", "mixins")
LANGUAGES = ("en", "es")
LANGUAGE_COLUMN = re.compile(r"^\w+_(en|es)$")

# Where text is marked as safe HTML, and why that is so there.
SAFE_HTML = {
    "portal/templatetags/portal.py": "the icons, SVG files of our own",
    "portal/reference/citations.py": "a body that was cleaned when it was saved, with links it escapes itself",
    "portal/reference/quotes.py": "the same body, with records that it escapes itself",
    "portal/articles/citations.py": "a citation whose words were escaped, and cleaned once more",
    "portal/articles/render/structured.py": "JSON in which nothing can end its element",
    "portal/articles/render/cards.py": "a type only: what templates returned",
    "portal/articles/render/page.py": "a type only: what templates returned",
    "portal/overdose/views.py": "a type only: what citations.py returned",
    "resources/templatetags/parts.py": "what Django's own templates have written and escaped",
    "newsletter/render/parts.py": "a body that is cleaned there",
}
# Where SQL is written by hand, and why Django's own cannot say it.
RAW_SQL = {
    "portal/lib/ratelimit.py": "the lock for which one count at a time waits",
    "resources/actions/starter.py": "COPY, which loads the 41,000 places of the country in a second",
    "resources/imports/bulk.py": "COPY of the listings of a national list, which models would make one by one",
    "resources/imports/staging.py": "COPY of the rows of a file, and what they would do, found in a few statements",
    "resources/imports/applying.py": "what the rows of a file say, merged into what was last imported",
    "resources/imports/worker.py": "the lock by which one process works on an import",
    "resources/actions/merge.py": "the pairs of listings with one number or name, which are no rows of a model",
    "portal/lib/prepared.py": "a long statement, and whether a small table has changed, planned once a connection",
    "portal/editorial/translations/recording.py": "which recorded texts have changed, compared where they lie",
    "portal/articles/search.py": "titles to read beside the places: the model's own query costs more than the answer",
    "resources/search/statement.py": "a page of results, counts and all, in one statement by distance",
    "resources/search/documents.py": "ANALYZE after all documents were written",
    "resources/search/typos.py": "the known word nearest to a mistyped one",
    "resources/search/loading.py": "a listing with all its rows at once: eight queries take longer than the page",
    "resources/search/nearest.py": "the nearest places like one, checked ones first, with what a card says of each",
    "resources/actions/withdrawal.py": "the lock by which one decision at a time counts who stays",
    "resources/geo.py": "ZIP codes, towns and place names at once, on every search",
    "resources/actions/unmet.py": "one more search in vain, counted in one step",
    "newsletter/delivery/outbox.py": "claims, marks and finishes with the clock of the database",
    "newsletter/delivery/pace.py": "budgets of many domains taken at once, by the clock of the database",
}


def problems(root):
    """Name each module with each rule it breaks."""
    found = []
    for path, text, tree in modules(root):
        if len(text.splitlines()) > LONGEST_MODULE:
            found.append(f"{path}: longer than {LONGEST_MODULE} lines")
        if path.rsplit("/", 1)[1].removesuffix(".py") in VAGUE_NAMES:
            found.append(f"{path}: a name that says nothing")
        for node in ast.walk(tree):
            found += [f"{path}: {problem}" for problem in _problems_of(node)]
    return found


def _problems_of(node):
    match node:
        case ast.FunctionDef(name=name) if node.end_lineno - node.lineno >= LONGEST_FUNCTION:
            yield f"{name} is longer than {LONGEST_FUNCTION} lines"
        case ast.ImportFrom(module="django.db.models.signals" | "django.dispatch" | "django.core.signals"):
            yield "signals"
        case ast.Compare(left=left, comparators=others) if any(_names_a_language(one) for one in [left, *others]):
            yield "asks for a language by name"
        case ast.Attribute(attr=name) if LANGUAGE_COLUMN.match(name):
            yield f"names one language's column: {name}"
        case ast.Constant(value=str(value)) if LANGUAGE_COLUMN.match(value):
            yield f"names one language's column: {value}"
        case ast.Call(func=ast.Attribute(attr="execute" | "executemany"), args=[sql, *_]) if _is_put_together(sql):
            yield "SQL put together from values"


def _names_a_language(node):
    members = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(isinstance(member, ast.Constant) and member.value in LANGUAGES for member in members)


def _is_put_together(sql):
    return isinstance(sql, ast.JoinedStr | ast.BinOp) or (
        isinstance(sql, ast.Call) and isinstance(sql.func, ast.Attribute) and sql.func.attr == "format"
    )


def with_a_word(root, pattern):
    """Return the modules of the packages in whose text the pattern occurs."""
    return {path for path, text, _tree in modules(root) if re.search(pattern, text)}


SAFE_PATTERN = r"\b(mark_safe|SafeString|SafeText|SafeData)\b|autoescape=False"
RAW_PATTERN = r"\.raw\(|\.extra\(|\bRawSQL\b|\.cursor\("


def test_modules_keep_the_rules():
    assert problems(ROOT) == []


def test_text_is_marked_safe_only_where_a_reason_is_written_down():
    assert with_a_word(ROOT, SAFE_PATTERN) == set(SAFE_HTML)


def test_sql_is_written_by_hand_only_where_a_reason_is_written_down():
    assert with_a_word(ROOT, RAW_PATTERN) == set(RAW_SQL)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("a = 1\n" * 401, "longer than 400 lines"),
        ("def f():\n" + "    a = 1\n" * 50, "f is longer than 50 lines"),
        ("from django.db.models.signals import post_save", "signals"),
        ('if language == "es":\n    pass', "asks for a language by name"),
        ('a = "en" if language in ("es", "pt") else ""', "asks for a language by name"),
        ("print(topic.name_es)", "names one language's column: name_es"),
        ('topics.order_by("name_es")', "names one language's column: name_es"),
        ('cursor.execute(f"SELECT {name}")', "SQL put together from values"),
        ('cursor.execute("SELECT %s" % name)', "SQL put together from values"),
        ('cursor.execute("SELECT {}".format(name))', "SQL put together from values"),
    ],
)
def test_a_module_that_breaks_a_rule_is_named(tmp_path, code, problem):
    write(tmp_path, "portal/module.py", code)

    assert problems(tmp_path) == [f"portal/module.py: {problem}"]


@pytest.mark.parametrize(
    "code",
    [
        "a = 1\n" * 400,
        "def f():\n" + "    a = 1\n" * 49,
        'CONFIGS = {"en": "english", "es": "spanish"}',
        'cursor.execute("SELECT %s", [name])',
        "cursor.execute(CLAIM, [name])",
    ],
)
def test_a_module_that_keeps_the_rules_passes(tmp_path, code):
    write(tmp_path, "portal/module.py", code)

    assert problems(tmp_path) == []


def test_a_file_named_after_nothing_is_named(tmp_path):
    write(tmp_path, "portal/lib/utils.py", "")

    assert problems(tmp_path) == ["portal/lib/utils.py: a name that says nothing"]


@pytest.mark.parametrize(
    ("pattern", "code"),
    [(SAFE_PATTERN, "mark_safe(text)"), (SAFE_PATTERN, "SafeString(text)"), (RAW_PATTERN, "Topic.objects.raw(sql)")],
)
def test_a_new_place_with_unescaped_text_or_raw_sql_is_found(tmp_path, pattern, code):
    write(tmp_path, "resources/module.py", code)

    assert with_a_word(tmp_path, pattern) == {"resources/module.py"}


MACHINE = re.compile(r"(?<![\w./-])/(?:home|root|tmp|work)/")  # a path of one machine


def places_of_machines(root):
    """Name the files that only make sense on the machine they were written on."""
    code, texts = (".py", ".toml", ".html", ".css", ".js", "Makefile", "run"), (".md", ".txt", ".json", ".csv", ".po")
    return [
        f"{path}: {match.group()}"
        for path, text in files(root, *code, *texts, ".example")
        if path != "tests/repository/test_code.py"
        for match in MACHINE.finditer(text)
    ]


def test_nothing_refers_to_a_machine_it_was_written_on():
    assert places_of_machines(ROOT) == []


@pytest.mark.parametrize("text", ["cd /home/ana/faro", "/tmp/x"])
def test_a_path_of_one_machine_is_found(tmp_path, text):
    write(tmp_path, "docs/testing.md", text)

    assert [problem.split(":")[0] for problem in places_of_machines(tmp_path)] == ["docs/testing.md"]


@pytest.mark.parametrize("text", ["https://example.org/home/page", "var/tmp/x", "static/work/a.svg"])
def test_an_address_or_a_path_of_the_repository_is_not_taken_for_one(tmp_path, text):
    write(tmp_path, "docs/testing.md", text)

    assert places_of_machines(tmp_path) == []
