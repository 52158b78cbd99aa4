"""Work out what HSDS asks of a service and our listings say in other words; the words are those of the active language.

Every function takes rows as `rows.with_listings` loads them and makes no query.
"""

import datetime
from collections.abc import Iterable, Iterator

from babel import Locale
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from portal.lib import languages

from ..freshness import Freshness, check_of
from ..geo import STATES
from ..models import Location, Phone, Service, ServiceAtLocation
from ..samhsa import codes
from ..search.documents import ASKED_LANGUAGE, claims_of
from .fields import FACTS, LANGUAGE_CODES

Status, Support = ServiceAtLocation.Status, ServiceAtLocation.Support
WITHDRAWN = "withdrawn"
UNSAID = {"", "unknown"}
SERVICE_STATUS = {  # of several listings the first that any has
    Status.OPEN: "active",
    Status.TEMPORARILY_CLOSED: "temporarily closed",
    Status.MOVED: "inactive",
    WITHDRAWN: "inactive",
    Status.DEFUNCT: "defunct",
}


def listing_status(listing: ServiceAtLocation, today: datetime.date) -> str:
    """Return the listing's own status, or "withdrawn" for an open one that is off the list by its age or by staff."""
    if listing.status == Status.OPEN and check_of(listing, today).state == Freshness.WITHDRAWN:
        return WITHDRAWN
    return listing.status


def service_status(service: Service, today: datetime.date) -> str:
    """Return the service's status in HSDS's words: the best among its public listings."""
    statuses = {listing_status(listing, today) for listing in service.listings.all()}
    return next(words for status, words in SERVICE_STATUS.items() if status in statuses)


def checked_on(listing: ServiceAtLocation) -> datetime.date | None:
    """Return the day on which staff last reached the listing by phone or visit, or None."""
    check = listing.last_check
    return timezone.localdate(check.at) if check else None


def assured_on(service: Service) -> datetime.date | None:
    """Return the oldest day of a last check among the public listings; None when one of them was never checked."""
    days = [checked_on(listing) for listing in service.listings.all()]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def changed_at(service: Service) -> datetime.datetime:
    """Return the moment of the last change or check of the service, its organization, its listings or their places."""
    moments = [service.updated_at, service.organization.updated_at]
    for listing in service.listings.all():
        moments += [listing.updated_at, listing.location.updated_at]
        if check := listing.last_check:
            moments.append(check.at)
    return max(moments)


def listing_facts(listing: ServiceAtLocation, today: datetime.date) -> Iterator[tuple[str, str]]:
    """Yield (fact, value) for what is known of a listing and has no column; the values are not translated."""
    yield "status", listing_status(listing, today)
    if day := checked_on(listing):
        yield "checked_on", day.isoformat()
    for provenance in listing.provenances.all():
        yield "source", f"{provenance.source} {provenance.year}"
    for name in FACTS:
        value = getattr(listing, name)
        text = value.code if name == "type" and value else str(value or "")
        if text not in UNSAID:
            yield name, text


def notices(listing: ServiceAtLocation, today: datetime.date) -> str:
    """Return what a visitor must know before going there: that it is closed or moved, and days when it is closed."""
    return " ".join(_notices(listing, today))


def _notices(listing: ServiceAtLocation, today: datetime.date) -> Iterator[str]:
    if listing.status_since:
        day = languages.long_date(listing.status_since, languages.current())
        yield _("%(status)s since %(day)s.") % {"status": listing.get_status_display(), "day": day}
    elif listing_status(listing, today) == WITHDRAWN:
        yield _("No longer on our list: it was not possible to check it.")
    for closure in listing.closures.all():
        if closure.ends_on < today:
            continue
        words = {"reason": closure.get_reason_display(), "days": _days(closure.starts_on, closure.ends_on)}
        if closure.opens_at is None:
            yield _("Closed %(days)s (%(reason)s).") % words
        else:
            hours = f"{closure.opens_at:%H:%M}–{closure.closes_at:%H:%M}"
            yield _("Open %(hours)s only, %(days)s (%(reason)s).") % (words | {"hours": hours})


def _days(first: datetime.date, last: datetime.date) -> str:
    shown = [languages.long_date(day, languages.current()) for day in dict.fromkeys((first, last))]
    return "–".join(shown)


