"""Give the admin its name and its home page of what waits."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _

from portal.waiting import waiting_for


class FaroAdminSite(AdminSite):
    site_title = _("Faro staff")
    site_header = _("Faro staff")
    index_title = _("What waits for you")
    site_url = "/"
    enable_nav_sidebar = False

    def index(self, request, extra_context=None):
        """Show the work queues above the usual list of models."""
        return super().index(request, {**(extra_context or {}), "waiting": waiting_for(request.user)})
