"""Give the glossary and the alerts their addresses."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import feeds, views

app_name = "reference"

urlpatterns = [
    path(_("glossary/"), views.words, name="glossary"),
    path(_("alerts/"), views.alerts, name="alerts"),
    path(_("alerts/feed/"), feeds.Alerts(), name="alerts-feed"),
]
