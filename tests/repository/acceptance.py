"""Write down which test answers which acceptance case: `python -m tests.repository.acceptance` renews the document."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.repository.tree import ROOT, files

DOCUMENT = "docs/acceptance.md"
MODEL_PAGES = Path(__file__).parent / "model_pages.md"  # written by hand: what became of each thing seen there
NAME = re.compile(r"^test_((?:a\d\d_)+)(.+)$")
HEAD = """# Acceptance cases

Each acceptance case of the project (A01 to A75) is a test whose name begins with its number. This table names those
that exist; a case that is not in it has no test yet. `python -m tests.repository.acceptance` writes it anew, and a
test fails when it is out of date.

| Case | Where | What it says |
|---|---|---|
"""


def document(root: Path) -> str:
    """Return the text that the document should have."""
    rows = [f"| {case} | `{path}` | {words} |" for case, found in sorted(cases(root).items()) for path, words in found]
    return HEAD + "\n".join(rows) + "\n" + MODEL_PAGES.read_text(encoding="utf-8")


def cases(root: Path) -> dict[str, list[tuple[str, str]]]:
    """Return, for each case, the file and the sentence of every test that carries its number."""
    found = defaultdict(list)
    for path, text in files(root, ".py", below=("tests",)):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (name := NAME.match(node.name)):
                for case in name[1].upper().strip("_").split("_"):
                    found[case].append((path, name[2].replace("_", " ")))
    return found


if __name__ == "__main__":
    (ROOT / DOCUMENT).write_text(document(ROOT), encoding="utf-8")
