"""Hold what search reads: one row a listing, made from the records and never edited."""

import operator
from functools import reduce

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Cos, Radians, Sin
from django.utils.translation import gettext_lazy as _

from portal.lib import fulltext, languages


class CubeField(models.Field):
    """A point in space, of PostgreSQL's extension `cube`: it sorts by distance with an index, at any longitude."""

    def db_type(self, connection):
        """Return the type of the column."""
        return "cube"


class _Point(Func):
    template = "cube(ARRAY[%(expressions)s])"


# Latitude and longitude on a globe of radius 1.
POSITION = Case(
    When(
        latitude__isnull=False,
        then=_Point(
            Cos(Radians(F("latitude"))) * Cos(Radians(F("longitude"))),
            Cos(Radians(F("latitude"))) * Sin(Radians(F("longitude"))),
            Sin(Radians(F("latitude"))),
        ),
    ),
    default=Value(None),
    output_field=CubeField(),
)


# The words in every language: people mix them.
VECTOR = reduce(operator.add, (fulltext.vector(code, names="A", words="B") for code in languages.codes()))


class SearchDocument(models.Model):
    """An open listing as search sees it; `actions.rebuild_search` writes it."""

    class Block(models.TextChoices):
        PLACES = "places"
        REMOTE = "remote"
        EMERGENCY = "emergency"
        PEERS = "peers"

    listing = models.OneToOneField(
        "resources.ServiceAtLocation", models.CASCADE, primary_key=True, related_name="search_document"
    )
    block = models.CharField(max_length=20, choices=Block, default=Block.PLACES)
    name = models.CharField(max_length=410)  # equal distances are ordered by it
    names = models.TextField()
    words = models.TextField(blank=True)
    vector = models.GeneratedField(expression=VECTOR, output_field=SearchVectorField(), db_persist=True)
    tags = ArrayField(models.IntegerField(), default=list)  # all that a search may ask for, see `search.tags`
    options = models.TextField(default="")  # those of the tags that filters offer and count, a letter each
    state = models.CharField(max_length=2)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    position = models.GeneratedField(expression=POSITION, output_field=CubeField(), db_persist=True)
    checked_on = models.DateField(null=True)
    stays_listed = models.BooleanField(default=False)  # the listing's own: an old check does not take it off the list
    hours = models.JSONField(null=True)  # as `resources.hours` writes them
    card = models.JSONField(default=dict)  # what a result shows of it, so that a page of results is one query

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        indexes = [
            GinIndex(fields=["vector"], name="search_document_vector"),
            GinIndex(fields=["tags"], name="search_document_tags"),
            GistIndex(fields=["position"], name="search_document_position"),
            models.Index(fields=["state"], name="search_document_state"),
            models.Index(fields=["state", "block"], name="search_document_aside", condition=~Q(block="places")),
            models.Index(fields=["checked_on"], name="search_document_checked", condition=Q(checked_on__isnull=False)),
        ]

    def __str__(self):
        return self.name
