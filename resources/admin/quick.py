"""Let an editor keep the kinds of places, and add a place of any kind in a minute."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from portal.lib import languages

from ..actions import rebuild_search
from ..actions.quick import add_place
from ..forms.quick import ListingTypeForm, QuickForm, is_listed_already, stop_formset
from ..models import ListingType, ServiceAtLocation


@admin.register(ListingType)
class ListingTypeAdmin(admin.ModelAdmin):
    form = ListingTypeForm
    list_display = (*languages.columns("name"), "block", "code", "position")
    search_fields = ("code", *languages.columns("name", "plural"))
    ordering = ("position", "pk")
    fields = ("code", *languages.rows("name", "plural"), "block", "claims", "position")

    def get_readonly_fields(self, request, obj=None):
        """Keep the code as it was made: search and the pages know the kinds by it."""
        return () if obj is None else ("code",)

    def get_urls(self):
        """Put the page that adds a place before those of the kinds."""
        return [path("quick/", self.admin_site.admin_view(quick), name="resources_quick"), *super().get_urls()]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        rebuild_search(list(ServiceAtLocation.objects.filter(type=obj).values_list("pk", flat=True)))


@permission_required("resources.add_serviceatlocation", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def quick(request):
    """Add a place: what it is, its number, and a line for each stop and time."""
    form = QuickForm(request.POST or None, initial={"kind": request.GET.get("kind")})
    stops = stop_formset(request.POST or None, is_virtual=bool(request.POST.get("is_virtual")))
    if request.method == "POST" and form.is_valid() and stops.is_valid() and _is_new(form, stops):
        own = form.cleaned_data
        answers = {name: own[name] for name in ("spanish", "walk_in")}
        words = {name: own[name] for name in ("kind", "name", "number", "extension")}
        listings = add_place(**words, answers=answers, stops=stops.stops())
        return _added(request, listings)
    context = admin.site.each_context(request) | {"title": _("Add a place"), "form": form, "stops": stops}
    return render(request, "admin/resources/quick/add.html", context, status=422 if form.is_bound else 200)


def _is_new(form, stops):
    """Refuse a place that is listed at that address already."""
    if not is_listed_already(form.cleaned_data["name"], stops.stops()):
        return True
    form.add_error("name", _("A place of this name is listed at this address already."))
    return False


def _added(request, listings):
    said = ngettext("%(count)d place was added: %(name)s", "%(count)d places were added: %(name)s", len(listings))
    messages.success(request, said % {"count": len(listings), "name": listings[0].title})
    return redirect("admin:resources_serviceatlocation_change", listings[0].pk)
