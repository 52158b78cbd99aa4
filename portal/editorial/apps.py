"""Name the app of what editors of any text need: approvals, changes that wait, words and names."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EditorialConfig(AppConfig):
    name = "portal.editorial"
    verbose_name = _("Writing and publishing")
