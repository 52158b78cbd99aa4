"""Write down where the starter texts get their statements: `python -m tests.repository.sources` renews the document."""

import json
from pathlib import Path

from tests.repository.tree import ROOT

DOCUMENT = "docs/sources.md"
STARTER = "portal/reference/starter"
HEAD = """# Sources

The publications that the starter texts cite by their codes, as `portal/reference/starter/sources.json` has them, and
the facts that are quoted from each. `python -m tests.repository.sources` writes this file anew, and a test fails when
it is out of date.

*Second-hand* means that the statement was read on another page that names the source: a person should see the source
itself before the department puts its name to it. An address is missing where nobody saw it.

"""


def document(root: Path) -> str:
    """Return the text that the document should have."""
    facts = _read(root, "facts")
    parts = [
        _part(source, [fact for fact in facts if fact["source"] == source["code"]]) for source in _read(root, "sources")
    ]
    return HEAD + "\n".join(parts)


def _read(root: Path, name: str) -> list[dict]:
    return json.loads((root / STARTER / f"{name}.json").read_text(encoding="utf-8"))


def _part(source: dict, facts: list[dict]) -> str:
    """Return what is known of one source, its claim and the facts quoted from it."""
    link = source["url"] or (f"https://doi.org/{source['doi']}" if source["doi"] else "")
    known = [source["authors"], source["publisher"], str(source["published_on"] or source["year"] or ""), link]
    lines = [f"## {source['code']}", "", f"{source['title']}. {'. '.join(part for part in known if part)}", ""]
    lines += [f"- {'Seen' if source['mark'] == 'seen' else 'Second-hand'}. {source['note']}".rstrip()]
    lines += [f"- {fact['name']['en']}: {fact['value']['en']} (read {fact['source_date']})" for fact in facts]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / DOCUMENT).write_text(document(ROOT), encoding="utf-8")
