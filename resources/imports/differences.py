"""Compare what a file says with what a listing says, and tell a person's work from an earlier import's."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..geo import fold
from ..models import Change, Location, ServiceAtLocation, Verification
from .fields import FIELDS, of

CHECKED, CHANGED = "checked", "changed"
WHY = {CHECKED: _("Staff have checked it."), CHANGED: _("Staff have changed it.")}


class Work:
    """What people have done to some listings: which fields they checked or changed, those shared with others too."""

    def __init__(self, listings: Collection[ServiceAtLocation]):
        ids = [listing.pk for listing in listings]
        checks = Verification.objects.by_the_department()
        self.checked = _gathered(checks.filter(listing__in=ids).values_list("listing", "fields"))
        places = checks.filter(listing__location__in=[row.location_id for row in listings])
        self.at_place = _gathered(places.values_list("listing__location", "fields"))
        runners = checks.filter(listing__service__organization__in=[row.service.organization_id for row in listings])
        self.by_runner = _gathered(runners.values_list("listing__service__organization", "fields"))
        changes = Change.objects.filter(listing__in=ids, by__isnull=False).values_list("listing", "field")
        self.changed = _gathered((listing, [field]) for listing, field in changes)

    def why_kept(self, listing: ServiceAtLocation, field: str) -> str:
        """Return why a field is a person's, or ""."""
        own = set(self.checked.get(listing.pk, ()))
        own |= self.at_place.get(listing.location_id, set()) & {Verification.Field.ADDRESS}
        own |= self.by_runner.get(listing.service.organization_id, set()) & {Verification.Field.NAME}
        if not FIELDS[field].checked_as.isdisjoint(own):
            return CHECKED
        changed = self.changed.get(listing.pk, set())
        return CHANGED if not ({field} | FIELDS[field].changed_as).isdisjoint(changed) else ""


def _gathered(rows) -> dict[int, set[str]]:
    gathered: dict[int, set[str]] = {}
    for key, fields in rows:
        gathered.setdefault(key, set()).update(fields)
    return gathered


def between(
    listing: ServiceAtLocation, row: Mapping[str, Any], said: Mapping[str, Any], work: Work
) -> dict[str, list[Any]]:
    """Return {field: [as it is, as the file has it, why it is kept]} where they differ.

    `row` is the row as last imported: where the listing differs from it, a person has changed the listing since.
    """
    now = of(listing)
    found = {}
    for field, after in said.items():
        before, baseline = (as_said(after, value) for value in (now[field], row.get(field)))
        if not same(field, before, after):
            why = work.why_kept(listing, field) or (CHANGED if _was_changed(field, before, baseline) else "")
            found[field] = [before, after, why]
    return found


def without_no_news(listing: ServiceAtLocation, said: Mapping[str, Any], doubtful: Collection[str]) -> dict[str, Any]:
    """Return what a file says of a known listing without what it says in part only.

    The middle of a ZIP code is no news where a point is known.
    """
    kept = {field: value for field, value in said.items() if field not in doubtful}
    now = of(listing)
    is_known = now["point"] is not None and now["address"] == kept.get("address", now["address"])
    if is_known and "point" in kept and kept["point"][2] == Location.PointSource.ZIP_CENTROID:
        del kept["point"]
    return kept


def is_present(field: str, now: Any, after: Any) -> bool:
    """Say whether a listing that says `now` says already what a file says."""
    return same(field, as_said(after, now), after)


def as_said(after: Any, value: Any) -> Any:
    """Return of a value with parts those that the file speaks of."""
    if isinstance(after, dict) and isinstance(value, dict):
        return {name: value.get(name, "") for name in after}
    return value


def same(field: str, one: Any, other: Any) -> bool:
    """Say whether two values are the same: no order of codes, which the admin's form changes, no capitals of a name."""
    if field == "codes":
        return sorted(one or ()) == sorted(other or ())
    if field == "name" and one and other:
        return {key: fold(name) for key, name in one.items()} == {key: fold(name) for key, name in other.items()}
    return one == other


def _was_changed(field: str, before: Any, baseline: Any) -> bool:
    """Say whether the listing differs from its last import, or has something of which no import told."""
    if baseline is not None:
        return not same(field, before, baseline)
    if field == "point":
        return before is not None and before[2] != Location.PointSource.ZIP_CENTROID
    return any(before.values()) if isinstance(before, dict) else bool(before)
