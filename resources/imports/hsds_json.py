"""Read HSDS 3.0 JSON: services, places of services or organizations, single, in a list or in the API's pages."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from portal.lib import jsonstream

from . import hsds
from .record import Problem, Record


def read(path: Path, options: Mapping[str, Any], known: Collection[str]) -> Iterator[Record]:
    """Yield a record for each place of each service; raises `UnreadableFileError`."""
    number = 0
    for entry in jsonstream.entries(path, lists={"contents"}):
        doubts = [Problem(key, _("This key stands twice or holds no number.")) for key in entry.doubtful]
        for record in _records(entry.value, known):
            number += 1
            record.number = number
            record.problems += doubts
            yield record


def _records(value: Any, known: Collection[str]) -> Iterator[Record]:
    if not isinstance(value, dict):
        yield Record(0, problems=[Problem("contents", _("This is not an HSDS object."), True)])
        return
    services = list(_services(value))
    for service in services:
        yield from hsds.records(service, known)
    if not services:
        yield Record(0, problems=[Problem("service", _("It tells of no service, so there is nothing to list."), True)])


def _services(value: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the services that an object tells of, each with its organization and its places."""
    if isinstance(value.get("service"), dict):  # a place of a service
        yield {**value["service"], "service_at_locations": [value]}
    elif isinstance(value.get("services"), list):  # an organization
        organization = {key: part for key, part in value.items() if key != "services"}
        yield from ({"organization": organization, **service} for service in value["services"] if service)
    elif "service_at_locations" in value or "organization" in value:
        yield value
