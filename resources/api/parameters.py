"""Say which parameters the API takes: the specification's, and the language of the text.

The descriptions stand in English in the OpenAPI document, and translated on the page about the data.
"""

import datetime
import uuid
from enum import StrEnum
from typing import Annotated

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop
from ninja import Schema
from pydantic import BeforeValidator, Field

from portal.lib import languages

MOST_A_PAGE = 100
MOST_A_PAGE_MINIMAL = 10_000  # ids alone cost little, and the specification wants them all on one page
LONGEST_SEARCH = 200
FARTHEST = 100_000  # metres
NEAR = 16_093  # metres: the ten miles within which the site's own search looks first


def read_moment(text: str) -> datetime.datetime:
    """Return the day or moment that this text says in ISO 8601; without an offset it is local time of the site.

    Raises `ValueError` for anything else: pydantic would read a bare number as a moment too.
    """
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError("Write a day or a moment as ISO 8601 does, like 2026-11-01T00:00:00Z.")
    moment = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    try:
        return moment.astimezone(datetime.UTC)  # PostgreSQL takes no offset beyond 16 hours, which ISO 8601 allows
    except OverflowError:  # in the first or the last hours of the calendar
        return moment.replace(tzinfo=datetime.UTC)


Moment = Annotated[datetime.datetime, BeforeValidator(read_moment)]
Language = StrEnum("Language", {code: code for code in languages.codes()})  # type: ignore[misc]  # from the settings
Form = StrEnum("Form", {"json": "json"})


class InWords(Schema):
    """What every answer with text takes."""

    language: Language = Field(
        default=Language(languages.codes()[0]),
        description=gettext_noop("The language of names and descriptions. What is not translated is left out."),
    )


class Paged(InWords):
    """What every list takes."""

    page: int = Field(default=1, ge=1, le=1_000_000, description=gettext_noop("The number of the page, from 1."))
    per_page: int = Field(
        default=25,
        ge=1,
        le=MOST_A_PAGE_MINIMAL,
        description=gettext_noop("How many rows a page has: at most 100, or 10,000 of the shortest form."),
    )
    search: str = Field(
        default="", max_length=LONGEST_SEARCH, description=gettext_noop("Words to find, in any language of the site.")
    )
    format: Form = Field(default=Form.json, description=gettext_noop("JSON is the one format of the answers."))


class ServiceFilters(Paged):
    """How services and their locations are narrowed down."""

    taxonomy_term_id: uuid.UUID | None = Field(
        default=None, description=gettext_noop("Only what has this code, by the id of its term.")
    )
    taxonomy_id: uuid.UUID | None = Field(
        default=None, description=gettext_noop("Only what has any code of this taxonomy.")
    )
    organization_id: uuid.UUID | None = Field(
        default=None, description=gettext_noop("Only what this organization runs.")
    )
    modified_after: Moment | None = Field(
        default=None,
        description=gettext_noop(
            "Only what was changed or checked at this moment or later. Without an offset: local time of the site."
        ),
    )
    full: bool = Field(default=False, description=gettext_noop("Give everything that is known of each row."))


class Services(ServiceFilters):
    """What `/services` takes."""

    minimal: bool = Field(
        default=False, description=gettext_noop("The shortest form: only the id and the moment of the last change.")
    )


class Listings(ServiceFilters):
    """What `/service_at_locations` takes."""

    postcode: str = Field(
        default="",
        pattern=r"^[0-9]{5}$",
        description=gettext_noop("A ZIP code: only what lies within the proximity of its middle, the nearest first."),
    )
    proximity: int = Field(
        default=NEAR,
        ge=0,
        le=FARTHEST,
        description=gettext_noop("The distance from the middle of the ZIP code, in metres."),
    )


class Organizations(Paged):
    """What `/organizations` takes."""

    full: bool = Field(default=False, description=gettext_noop("Give everything that is known of each row."))
    full_service: bool = Field(
        default=False, description=gettext_noop("Give everything that is known of the services too.")
    )


class Organization(InWords):
    """What `/organizations/{id}` takes."""

    full_service: bool = Field(
        default=False, description=gettext_noop("Give everything that is known of the services too.")
    )


class Terms(Paged):
    """What `/taxonomy_terms` takes."""

    taxonomy_id: uuid.UUID | None = Field(default=None, description=gettext_noop("Only the terms of this taxonomy."))
    top_only: bool = Field(default=False, description=gettext_noop("Only terms without a parent: here all are."))
    parent_id: uuid.UUID | None = Field(
        default=None, description=gettext_noop("Only terms with this parent: here none has one.")
    )
