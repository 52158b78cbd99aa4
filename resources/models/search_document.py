"""Hold what search reads: one row a listing and language, made from the records and never edited."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SearchDocument(models.Model):
    """An open listing as search sees it in one language; `actions.rebuild_search` writes it."""

    listing = models.ForeignKey("resources.ServiceAtLocation", models.CASCADE, related_name="search_documents")
    language = models.CharField(max_length=10)
    name = models.CharField(max_length=410)
    names = models.TextField()
    words = models.TextField(blank=True)
    vector = SearchVectorField(null=True)
    codes = ArrayField(models.IntegerField(), default=list)
    claims = ArrayField(models.CharField(max_length=60), default=list)
    is_virtual = models.BooleanField(default=False)
    state = models.CharField(max_length=2)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    checked_on = models.DateField(null=True)
    card = models.JSONField(default=dict)  # what a result shows of it, so that a page of results is one query

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        constraints = [
            models.UniqueConstraint(fields=["listing", "language"], name="search_document_once_a_language"),
        ]
        indexes = [
            GinIndex(fields=["vector"], name="search_document_vector"),
            GinIndex(fields=["codes"], name="search_document_codes"),
            GinIndex(fields=["claims"], name="search_document_claims"),
            models.Index(fields=["language", "latitude", "longitude"], name="search_document_point"),
            models.Index(fields=["language", "state"], name="search_document_virtual", condition=Q(is_virtual=True)),
        ]

    def __str__(self):
        return f"{self.name} ({self.language})"
