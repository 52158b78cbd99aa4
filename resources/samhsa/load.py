"""Store checked rows of SAMHSA's directory as listings, a batch whole or not at all, and never over a person's work."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from portal.lib import languages, spreadsheet

from ..models import (
    Location,
    Organization,
    Phone,
    Place,
    Provenance,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
    Verification,
)
from ..models.listing import RESERVED_SLUGS
from ..search import documents
from . import codes
from .check import COLUMNS, SHEET, Facility, Problem, check_rows

BATCH = 500
SOURCE = Provenance.Source.SAMHSA
TAXONOMY, CLAIMS_TAXONOMY = "samhsa-2022", "claim"
LONGEST_SLUG = 100
# Which fields read back by staff keep an import off a column.
VERIFIED_BY = {"codes": {"services", "languages", "payment"}, "point": {"address"}, "phones": {"phone"}}


@dataclass
class Report:
    """What an import did: how many rows were added, changed or as before, and every cell it stumbled over."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """How many rows were not stored."""
        return len({problem.row for problem in self.problems if problem.is_left_out})


def import_file(path: Path, *, year: int, state: str = "", is_dry_run: bool = False, progress=lambda done, of: None):
    """Store the directory in this file, XLSX as published or geocoded CSV, and return the `Report`.

    Raises `spreadsheet.UnreadableFileError` before anything is stored. A second run of the same file changes nothing.
    """
    report = Report()
    facilities = check_rows(spreadsheet.read(path, sheet=SHEET, columns=COLUMNS), report.problems)
    if state:
        facilities = [facility for facility in facilities if facility.state == state]
    if not is_dry_run:
        sync_terms()
    slugs = set(ServiceAtLocation.objects.values_list("slug", flat=True))
    for start in range(0, len(facilities), BATCH):
        batch = facilities[start : start + BATCH]
        with transaction.atomic():
            store(batch, year=year, slugs=slugs, report=report)
            transaction.set_rollback(is_dry_run)
        progress(start + len(batch), len(facilities))
    return report


def sync_terms() -> None:
    """Add the codes and claims that the taxonomy lacks; words that staff have changed stay."""
    rows = [(TAXONOMY, code.code, code.names, code.category_names) for code in codes.load().values()]
    rows += [(CLAIMS_TAXONOMY, claim.slug, claim.names, {}) for claim in codes.load_claims().values()]
    terms = []
    for taxonomy, code, names, categories in rows:
        words = {languages.column("name", language): names.get(language, "") for language in languages.codes()}
        words |= {
            languages.column("category", language): categories.get(language, "") for language in languages.codes()
        }
        terms.append(TaxonomyTerm(taxonomy=taxonomy, code=code, **words))
    TaxonomyTerm.objects.bulk_create(terms, ignore_conflicts=True)


def store(batch: list[Facility], *, year: int, slugs: set[str], report: Report) -> None:
    """Add the facilities that are new and bring the others up to date; call it in a transaction."""
    _fill_points(batch)
    known = {
        provenance.source_id: provenance
        for provenance in Provenance.objects.filter(
            source=SOURCE, source_id__in=[facility.key for facility in batch]
        ).select_related("listing__location")
    }
    touched = _add([facility for facility in batch if facility.key not in known], year, slugs)
    report.added += len(touched)
    changed = [(facility, known[facility.key]) for facility in batch if _differs(facility, known.get(facility.key))]
    report.updated += len(changed)
    report.unchanged += len(known) - len(changed)
    _update(changed, year, report.problems)
    documents.write(touched + [provenance.listing_id for _facility, provenance in changed])


def _fill_points(batch: Iterable[Facility]) -> None:
    """Give a facility without a point the middle of its ZIP code, and say so."""
    missing = [facility for facility in batch if facility.point is None]
    points = Place.objects.in_bulk({facility.zip[:5] for facility in missing})
    for facility in missing:
        if place := points.get(facility.zip[:5]):
            facility.point = [place.latitude, place.longitude, Location.PointSource.ZIP_CENTROID.value]


def _add(batch: list[Facility], year: int, slugs: set[str]) -> list[int]:
    organizations = Organization.objects.bulk_create(Organization(name=facility.name1) for facility in batch)
    locations = Location.objects.bulk_create(_location(facility) for facility in batch)
    services = Service.objects.bulk_create(
        Service(
            organization=organization,
            **dict.fromkeys(languages.columns("name"), facility.name2 or facility.name1),
            **dict.fromkeys(languages.columns("description"), ""),
        )
        for facility, organization in zip(batch, organizations, strict=True)
    )
    listings = ServiceAtLocation.objects.bulk_create(
        ServiceAtLocation(service=service, location=location, slug=_slug(facility, slugs), codes=_codes(facility))
        for facility, service, location in zip(batch, services, locations, strict=True)
    )
    pairs = list(zip(batch, listings, strict=True))
    Phone.objects.bulk_create(phone for facility, listing in pairs for phone in _phones(facility, listing))
    Provenance.objects.bulk_create(
        Provenance(listing=listing, source=SOURCE, source_id=facility.key, year=year, row=facility.as_row())
        for facility, listing in pairs
    )
    return [listing.pk for listing in listings]


def _codes(facility: Facility) -> str:
    """Return the checked codes in the form that is fast to store."""
    return documents.array_literal(facility.codes)


def _location(facility: Facility) -> Location:
    latitude, longitude, point_source = facility.point or (None, None, "")
    return Location(
        address_1=facility.street1,
        address_2=facility.street2,
        city=facility.city,
        state_province=facility.state,
        postal_code=facility.zip,
        latitude=latitude,
        longitude=longitude,
        point_source=point_source,
    )


def _phones(facility: Facility, listing: ServiceAtLocation) -> list[Phone]:
    notes = dict.fromkeys(languages.columns("note"), "")
    return [
        Phone(listing=listing, number=number, extension=extension, use=use, position=position, **notes)
        for position, (number, extension, use) in enumerate(facility.phones)
    ]


def _as_imported(phone: Phone) -> list[str]:
    """Return a phone as its row in the file; what staff added to it follows, so that it counts as changed."""
    notes = [note for column in languages.columns("note") if (note := getattr(phone, column))]
    kind = [] if phone.type == Phone.Type.VOICE else [phone.type]
    return [phone.number, phone.extension, phone.use, *notes, *phone.languages, *kind]


def _slug(facility: Facility, taken: set[str]) -> str:
    words = f"{facility.name1} {facility.name2} {facility.city}".replace("/", " ")
    base = slugify(words)[:LONGEST_SLUG].strip("-") or "listing"
    slug, count = base, 1
    while slug in taken or slug in RESERVED_SLUGS:
        count += 1
        slug = f"{base}-{count}"
    taken.add(slug)
    return slug


def _differs(facility: Facility, provenance: Provenance | None) -> bool:
    """Say whether the row brings anything new; a ZIP code's middle is no news where a point is known."""
    if provenance is None:
        return False
    old = provenance.row
    if old.get("point") and facility.point and facility.point[2] == Location.PointSource.ZIP_CENTROID:
        facility.point = old["point"]
    return [facility.phones, facility.codes, facility.point] != [old.get(name) for name in ("phones", "codes", "point")]


