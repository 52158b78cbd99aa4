"""Name the app of what there is to read."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "portal.articles"
    verbose_name = _("Articles")
