"""Ask axe-core about a page."""

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},  # the rule for WCAG 2.2 that axe leaves off by default
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
# What Django's admin and its editor bring along, and we do not write: inline tables, split dates and times, the two
# lists of a choice of many, the box of autocompletion, page numbers, filters, the surface of the rich text editor.
OF_DJANGO = [".tabular", ".datetime", ".selector", ".select2", ".paginator", "#changelist-filter", ".tiptap"]


def violations(page, options=OPTIONS, but=()) -> list[str]:
    """Return each rule that the page breaks with each element that breaks it."""
    context = {"exclude": [[selector] for selector in but]} if but else None
    found = AXE.run(page, context, options).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def dark_violations(page) -> list[str]:
    """Return what cannot be read in the dark."""
    page.emulate_media(color_scheme="dark")
    found = violations(page, COLOURS)
    page.emulate_media(color_scheme="light")
    return [f"dark {violation}" for violation in found]