def _update(changed: list[tuple[Facility, Provenance]], year: int, problems: list[Problem]) -> None:
    """Bring changed cells in, each only where staff neither verified nor changed the field since the last import."""
    ids = [provenance.listing_id for _facility, provenance in changed]
    verified: dict[int, set[str]] = {}
    for listing, fields in Verification.objects.filter(listing__in=ids, outcome="reached").values_list(
        "listing", "fields"
    ):
        verified.setdefault(listing, set()).update(fields)
    phones: dict[int, list[Phone]] = {}
    for phone in Phone.objects.filter(listing__in=ids).order_by("position", "pk"):
        phones.setdefault(phone.listing_id, []).append(phone)
    located, recoded = [], []
    for facility, provenance in changed:
        checked, own = verified.get(provenance.listing_id, set()), phones.get(provenance.listing_id, [])
        columns = _update_one(facility, provenance, checked, own, problems)
        provenance.row, provenance.year = facility.as_row(), year
        located += [provenance.listing.location] if "point" in columns else []
        recoded += [provenance.listing] if "codes" in columns else []
    Location.objects.bulk_update(located, ["latitude", "longitude", "point_source"])
    ServiceAtLocation.objects.bulk_update(recoded, ["codes"])
    Provenance.objects.bulk_update([provenance for _facility, provenance in changed], ["row", "year"])


def _update_one(
    facility: Facility, provenance: Provenance, checked: set, phones: list[Phone], problems: list
) -> set[str]:
    """Change the listing and its location, unsaved, and its phones, saved; return which columns changed."""
    listing, location = provenance.listing, provenance.listing.location
    point = [location.latitude, location.longitude, location.point_source] if location.latitude is not None else None
    current = {
        "codes": listing.codes,
        "point": point,
        "phones": [_as_imported(phone) for phone in phones],
    }
    changed = {name for name in current if getattr(facility, name) != provenance.row.get(name)}
    for name in sorted(changed):
        if not checked.isdisjoint(VERIFIED_BY[name]) or current[name] != provenance.row.get(name):
            message = _("Kept as staff have checked or changed it; the file says otherwise.")
            problems.append(Problem(facility.number, name, message, False))
            changed.remove(name)
    if "codes" in changed:
        listing.codes = facility.codes
    if "point" in changed:
        location.latitude, location.longitude, location.point_source = facility.point or (None, None, "")
    if "phones" in changed:
        Phone.objects.filter(listing=listing).delete()
        Phone.objects.bulk_create(_phones(facility, listing))
    return changed