def spoken(service: Service) -> list[tuple[str, str, str]]:
    """Return (code, name, note) of each language other than English; code is "" where the source names no language."""
    found: dict[str, tuple[str, str, str]] = {}
    for listing in service.listings.all():
        for claim in claims_of(listing.codes):
            known = codes.load_claims()[claim]
            if known.facet == "language" and not (claim == ASKED_LANGUAGE and listing.spanish != Support.UNKNOWN):
                found[claim] = _language(claim, known.names[languages.current()])
        if listing.spanish in (Support.STAFF, Support.INTERPRETER):
            found[ASKED_LANGUAGE] = _language(ASKED_LANGUAGE, listing.get_spanish_display())
    return list(found.values())


def _language(claim: str, note: str) -> tuple[str, str, str]:
    code = LANGUAGE_CODES.get(claim, "")
    name = language_name(code)
    return code, name or note, note if name else ""


def language_name(code: str) -> str:
    """Return the name of a language in the active one, with a capital letter, or "" for a code that Babel lacks."""
    locale = Locale.parse(to_locale(languages.current()))
    name = locale.languages.get(code, "")
    return name[:1].upper() + name[1:]


def interpretation(service: Service) -> str:
    """Return which languages an interpreter brings, or ""."""
    if not any(listing.spanish == Support.INTERPRETER for listing in service.listings.all()):
        return ""
    return f"{language_name(LANGUAGE_CODES[ASKED_LANGUAGE])}: {Support.INTERPRETER.label}"


def payments(service: Service) -> list[tuple[str, str]]:
    """Return (claim, words) of each way to pay."""
    present = {claim for listing in service.listings.all() for claim in claims_of(listing.codes)}
    known = codes.load_claims().values()
    return [(c.slug, c.names[languages.current()]) for c in known if c.facet == "payment" and c.slug in present]


def accreditations(service: Service) -> str:
    """Return the licenses and accreditations that the codes tell, in words."""
    present = {code for listing in service.listings.all() for code in listing.codes}
    known = codes.load().values()
    return "; ".join(c.names[languages.current()] for c in known if c.category == "LCA" and c.code in present)


def texts(service: Service, field: str) -> list[str]:
    """Return what the public listings say in this field in the active language, each text once."""
    column = languages.column(field, languages.current())
    return [text for text in dict.fromkeys(getattr(row, column) for row in service.listings.all()) if text]


def least(values: Iterable[int | None]) -> int | None:
    """Return the smallest number; None when one listing sets no limit, for then the service has none."""
    known = list(values)
    return None if None in known else min((value for value in known if value is not None), default=None)


def ages(service: Service) -> tuple[int | None, int | None]:
    """Return the least and the greatest age that any of the public listings takes."""
    rows = service.listings.all()
    greatest = least(None if row.greatest_age is None else -row.greatest_age for row in rows)
    return least(row.least_age for row in rows), None if greatest is None else -greatest


def eligibility(service: Service) -> str:
    """Return for whom the listings are, where all say the same and it is not everybody."""
    said = {row.gender for row in service.listings.all()}
    return "" if len(said) != 1 or said == {""} else str(ServiceAtLocation.Gender(said.pop()).label)


def about_the_point(location: Location) -> str:
    """Return that the point is not the place's own, where it is not."""
    return (
        str(location.get_point_source_display()) if location.point_source == Location.PointSource.ZIP_CENTROID else ""
    )


def wheelchair(location: Location) -> str:
    """Return whether a wheelchair gets in, or "" when nobody has said."""
    if location.wheelchair in UNSAID:
        return ""
    return f"{Location._meta.get_field('wheelchair').verbose_name}: {location.get_wheelchair_display()}".capitalize()


def about_the_phone(phone: Phone) -> str:
    """Return what the number is for, where it is not the main one, and the note."""
    use = "" if phone.use == Phone.Use.MAIN else str(phone.get_use_display())
    note = getattr(phone, languages.column("note", languages.current()))
    return ". ".join(part for part in (use, note) if part)


def states_served(service: Service) -> list[str]:
    """Return the states that its listings by phone or video serve."""
    virtual = [row.location for row in service.listings.all() if row.location.location_type == Location.Type.VIRTUAL]
    return list(dict.fromkeys(STATES.get(place.state_province, place.state_province) for place in virtual))
