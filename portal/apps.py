"""Name the project's own app (its commands, checks and joining pages) and choose the admin site."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Portal")
    default = True

    def ready(self):
        from . import checks  # noqa: F401, PLC0415  (importing registers them)


class FaroAdminConfig(admin_apps.AdminConfig):
    default_site = "portal.admin_site.FaroAdminSite"
    default = False
