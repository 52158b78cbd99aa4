"""Name the app of the emergency guides."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OverdoseConfig(AppConfig):
    name = "portal.overdose"
    verbose_name = _("Emergency guides")

    def ready(self):
        from . import gates  # noqa: F401, PLC0415  (importing registers the check of `check --deploy`)
