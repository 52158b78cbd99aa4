"""Fail `check --deploy` while a dose or a law on the pages has no person's name behind it."""

from django.core.checks import Error, Tags, register
from django.db import connection

from .models import Fact


@register(Tags.security, deploy=True)
def doses_and_laws_are_approved(app_configs, **kwargs):
    """Name each fact of a dose or a law that nobody has approved."""
    if Fact._meta.db_table not in connection.introspection.table_names():
        return []
    codes = Fact.objects.dangerous().filter(approved_by=None).order_by("code").values_list("code", flat=True)
    sentence = "Have somebody approve the fact “{}” in their name, in the admin under Facts."
    return [Error(sentence.format(code), id="reference.E001") for code in codes]
