"""The import contracts of pyproject.toml hold, and would break if a rule of docs/architecture.md were broken."""

import shutil
import subprocess
import sys

import pytest

from tests.repository.tree import PACKAGES, ROOT, write

COMMAND = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]


# (module, what is added to it, what import-linter must say)
PLANTS = [
    ("resources/actions/starter.py", "import newsletter.models", "resources is not allowed to import newsletter"),
    ("newsletter/tokens.py", "import portal.articles.models", "newsletter is not allowed to import portal.articles"),
    ("portal/reference/models.py", "import resources.models", "portal.reference is not allowed to import resources"),
    ("portal/lib/phones.py", "import portal.accounts.models", "portal.lib is not allowed to import portal.accounts"),
    ("portal/overdose/models.py", "import portal.views", "portal.overdose is not allowed to import portal.views"),
    (
        "portal/articles/models/topic.py",
        "import portal.articles.views",
        "articles.models is not allowed to import portal.articles.views",
    ),
    (
        "portal/articles/feeds.py",
        "from . import views",
        "articles.feeds is not allowed to import portal.articles.views",
    ),
    ("resources/helpers.py", "", "resources.helpers"),
    ("portal/extras.py", "", "portal.extras"),
]


@pytest.fixture
def copy(tmp_path):
    """Copy the modules and the contracts."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=_not_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _not_python(folder, names):
    return [name for name in names if "." in name and not name.endswith(".py")] + ["__pycache__"]


def lint(root):
    """Run import-linter as `make check` does; return whether all is well and what it says."""
    command = [*COMMAND, "--no-cache", "--config", "pyproject.toml"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, env={"PYTHONPATH": str(root)})
    return result.returncode == 0, result.stdout + result.stderr


def test_the_contracts_hold(copy):
    holds, words = lint(copy)

    assert holds, words


def test_an_import_or_a_module_against_the_rules_is_named(copy):
    for path, code, _said in PLANTS:
        before = (copy / path).read_text() if (copy / path).exists() else ""
        write(copy, path, f"{before}\n{code}\n")

    holds, words = lint(copy)

    assert (holds, [said for _path, _code, said in PLANTS if said not in words]) == (False, []), words
