"""Say as data which columns of HSDS 3.0 are filled, of what kind each is, and where it comes from.

The CSV headers, the answers, their OpenAPI document and the table in docs/hsds.md are all read from here. The names of
tables and columns are those of the specification; a column that is not here is never given.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

VERSION = "3.0"
NAMESPACE = uuid.UUID("b4204e23-2d9c-4e26-ac27-f77dc996e20c")  # of the ids that are made, not kept
STATUSES = ("active", "inactive", "defunct", "temporarily closed")


class Column(NamedTuple):
    """One column: `source` is what it is read from on our row; "" where `dump` works it out or names the parent row."""

    name: str
    kind: str = "string"
    source: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its file in the package, its columns, and the tables nested in it (True: a list of rows)."""

    file: str
    columns: Sequence[Column]
    nested: Mapping[str, tuple[str, bool]] = field(default_factory=dict)


ID = Column("id", "uuid", "uuid", is_required=True)
MADE_ID = Column("id", "uuid", is_required=True)


def _parent(table: str) -> Column:
    return Column(f"{table}_id", "uuid")


TABLES: dict[str, Table] = {
    "organization": Table(
        "organizations.csv",
        [
            ID,
            Column("name", source="name", is_required=True),
            Column("alternate_name", source="alternate_name"),
            Column("description", source="description", is_required=True),
            Column("email", "email", "email"),
            Column("website", "uri", "website"),
        ],
        {"locations": ("location", True), "services": ("service", True)},
    ),
    "service": Table(
        "services.csv",
        [
            ID,
            _parent("organization"),
            Column("name", source="name", is_required=True),
            Column("alternate_name", source="alternate_name"),
            Column("description", source="description"),
            Column("status", "status", is_required=True),
            Column("interpretation_services"),
            Column("application_process"),
            Column("fees_description"),
            Column("accreditations"),
            Column("eligibility_description"),
            Column("minimum_age", "number"),
            Column("maximum_age", "number"),
            Column("assured_date", "date"),
            Column("alert"),
            Column("last_modified", "date-time"),
        ],
        {
            "organization": ("organization", False),
            "service_at_locations": ("service_at_location", True),
            "service_areas": ("service_area", True),
            "languages": ("language", True),
            "cost_options": ("cost_option", True),
            "required_documents": ("required_document", True),
            "attributes": ("attribute", True),
        },
    ),
    "service_at_location": Table(
        "service_at_location.csv",
        [ID, _parent("service"), _parent("location"), Column("description")],
        {
            "location": ("location", False),
            "service": ("service", False),
            "phones": ("phone", True),
            "schedules": ("schedule", True),
            "attributes": ("attribute", True),
        },
    ),
    "location": Table(
        "locations.csv",
        [
            ID,
            Column("location_type", "location type", "location_type", is_required=True),
            _parent("organization"),
            Column("name", source="name"),
            Column("description"),
            Column("transportation", source="transit"),
            Column("latitude", "number", "latitude"),
            Column("longitude", "number", "longitude"),
        ],
        {"addresses": ("address", True), "accessibility": ("accessibility", True)},
    ),
    "address": Table(
        "addresses.csv",
        [
            MADE_ID,
            _parent("location"),
            Column("address_1", source="address_1", is_required=True),
            Column("address_2", source="address_2"),
            Column("city", source="city", is_required=True),
            Column("state_province", source="state_province", is_required=True),
            Column("postal_code", source="postal_code", is_required=True),
            Column("country", source="country", is_required=True),
            Column("address_type", "location type", "location_type", is_required=True),
        ],
    ),
    "phone": Table(
        "phones.csv",
        [
            MADE_ID,
            _parent("service_at_location"),
            Column("number", is_required=True),
            Column("extension", "number"),
            Column("type", source="type"),
            Column("description"),
        ],
        {"languages": ("language", True), "attributes": ("attribute", True)},
    ),
    "schedule": Table(
        "schedules.csv",
        [
            MADE_ID,
            _parent("service_at_location"),
            Column("valid_from", "date", "valid_from"),
            Column("valid_to", "date", "valid_to"),
            Column("dtstart", "date"),
            Column("freq", "freq", "freq"),
            Column("interval", "number", "interval"),
            Column("byday", source="byday"),
            Column("bymonthday", source="bymonthday"),
            Column("description", source="description"),
            Column("opens_at", source="opens_at"),
            Column("closes_at", source="closes_at"),
            Column("notes"),
        ],
        {"attributes": ("attribute", True)},
    ),
    "language": Table(
        "languages.csv",
        [MADE_ID, _parent("service"), _parent("phone"), Column("name"), Column("code"), Column("note")],
    ),
    "cost_option": Table("cost_options.csv", [MADE_ID, _parent("service"), Column("option")]),
    "required_document": Table("required_documents.csv", [MADE_ID, _parent("service"), Column("document")]),
    "service_area": Table("service_areas.csv", [MADE_ID, _parent("service"), Column("name")]),
    "accessibility": Table("accessibility.csv", [MADE_ID, _parent("location"), Column("description")]),
    "attribute": Table(
        "attributes.csv",
        [
            MADE_ID,
            Column("link_id", "uuid"),
            Column("taxonomy_term_id", "uuid"),
            Column("link_type"),
            Column("link_entity"),
            Column("value"),
        ],
        {"taxonomy_term": ("taxonomy_term", False)},
    ),
    "taxonomy": Table(
        "taxonomies.csv",
        [
            MADE_ID,
            Column("name", is_required=True),
            Column("description", is_required=True),
            Column("version"),
        ],
    ),
    "taxonomy_term": Table(
        "taxonomy_terms.csv",
        [
            ID,
            Column("code", source="code"),
            Column("name", source="name", is_required=True),
            Column("description", source="category", is_required=True),
            Column("taxonomy", source="taxonomy"),
            Column("language"),
            _parent("taxonomy"),
        ],
        {"taxonomy_detail": ("taxonomy", False)},
    ),
}

# What the specification has no column for: facts of a listing, given as attributes of a taxonomy of our own.
LISTING_TAXONOMY = "faro-listing"
FACTS = (
    "takes_new_patients",
    "same_day_start",
    "walk_in",
    "id_needed",
    "asks_immigration",
    "takes_pregnant",
    "with_children",
    "has_beds",
    "gender",
    "spanish",
    "type",
    "short_code",
)
OFFERS = "offers"  # the link type of a code: the listing offers what the term says

# ISO 639 codes of the claims that name one language; the others keep their words and have no code.
LANGUAGE_CODES = {
    "spanish-speaking-counselors": "es",
    "sign-language": "sgn",
    "arabic-speaking-counselors": "ar",
    "chinese-speaking-counselors": "zh",
    "farsi-speaking-counselors": "fa",
    "french-speaking-counselors": "fr",
    "german-speaking-counselors": "de",
    "greek-speaking-counselors": "el",
    "hebrew-speaking-counselors": "he",
    "hindi-speaking-counselors": "hi",
    "hmong-speaking-counselors": "hmn",
    "italian-speaking-counselors": "it",
    "japanese-speaking-counselors": "ja",
    "korean-speaking-counselors": "ko",
    "polish-speaking-counselors": "pl",
    "portuguese-speaking-counselors": "pt",
    "russian-speaking-counselors": "ru",
    "tagalog-speaking-counselors": "tl",
    "vietnamese-speaking-counselors": "vi",
    "ojibwa-speaking-counselors": "oj",
}
