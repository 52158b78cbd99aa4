"""Give the emergency guides their short addresses in each language."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import views

app_name = "overdose"

urlpatterns = [
    path(_("overdose/"), views.guide, {"topic": "overdose"}, name="overdose"),
    path(_("naloxone/"), views.guide, {"topic": "naloxone"}, name="naloxone"),
    path(_("withdrawal/"), views.guide, {"topic": "withdrawal"}, name="withdrawal"),
]
