"""Name the app of what there is to read."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "portal.articles"
    verbose_name = _("Articles")

    def ready(self):
        from . import gates  # noqa: F401, PLC0415  (importing registers the check of `check --deploy`)
        from .actions import revisions  # noqa: PLC0415

        revisions.follow()
