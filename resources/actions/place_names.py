"""Load the neighbourhoods that this database was never given."""

import json
from pathlib import Path

from portal.reference.actions import unseen

from ..geo import fold
from ..models import Place, PlaceName

FILE = Path(__file__).parent.parent / "starter" / "place_names.json"


def load_place_names() -> int:
    """Add the starter's place names, each marked as one that staff must check; return how many were added."""
    rows = {fold(row["name"]): row for row in json.loads(FILE.read_text(encoding="utf-8"))["names"]}
    new = unseen("place name", rows)
    if not new:
        return 0
    new -= set(PlaceName.objects.values_list("key", flat=True))
    known = set(Place.objects.filter(zip__in={row["zip"] for row in rows.values()}).values_list("zip", flat=True))
    names = [
        PlaceName(name=row["name"], key=key, place_id=row["zip"], is_starter=True)
        for key, row in rows.items()
        if key in new and row["zip"] in known
    ]
    PlaceName.objects.bulk_create(names)
    return len(names)
