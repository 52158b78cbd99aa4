"""Give the admin its name and its home page of what waits."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models.base import ModelBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from portal.editorial.translations import in_admin
from portal.lib import ratelimit
from portal.waiting import waiting_for


class FaroAdminSite(AdminSite):
    site_title = _("Faro staff")
    site_header = _("Faro staff")
    index_title = _("What waits for you")
    site_url = "/"
    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options):
        """Have every admin record the texts it saves, and those of translated models show where each text stands."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        for model in models:
            added = in_admin.options(model, admin_class or ModelAdmin)
            super().register(model, admin_class, **added, **options)

    def login(self, request, extra_context=None):
        """Slow down who guesses passwords, by network and by name."""
        if request.method == "POST" and not self._may_try(request):
            return render(request, "429.html", {"is_error": True}, status=429)
        return super().login(request, extra_context)

    def _may_try(self, request):
        name = request.POST.get("username", "").lower()[:150]
        by_network = ratelimit.allowed("login.network", ratelimit.network(request), (30, ratelimit.HOUR))
        return by_network and ratelimit.allowed("login.name", name, (10, ratelimit.HOUR))

    def index(self, request, extra_context=None):
        """Show the work queues above the usual list of models."""
        return super().index(request, {**(extra_context or {}), "waiting": waiting_for(request.user)})
