"""Walk the repository as someone who reads it would."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "resources", "newsletter")
MADE_BY_MACHINES = {"var", "__pycache__", "node_modules"}


def files(root: Path, *endings: str, below: tuple[str, ...] = ("",)) -> Iterator[tuple[str, str]]:
    """Yield path and text of every file with one of the endings; folders of tools and `var/` are left out."""
    for folder in below:
        for path in sorted((root / folder).rglob("*")):
            parts = path.relative_to(root).parts
            hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
            if path.name.endswith(endings) and path.is_file() and not hidden and not MADE_BY_MACHINES & set(parts):
                yield "/".join(parts), path.read_text(encoding="utf-8")


def modules(root: Path) -> Iterator[tuple[str, str, ast.Module]]:
    """Yield path, text and syntax tree of every module of the packages but migrations."""
    for path, text in files(root, ".py", below=PACKAGES):
        if "/migrations/" not in path:
            yield path, text, ast.parse(text)


def write(root: Path, path: str, text: str) -> Path:
    """Plant a file in a tree of a test's own; return the tree."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
    return root
