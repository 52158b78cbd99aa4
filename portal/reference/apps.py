"""Name the app of what all features quote."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    name = "portal.reference"
    verbose_name = _("Facts everybody quotes")

    def ready(self):
        from . import checks  # noqa: F401, PLC0415  (importing registers the check of `check --deploy`)
